"""Who did what, and what was answered to a deed that may be asked for twice."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from doorward.kit import clock
from doorward.tenancy.models.accounts import Account
from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


# What the operator sets for those below, and no page of theirs shows: no line tells them either.
_OF_THE_OPERATOR = ("limits",)


class AuditEntries(TenantQuerySet["AuditEntry"]):
    """Everybody sees their own deeds; those who may view the trail, all below them."""

    sees = Can.VIEW_AUDIT
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def below(self, actor: "Actor") -> Q:
        return super().below(actor) & ~Q(subject__in=_OF_THE_OPERATOR)

    def own(self, actor: "Actor") -> Q:
        # Neither what one did elsewhere, nor what the other did where one does not act for them.
        return NOTHING if actor.acting else Q(account=actor.account)

    def by(self, name: str, systems: Collection[str] = ()) -> "AuditEntries":
        """Return what accounts of such a name did, and parts of the system that are named so.

        Whoever sees an entry sees who did it: so names are not kept from being looked for.
        """
        named = Q(username__icontains=name) | Q(name__icontains=name)
        accounts = Account.objects.filter(named).values("pk")
        ours = Q(actor__icontains=name) | Q(actor__in=systems)
        theirs = Q(account__in=accounts) | Q(acting_for_account__in=accounts)
        return self.filter(theirs | Q(Q(account=None) & ours))

    def of_support(self, *, wanted: bool) -> "AuditEntries":
        """Return what was done by those who acted for another, or all but that."""
        return self.exclude(acting_for="") if wanted else self.filter(acting_for="")


class AuditEntry(models.Model):
    """Who did what to which thing. Rows are only ever added."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=64)
    # Stands as it was written, also once there is no such account any more.
    account = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    # For whom it was done, by the account's name, where that was somebody else.
    acting_for = models.CharField(max_length=64, blank=True, default="")
    acting_for_account = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    objects = AuditEntries.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["node", "-id"], name="audit_by_node"),
            models.Index(fields=["subject", "subject_id", "-id"], name="audit_by_subject"),
            # Of a range of time: entries lie in the order in which they came.
            BrinIndex(fields=["at"], autosummarize=True, name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.label}"


class IdempotencyKey(models.Model):
    """What was answered to a deed that a client may ask for again without doing it twice."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    # Keyed hash of the method, the address and the body; the body itself may hold a secret.
    request = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(default=dict)
    location = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="idempotency_key_unique"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.request.hex()[:8]}"
