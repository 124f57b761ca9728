"""Doors: what people think in; one relay of a device."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from doorward.devices.models.devices import Device
from doorward.kit import clock
from doorward.kit.counts import counted
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class Doors(TenantQuerySet["Door"]):
    """A company's administrator sees the doors that were granted to the company."""

    sees = Can.VIEW_DOOR
    sights = frozenset({Sight.BELOW, Sight.GRANTED})
    at_sites = True

    def granted(self, actor: "Actor") -> Q:
        if not (companies := actor.companies(self.sees)):
            return NOTHING
        links = Door.companies.through.objects.filter(company__node__among=companies)
        return Q(Exists(links.filter(door=OuterRef("pk"))))


class Door(models.Model):
    """A door: a relay (1 = A, 2 = B, …) that is pulsed for `hold_seconds`."""

    class Relay(models.IntegerChoices):
        A = 1, "A"
        B = 2, "B"
        C = 3, "C"
        D = 4, "D"

    class Input(models.IntegerChoices):
        A = 1, "A"
        B = 2, "B"
        C = 3, "C"
        D = 4, "D"

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="doors")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="doors")
    device = models.ForeignKey(
        Device, verbose_name=_("device"), on_delete=models.PROTECT, related_name="doors"
    )
    relay = models.PositiveSmallIntegerField(_("relay"), choices=Relay, default=Relay.A)
    name = models.CharField(_("name"), max_length=64)
    # The device's own pages allow 1 to 10 seconds (the vendor's manual).
    hold_seconds = models.PositiveSmallIntegerField(
        _("hold time"), default=5, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    # What hangs on the device's inputs for this door; an input that no door names is an alarm's.
    exit_input = models.PositiveSmallIntegerField(
        _("exit button"), choices=Input, null=True, blank=True
    )
    contact_input = models.PositiveSmallIntegerField(
        _("door contact"), choices=Input, null=True, blank=True
    )
    companies = models.ManyToManyField(
        Company, verbose_name=_("companies"), blank=True, related_name="doors"
    )
    created_at = models.DateTimeField(default=clock.now)

    objects = Doors.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="door_name_unique",
                violation_error_code="name",
                violation_error_message=_(
                    "This site already has a door of this name. Choose another."
                ),
            ),
            models.UniqueConstraint(
                fields=["device", "relay"],
                name="door_relay_unique",
                violation_error_code="relay",
                violation_error_message=_(
                    "This relay already moves another door. Choose another relay."
                ),
            ),
            models.UniqueConstraint(
                fields=["device", "exit_input"],
                name="door_exit_unique",
                violation_error_code="exit_input",
                violation_error_message=_(
                    "The exit button of another door hangs on this input. Choose another input."
                ),
            ),
            models.UniqueConstraint(
                fields=["device", "contact_input"],
                name="door_contact_unique",
                violation_error_code="contact_input",
                violation_error_message=_(
                    "The contact of another door hangs on this input. Choose another input."
                ),
            ),
            models.CheckConstraint(
                condition=Q(exit_input=None)
                | Q(contact_input=None)
                | ~Q(exit_input=F("contact_input")),
                name="door_inputs_differ",
                violation_error_code="contact_input",
                violation_error_message=_(
                    "The exit button hangs on this input. Choose another input for the contact."
                ),
            ),
            models.CheckConstraint(
                condition=Q(hold_seconds__range=(1, 10)), name="door_hold_within_device"
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="door_by_words"),
            models.Index(fields=["name", "id"], name="door_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def open_since(self) -> datetime | None:
        """Return since when its contact says that it stands open; None for shut or not known."""
        since = self.device.inputs.get(str(self.contact_input))
        return datetime.fromisoformat(since) if since else None

    def granted_nodes(self, can: Can) -> list[Node]:
        """Return the companies' nodes whose administrators may open this door."""
        if can is not Can.OPEN_DOOR:
            return []
        return list(Node.objects.filter(company__doors=self))


def doors_counted() -> Subquery:
    """Return, for the devices around it, how many doors each has: a fact of the device's own."""
    return counted(Door.objects.all(), "device")
