"""Who holds a role, or is invited to one: a view over both, for lists that show them together."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from doorward.tenancy.models.accounts import Account, administered
from doorward.tenancy.models.invitations import Invitation
from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.sight import TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class RoleHolders(TenantQuerySet["RoleHolder"]):
    """One sees who has a role that one administers, and who administers one's own company."""

    sees = Can.VIEW_ACCOUNT

    def below(self, actor: "Actor") -> Q:
        seen = administered(actor)
        for place in actor.places:
            if place.role == Role.COMPANY_ADMINISTRATOR:
                seen |= Q(role=place.role, node=place.node)
        return seen & ~Q(node__in=Node.uprooted().values("pk"))


class RoleHolder(models.Model):
    """An account in a role, or an invitation to it that waits. It is only read.

    It is a view (`migrations/0021`), and the database lets nobody alter or drop a column that a
    view names. A migration that does so to `Account`, `Standing` or `Invitation` drops the view
    first, alters, and makes it again, in one transaction; adding a column needs nothing of this.
    """

    class State(models.TextChoices):
        INVITED = "invited", _("Invited")
        OPEN = "open", pgettext_lazy("account", "Open")
        SHUT = "shut", _("Shut")

    node = models.ForeignKey(Node, on_delete=models.DO_NOTHING, related_name="+")
    role = models.CharField(max_length=24, choices=Role)
    account = models.ForeignKey(Account, null=True, on_delete=models.DO_NOTHING, related_name="+")
    invitation = models.ForeignKey(
        Invitation, null=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    name = models.CharField(max_length=128)
    email = models.EmailField()
    state = models.CharField(max_length=8, choices=State)
    last_login = models.DateTimeField(null=True)

    objects = RoleHolders.as_manager()

    class Meta:
        managed = False
        db_table = "tenancy_roleholder"

    def __str__(self) -> str:
        return self.name
