"""How installers reach whoever they have bought from."""

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import CustomerContact
from doorward.tenancy.permissions import Can


def contact_above(actor: Actor) -> CustomerContact | None:
    """Return what the nearest level above an actor tells of itself, or None where none does."""
    own = {place.node for place in actor.places}
    above = actor.nodes_above(Can.VIEW_CONTACT) - own
    rows = CustomerContact.objects.visible_to(actor).filter(node__in=above)
    told = [one for one in rows.select_related("node") if one.says_something]
    return max(told, key=lambda one: len(one.node.path), default=None)
