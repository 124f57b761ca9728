"""Long work: what was asked for, how far it is, and how it ended."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.files.models.stored import StoredFile, at_places_of, by_hand_of
from doorward.kit import clock
from doorward.kit.fields import SealedField
from doorward.tenancy.models import Account, Node, SupportVisit
from doorward.tenancy.sight import Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

_UNDER_WAY = ("waiting", "running")


class Works(TenantQuerySet["Work"]):
    """Whoever asked for work sees it, as long as they stand where it belongs; nobody else does."""

    sights = frozenset({Sight.SELF})

    def visible_to(self, actor: "Actor") -> "Works":
        return self if actor.is_system else self.filter(self.own(actor))

    def own(self, actor: "Actor") -> Q:
        return Q(account=actor.account) & by_hand_of(actor) & at_places_of(actor)

    def under_way(self) -> "Works":
        return self.filter(state__in=_UNDER_WAY)

    def silent_since(self, at: datetime) -> "Works":
        """Return running work of which nothing was heard since a time."""
        return self.filter(state=Work.State.RUNNING, heard_at__lt=at)


class Work(models.Model):
    """Work that takes longer than one waits for, done by the worker in one transaction.

    While that is open, `total` to `heard_at` are written on another connection; what the work
    itself changes shows only once it is done.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    # On which it was asked for by somebody who acts for another, and is done so.
    visit = models.ForeignKey(
        SupportVisit, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # A key of the table of works.
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # Ids and choices that say what to do; never a secret.
    parameters = models.JSONField(default=dict, blank=True)
    # What else is to be done, where that may name what nobody else shall read.
    secret = SealedField(null=True, blank=True)
    source = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    result = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # How much there is to do, as far as that is known, and how much is done.
    total = models.PositiveIntegerField(null=True, blank=True)
    done = models.PositiveIntegerField(default=0)
    # What came of it, by words of `wording.COUNTS`: {"created": 12}.
    counts = models.JSONField(default=dict, blank=True)
    # The first of the faults, as `faults.Fault` has them, and how many there are.
    faults = models.JSONField(default=list, blank=True)
    fault_count = models.PositiveIntegerField(default=0)
    # Why it failed and what to do now.
    error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    cancel_asked = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = Works.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-id"], name="work_by_account"),
            models.Index(
                fields=["account"],
                condition=Q(state__in=_UNDER_WAY),
                name="work_under_way",
            ),
            models.Index(fields=["finished_at"], name="work_by_end"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state not in _UNDER_WAY

    @property
    def may_be_retried(self) -> bool:
        return self.state in {self.State.FAILED, self.State.CANCELLED}

    @property
    def percent(self) -> int | None:
        """Return how much is done in hundredths, or None where the whole is not known."""
        if self.state == self.State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def topic(self) -> str:
        """Return what pages that show it listen to."""
        return f"work:{self.pk}"
