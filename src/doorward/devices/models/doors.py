"""Doors: what people think in; one relay of a device."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from doorward.devices.models.devices import Device
from doorward.kit import clock
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class Doors(TenantQuerySet["Door"]):
    """A company's administrator sees the doors that were granted to the company."""

    sees = Can.VIEW_DOOR
    sights = frozenset({Sight.BELOW, Sight.GRANTED})

    def granted(self, actor: "Actor") -> Q:
        link = Door.companies.through
        granted = link.objects.filter(
            door=OuterRef("pk"), company__node__among=actor.nodes_below(self.sees)
        )
        return Q(Exists(granted))


class Door(models.Model):
    """A door: a relay (1 = A, 2 = B, …) that is pulsed for `hold_seconds`."""

    class Relay(models.IntegerChoices):
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
            models.CheckConstraint(
                condition=Q(hold_seconds__range=(1, 10)), name="door_hold_within_device"
            ),
        ]
        indexes = [GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="door_by_words")]

    def __str__(self) -> str:
        return self.name

    def granted_nodes(self, can: Can) -> list[Node]:
        """Return the companies' nodes whose administrators may open this door."""
        if can is not Can.OPEN_DOOR:
            return []
        return list(Node.objects.filter(company__doors=self))
