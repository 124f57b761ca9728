"""Drift: what others did to a device, and who is on it that nobody here put there."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.devices.models.devices import Device
from doorward.kit import clock
from doorward.tenancy.models import Account, Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet

# For so long an unseen drift is worth somebody's attention; it stays on the device's page.
FRESH = timedelta(days=7)


class Drifts(TenantQuerySet["Drift"]):
    sees = Can.VIEW_DEVICE

    def open(self) -> "Drifts":
        return self.filter(mended_at=None)

    def unseen(self, at: datetime) -> "Drifts":
        return self.filter(seen_at=None, found_at__gt=at - FRESH)


class Drift(models.Model):
    """A device was found otherwise than it had been read back to be.

    It is mended once the device was read back as it should be, in a later epoch. `lines` names
    some of the `count` differences; see `devices.differences`.
    """

    class Nature(models.TextChoices):
        RESET = "reset", _("Looks like a factory reset")
        RESTORED = "restored", _("Looks like an older backup that was restored")
        SETTINGS = "settings", _("Its settings were changed or lost")
        EDITED = "edited", _("Changed at the device itself")

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="drifts")
    found_at = models.DateTimeField()
    # The epoch in which it was found.
    epoch = models.IntegerField()
    nature = models.CharField(max_length=10, choices=Nature)
    count = models.PositiveIntegerField()
    lines = models.JSONField(default=list)
    mended_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = Drifts.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["device", "-id"], name="drift_by_device"),
            models.Index(fields=["device"], condition=Q(mended_at=None), name="drift_open"),
            models.Index(
                fields=["device", "found_at"], condition=Q(seen_at=None), name="drift_unseen"
            ),
        ]

    def __str__(self) -> str:
        return f"drift of {self.device_id}"


class Strangers(TenantQuerySet["Stranger"]):
    sees = Can.VIEW_DEVICE

    def unknown(self) -> "Strangers":
        """Return those nobody has decided about, and whom no other system looks after."""
        return self.filter(kept_at=None, unwanted_at=None, elsewhere=False)

    def unwanted(self) -> "Strangers":
        return self.exclude(unwanted_at=None)


class Stranger(models.Model):
    """A person on a device whom nobody here put there: kept, or unwanted, once somebody decided.

    With another card, PIN, name or right it is another stranger: `key` tells them apart.
    """

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="strangers")
    key = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=64)
    cards = models.PositiveSmallIntegerField()
    pin = models.BooleanField()
    relays = models.JSONField(default=list)
    elsewhere = models.BooleanField()
    found_at = models.DateTimeField(default=clock.now)
    kept_at = models.DateTimeField(null=True, blank=True)
    kept_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    # Since when they are to go; the row goes once the device is seen without them.
    unwanted_at = models.DateTimeField(null=True, blank=True)

    objects = Strangers.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "key"], name="stranger_unique"),
            models.CheckConstraint(
                condition=Q(kept_at=None) | Q(unwanted_at=None), name="stranger_kept_or_unwanted"
            ),
        ]
        indexes = [
            models.Index(
                fields=["device"],
                condition=Q(kept_at=None, unwanted_at=None, elsewhere=False),
                name="stranger_unknown",
            ),
        ]

    def __str__(self) -> str:
        return self.name
