"""The life of a device, as far as it is worth telling: bounded, newest first."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorward.devices.models.devices import Device
from doorward.kit import clock
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet


class Moments(TenantQuerySet["Moment"]):
    sees = Can.VIEW_DEVICE


class Moment(models.Model):
    """Something that happened to a device. `facts` are what its sentence is made of.

    Only so many are kept of each device; see `devices.actions.timeline`.
    """

    class Kind(models.TextChoices):
        ONLINE = "online", _("Online")
        OFFLINE = "offline", _("Offline")
        RESTARTED = "restarted", _("Restarted")
        IDENTIFIED = "identified", _("Identity changed")
        CLOCK = "clock", _("Clock jumped")
        NOT_TAKEN = "not_taken", _("Not taken")
        TAKEN = "taken", _("All taken")
        FOUND = "found", _("Found")
        MENDED = "mended", _("Mended")
        DRIFT = "drift", _("Changed on site")
        PUT_RIGHT = "put_right", _("Put right")
        ALARM = "alarm", _("Alarm")
        ALARM_OVER = "alarm_over", _("Alarm over")

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="moments")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=12, choices=Kind)
    facts = models.JSONField(default=dict, blank=True)

    objects = Moments.as_manager()

    class Meta:
        indexes = [models.Index(fields=["device", "-at", "-id"], name="moment_by_device")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"
