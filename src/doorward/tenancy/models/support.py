"""Support access: whom the level above may help, and who has helped whom."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.tenancy.models.accounts import Account, Standing
from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import ENTERS, Can, Role
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

# However much there is to do, whoever helps asks for it again after this.
LONGEST = timedelta(hours=1)


class Accesses(TenantQuerySet["AccountAccess"]):
    """The level above sees whom it may help, and everybody their own."""

    sees = Can.ENTER_ACCOUNT
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        return NOTHING if actor.acting else Q(account=actor.account)

    def of_standing(self) -> Self:
        """Return, within a query of standings, the access that each of them is under."""
        return self.filter(
            Q(account=None, node=OuterRef("node"))
            | Q(account=OuterRef("account"), node=OuterRef("node__parent"))
        )


class AccountAccess(models.Model):
    """Whether the level above may enter, without a password, to help.

    Of an installer it is one row for all who sign in for it, at its node. Of a property manager
    or an administrator it is the account's own, at the node that it lies below: of an installer's
    for the one, of a site's for the other. At the root `granted` is what the operator has chosen
    for whoever is enabled from then on.
    """

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # By the level above; only then does the owner see the switches.
    enabled = models.BooleanField(_("account access"), default=False)
    # By the owner.
    granted = models.BooleanField(_("Permission Granted"), default=True)
    # An installer's: without it, no installed app and no API token lets in.
    app_allowed = models.BooleanField(_("Installer APP"), default=True)

    objects = Accesses.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["node", "account"], name="account_access_one", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.account or self.node)


class Visits(TenantQuerySet["SupportVisit"]):
    """Whoever reads the trail sees the visits there, and everybody their own on either side."""

    sees = Can.VIEW_AUDIT
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        if actor.acting or actor.account is None:
            return NOTHING
        return Q(account=actor.account) | Q(acting_for=actor.account)

    def under_way(self) -> Self:
        return self.filter(ended_at=None)

    def holding(self) -> Self:
        """Return the visits for which everything still stands but, perhaps, their hour."""
        return self.filter(
            Exists(_ways_in()),
            Exists(_seats()),
            access__enabled=True,
            access__granted=True,
            account__is_active=True,
            acting_for__is_active=True,
        )


def _seats() -> "models.QuerySet[Standing]":
    """Return, within a query of visits, the roles that are acted in."""
    held = Standing.objects.in_force().filter(account=OuterRef("acting_for"), role=OuterRef("role"))
    return held.filter(Q(node=OuterRef("access__node")) | Q(node__parent=OuterRef("access__node")))


def _ways_in() -> "models.QuerySet[Standing]":
    """Return, within a query of visits, the roles by which whoever acts may do so."""
    by = Q()
    for helper, helped in ENTERS.items():
        by |= Q(role=helper, acted=helped)
    held = (
        Standing.objects.in_force()
        .filter(account=OuterRef("account"))
        .annotate(
            acted=ExpressionWrapper(OuterRef("role"), output_field=CharField()),
            path=ExpressionWrapper(OuterRef("access__node__path"), output_field=CharField()),
        )
    )
    return held.filter(by, path__startswith=F("node__path"))


class SupportVisit(models.Model):
    """An hour, at most, in which an account acts for another one below it.

    It belongs to one session of whoever acts; the other's sessions know nothing of it.
    """

    class End(models.TextChoices):
        LEFT = "left", _("left")
        TIME = "time", _("time was up")
        SIGNED_OUT = "signed out", _("the session ended")
        WITHDRAWN = "withdrawn", _("permission withdrawn")
        GONE = "gone", _("account shut or role taken away")

    # Where the other one stands, so that it is read there.
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    access = models.ForeignKey(AccountAccess, on_delete=models.CASCADE, related_name="visits")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    acting_for = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=24, choices=Role)
    # What names the session without letting anybody into it.
    session = models.CharField(max_length=32)
    started_at = models.DateTimeField(default=clock.now)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(_("ended because"), max_length=10, choices=End, blank=True)

    objects = Visits.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["ends_at"], condition=Q(ended_at=None), name="support_visit_under_way"
            ),
        ]

    def __str__(self) -> str:
        return self.acting_for.username

    @property
    def topic(self) -> str:
        """Return what the pages of the visit listen to for its end."""
        return f"visit:{self.pk}"

    def is_over(self, at: datetime) -> bool:
        return self.ended_at is not None or self.ends_at <= at
