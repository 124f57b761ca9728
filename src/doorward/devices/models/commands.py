"""Orders as rows: asked for once, carried once, settled once."""

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


class Commands(TenantQuerySet["Command"]):
    """Whom a door was only granted sees what they asked of it themselves."""

    sees = Can.VIEW_DOOR
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        # What somebody ordered while acting for another is not theirs to look at afterwards.
        out = Q(node__in=Node.uprooted().values("pk"))
        return Q(account=actor.account) & ~out if actor.may(self.sees) else NOTHING

    def overdue(self) -> "Commands":
        return self.filter(status__in=Command.OPEN, expires_at__lt=clock.now())


class Command(models.Model):
    """An unlock. A gateway claims it by a conditional update, so two cannot both carry it."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")

    OPEN = (Status.QUEUED, Status.SENT)

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="commands")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="commands")
    door = models.ForeignKey(Door, on_delete=models.CASCADE, related_name="commands")
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status, default=Status.QUEUED)
    problem = models.CharField(max_length=16, choices=Device.Problem, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = Commands.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["connector"], condition=Q(status="queued"), name="command_queued"),
            models.Index(
                fields=["expires_at"],
                condition=Q(status__in=["queued", "sent"]),
                name="command_open",
            ),
            models.Index(fields=["door", "-id"], name="command_by_door"),
        ]

    def __str__(self) -> str:
        return f"unlock {self.door_id}"

    @property
    def is_settled(self) -> bool:
        return self.status not in self.OPEN
