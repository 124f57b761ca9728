"""What the operator has chosen for the looks of the installation."""

from doorward.kit.models import Brand
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can


def chosen_brand(actor: Actor) -> Brand:
    """Return what was chosen, as a row of nothing where that is nothing; raise `Forbidden`."""
    actor.require(Can.CHANGE_BRAND, Node.root())
    return Brand.objects.defer("logo").first() or Brand()
