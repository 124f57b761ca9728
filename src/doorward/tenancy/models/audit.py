"""Who did what, and what was answered to a deed that may be asked for twice."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from doorward.kit import clock
from doorward.kit.rows import any_of
from doorward.tenancy.models.accounts import Account
from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import MOST_APART, NOTHING, Sight, TenantQuerySet, few_nodes

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


# What the operator sets for those below, and no page of theirs shows: no line tells them either.
_OF_THE_OPERATOR = ("limits",)
_SHOWN = ~Q(subject__in=_OF_THE_OPERATOR)


class AuditEntries(TenantQuerySet["AuditEntry"]):
    """Everybody sees their own deeds; those who may view the trail, all below them."""

    sees = Can.VIEW_AUDIT
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def below(self, actor: "Actor") -> Q:
        return super().below(actor) & _SHOWN

    def in_order(self, actor: "Actor", place: Node | None = None) -> "list[AuditEntries]":
        """Return the entries in view, below a place if one is named, in parts that may overlap.

        Of each part, that of a node or of one's own deeds, an index has the newest and oldest, so
        that no more of it is read than is shown. Where nodes are many, all is one part.
        """
        nodes = few_nodes(actor, self.sees) if place is None else _few_below(actor, place)
        here = self if place is None else self.filter(node__path__startswith=place.path)
        if not nodes:
            return [here.visible_to(actor)]
        shown = Q() if actor.sees_all(self.sees) else _SHOWN
        parts = [self.filter(shown, node=node) for node in nodes]
        own = self.own(actor)
        whole = place is not None and actor.sees_below(self.sees, place)
        return parts if whole or own == NOTHING else [*parts, here.filter(own)]

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


def accounts_named(parts: "Sequence[AuditEntries]", words: str) -> list[int]:
    """Return whose name has the words, of those who did these deeds and for whom they were done.

    Of those accounts alone it is asked: joined to each entry, all there are would be read.
    """
    if not parts:
        return []
    first, *others = [
        part.order_by().values_list("account", "acting_for_account").distinct() for part in parts
    ]
    pairs = first.union(*others) if others else first
    keys = {key for pair in pairs for key in pair if key is not None}
    named = Account.objects.filter(any_of("pk", keys), name__icontains=words)
    return list(named.values_list("pk", flat=True))


def _few_below(actor: "Actor", place: Node) -> list[int]:
    """Return the nodes below a place whose trail the actor sees, or none where they are many."""
    known = Node.objects.filter(path__startswith=place.path).values_list("pk", flat=True)
    below = list(known[: MOST_APART + 1])
    if len(below) > MOST_APART:
        return []
    if actor.sees_below(AuditEntries.sees, place):
        return below
    return [node for node in few_nodes(actor, AuditEntries.sees) if node in below]


class AuditEntry(models.Model):
    """Who did what to which thing. Rows are only ever added."""

    # Node and account are indexed below together with the order of a trail.
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=64)
    # Stands as it was written, also once there is no such account any more.
    account = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
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
            # A deed that is rare: in the trail of few nodes, and of all.
            models.Index(fields=["node", "verb", "-id"], name="audit_by_deed"),
            models.Index(fields=["verb", "-id"], name="audit_by_verb"),
            models.Index(fields=["account", "-id"], name="audit_by_account"),
            models.Index(
                fields=["node", "-id"], condition=~Q(acting_for=""), name="audit_of_support"
            ),
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
