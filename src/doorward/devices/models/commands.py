"""Orders as rows: asked for once, carried once, settled once."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.devices.models.connectors import Connector
from doorward.devices.models.devices import Device
from doorward.devices.models.doors import Door
from doorward.kit import clock
from doorward.tenancy.models import Account, Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


# A device that took a reboot is looked for on site after so long.
RETURN_WITHIN = timedelta(minutes=5)


class Commands(TenantQuerySet["Command"]):
    """Whom a door was only granted sees what they asked of it themselves."""

    sees = Can.VIEW_DOOR
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        # What somebody ordered while acting for another is not theirs to look at afterwards.
        out = Q(node__in=Node.uprooted().values("pk"))
        return Q(account=actor.account) & ~out if actor.may(self.sees) else NOTHING

    def overdue(self) -> "Commands":
        """Return what nobody carried or answered in time, and reboots without a sign of life."""
        now = clock.now()
        unanswered = Q(status__in=Command.OPEN, expires_at__lt=now)
        gone = Q(status=Command.Status.TAKEN, settled_at__lt=now - RETURN_WITHIN)
        return self.filter(unanswered | gone)

    def reboots_under_way(self) -> "Commands":
        return self.filter(kind=Command.Kind.REBOOT, status__in=Command.UNDER_WAY)


class Command(models.Model):
    """An order to a device: to open a door, or to reboot.

    A gateway claims it by a conditional update, so two cannot both carry it.
    """

    class Kind(models.TextChoices):
        UNLOCK = "unlock", _("Open a door")
        REBOOT = "reboot", _("Reboot")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")
        # Of a reboot, whose end is that the device is there again.
        TAKEN = "taken", _("Taken by the device")
        BACK = "back", _("Back online")
        AWAY = "away", _("Did not come back")

    OPEN = (Status.QUEUED, Status.SENT)
    # While one reboot of a device is in these, there is no other.
    UNDER_WAY = (*OPEN, Status.TAKEN)

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="commands")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="commands")
    kind = models.CharField(
        max_length=8, choices=Kind, default=Kind.UNLOCK, db_default=Kind.UNLOCK.value
    )
    # None for what is not about a door.
    door = models.ForeignKey(
        Door, null=True, blank=True, on_delete=models.CASCADE, related_name="commands"
    )
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    problem = models.CharField(max_length=16, choices=Device.Problem, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    # Of several reboots one after the other begins; None is at once.
    not_before = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # When a rebooted device was there again.
    back_at = models.DateTimeField(null=True, blank=True)

    objects = Commands.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="unlock", door__isnull=False) | Q(kind="reboot", door=None),
                name="command_door_is_of_its_kind",
            ),
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(kind="reboot", status__in=["queued", "sent", "taken"]),
                name="command_one_reboot_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["connector"], condition=Q(status="queued"), name="command_queued"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status__in=["queued", "sent"]),
                name="command_open",
            ),
            models.Index(fields=["door", "-id"], name="command_by_door"),
            # Asked of every device that comes back.
            models.Index(
                fields=["device"],
                condition=Q(status__in=["taken", "away"]),
                name="command_returning",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.door_id or self.device_id}"

    @property
    def is_settled(self) -> bool:
        return self.status not in self.OPEN

    @property
    def ordered_by(self) -> str:
        """Return the name of whoever gave it, also when their account is gone."""
        return self.account.get_full_name() if self.account else self.actor

    @property
    def is_reboot(self) -> bool:
        return self.kind == self.Kind.REBOOT
