"""Facts: what an account was told, and which devices are missed."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.devices.models import Device
from doorward.kit import clock
from doorward.sites.models import Site
from doorward.tenancy.models import Account, NoticeKind
from doorward.tenancy.sight import Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class Notices(TenantQuerySet["Notice"]):
    """One's own; nobody else's exist for anybody, nor any while one acts for another."""

    sights = frozenset({Sight.SELF})

    def visible_to(self, actor: "Actor") -> "Notices":
        if actor.is_system:
            return self
        if actor.acting is not None:
            return self.none()
        return self.filter(account=actor.account, shown=True)

    def unread(self) -> "Notices":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One thing that one account was told. `words.sentence` makes a sentence of it.

    What it was about is named as it was then, and by its key: its reader may have lost sight of
    it since, which `objects` asks each time.
    """

    class What(models.TextChoices):
        """What happened; each belongs to one kind."""

        FORCED = "forced", _("Forced open")
        HELD = "held", _("Held open")
        TAMPER = "tamper", _("Tampered with")
        INPUT = "input", _("Input triggered")
        GONE = "gone", _("Offline")
        BACK = "back", _("Back online")
        DONE = "done", _("Done")
        FAULTS = "faults", _("Done, with faults")
        FAILED = "failed", _("Failed")
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        SOLVED = "solved", _("Solved")
        BEGUN = "begun", _("Begun")
        ENDED = "ended", _("Ended")
        REGISTERED = "registered", _("Registered")
        ASSIGNED = "assigned", _("Assigned")
        SENT = "sent", _("Sent")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("type"), max_length=8, choices=NoticeKind)
    what = models.CharField(max_length=10, choices=What)
    at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    # Not in the portal: kept so that mail of the same kind does not come by the dozen.
    shown = models.BooleanField(default=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    # Names of what it is about, who did it, and how many there are.
    about = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=200, blank=True)
    count = models.PositiveIntegerField(default=1)
    # The key of an alarm, device, work, ticket, visit or message: of which, says the kind.
    subject = models.BigIntegerField(null=True, blank=True)
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    objects = Notices.as_manager()

    class Meta:
        indexes = [
            # Which tell by themselves what all of one's own are counted by.
            models.Index(
                fields=["account", "-at", "-id"],
                include=["shown", "read_at"],
                name="notice_by_account",
            ),
            models.Index(
                fields=["account", "kind", "-at", "-id"], include=["shown"], name="notice_by_kind"
            ),
            models.Index(
                fields=["account", "-at", "-id"],
                condition=Q(read_at=None, shown=True),
                name="notice_unread",
            ),
            models.Index(fields=["at"], name="notice_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.what}"


class Absence(models.Model):
    """A device that was told to be offline; it goes when the device is back."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.device_id} since {self.since:%Y-%m-%d %H:%M}"
