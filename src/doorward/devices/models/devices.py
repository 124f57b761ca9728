"""Devices: door phones and terminals."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q, Subquery
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from doorward.devices import findings
from doorward.devices.models import connectors
from doorward.devices.models.connectors import Connector
from doorward.devices.models.macs import MacEntry, by_mac
from doorward.kit import clock
from doorward.kit.counts import counted
from doorward.kit.fields import SealedField
from doorward.kit.rows import in_one_of
from doorward.protocols import neutral
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet, few_nodes

# A clock that is further off makes a device judge hours wrongly.
SKEW_SECONDS = 60


def online(at: datetime) -> Q:
    """Say which devices are online at a moment."""
    return Q(reachable=True) & connectors.online(at, "connector__")


# Of a device that works, what needs somebody all the same.
NEEDY = reduce(or_, (Q(findings__contains=[{"code": code.value}]) for code in findings.NEEDY))
# What ails a device by its own row. Few have any of it, and an index knows which. When it was seen
# last stands in no index: it changes often, and each change would be one of every index.
UNWELL = Q(reachable=False) | ~Q(problem="") | ~Q(binding="bound") | NEEDY


class Devices(TenantQuerySet["Device"]):
    sees = Can.VIEW_DEVICE

    def at_sites_of(self, actor: Actor) -> "Devices":
        """Return the same devices, which the actor sees; of few sites the database is told which.

        Sorted by site it begins with these then, and not with all that there are.
        """
        nodes = few_nodes(actor, self.sees)
        return self.filter(site__node__among=frozenset(nodes)) if nodes else self

    def bound(self) -> "Devices":
        return self.filter(binding=Device.Binding.BOUND)

    def about(self, words: str, *fields: str, of_sites: bool = False) -> "Devices":
        """Return those with these words in one of the fields, or a MAC with these digits.

        `of_sites` finds those of sites with these words in their name, too.
        """
        ways = [Q(**{f"{field}__icontains": words}) for field in fields]
        # What stands in other tables is looked for there once, and not from each device.
        if of_sites:
            ways.append(Q(site__in=Site.objects.filter(name__icontains=words).values("pk")))
        ways.append(Q(mac_entry__in=MacEntry.objects.filter(by_mac(words)).values("pk")))
        return self.filter(in_one_of(self, ways))

    def within_reach(self, at: datetime) -> "Devices":
        """Return those that are online at a moment; each of them was seen.

        What makes a device reachable, `take_state` in `actions.devices`, writes `seen_at` along.
        """
        return self.filter(reachable=True).exclude(connector__in=_away(at))

    def out_of_reach(self, at: datetime) -> "Devices":
        """Return those that do not answer, or whose connector is away."""
        ways = [Q(reachable=False), Q(connector__in=_away(at))]
        return self.filter(in_one_of(self, ways))

    def behind(self, some: models.QuerySet[Connector]) -> "Devices":
        """Return those behind some connectors."""
        return self.filter(connector__in=some.values("pk"))

    def released(self) -> "Devices":
        """Return those that were unbound when their site was deleted."""
        return self.exclude(release=Device.Release.NONE)

    def carried(self) -> "Devices":
        """Return those with which a connector still has to do."""
        return self.filter(release__in=Device.CARRIED)


class Device(models.Model):
    """A device behind a connector. It is bound once it states the registered MAC itself."""

    class Kind(models.TextChoices):
        """The vendor's type codes are 0, 1 and 50 (the vendor's manual)."""

        MULTI_TENANT_DOOR_PHONE = "multi_tenant_door_phone", _("Multi-tenant door phone")
        SINGLE_TENANT_DOOR_PHONE = "single_tenant_door_phone", _("Single-tenant door phone")
        ACCESS_CONTROL = "access_control", _("Access control terminal")

    class Binding(models.TextChoices):
        WAITING = "waiting", _("Waiting for the device")
        BOUND = "bound", _("Bound")
        REFUSED = "refused", _("Refused")

    class Release(models.TextChoices):
        """How far a device is that was unbound when its site was deleted."""

        NONE = "", _("Not unbound")
        TELLING = "telling", _("Is to forget what came from here")
        EMPTIED = "emptied", _("Has forgotten what came from here")
        TAKEN = "taken", _("Is used elsewhere by now")

    # In these a connector has to do with it.
    CARRIED = (Release.NONE, Release.TELLING)

    class AuthMode(models.TextChoices):
        DIGEST = neutral.AuthMode.DIGEST.value, _("Digest")
        BASIC = neutral.AuthMode.BASIC.value, _("Basic")
        NONE = neutral.AuthMode.NONE.value, _("None")

    class Problem(models.TextChoices):
        UNREACHABLE = (
            neutral.Problem.UNREACHABLE.value,
            _("The connector gets no answer at this address. Check power, network and address."),
        )
        TIMED_OUT = (
            neutral.Problem.TIMED_OUT.value,
            _("The device accepts connections but does not answer in time. Restart it."),
        )
        AUTH_FAILED = (
            neutral.Problem.AUTH_FAILED.value,
            _("The device refuses this user and password. Correct the API account here."),
        )
        API_LOCKED = (
            neutral.Problem.API_LOCKED.value,
            _(
                "The device's HTTP API is off or its white list lacks the connector. "
                "Allow it there."
            ),
        )
        GARBLED = (
            neutral.Problem.GARBLED.value,
            _("What answers at this address does not speak the device's API. Check the address."),
        )
        OTHER_MAC = (
            neutral.Problem.OTHER_MAC.value,
            _("Another device answers at this address. Correct the address or the MAC."),
        )
        REJECTED = (
            neutral.Problem.REJECTED.value,
            _("The device refused the request. Check that its firmware supports it."),
        )

    class Tie(models.TextChoices):
        NONE = neutral.Tie.NONE.value, _("Nothing else")
        ON_PREMISE = neutral.Tie.ON_PREMISE.value, _("The on-premise manager (SDMC)")
        VENDOR_CLOUD = neutral.Tie.VENDOR_CLOUD.value, _("The vendor's cloud")

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="devices")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="devices")
    connector = models.ForeignKey(
        Connector, verbose_name=_("connector"), on_delete=models.PROTECT, related_name="devices"
    )
    # None once it is released: the MAC is free again, and stands in `freed_mac`.
    mac_entry = models.OneToOneField(
        MacEntry, verbose_name=_("MAC"), null=True, on_delete=models.PROTECT, related_name="device"
    )
    release = models.CharField(max_length=8, choices=Release, blank=True, default=Release.NONE)
    freed_mac = models.CharField(max_length=12, blank=True)
    # Who has the device while its own connector is silent; `home` gets it back.
    home = models.ForeignKey(
        Connector, null=True, blank=True, on_delete=models.SET_NULL, related_name="lent"
    )
    # How often it was handed over. With one, a row of its log may come from two connectors.
    term = models.PositiveIntegerField(default=0)
    name = models.CharField(_("name"), max_length=64)
    kind = models.CharField(
        _("type"), max_length=32, choices=Kind, default=Kind.MULTI_TENANT_DOOR_PHONE
    )
    driver = models.CharField(max_length=16, default="akuvox")
    address = models.CharField(_("address"), max_length=255)
    auth_mode = models.CharField(
        _("API sign-in"), max_length=8, choices=AuthMode, default=AuthMode.DIGEST
    )
    user = models.CharField(_("API user"), max_length=64, blank=True)
    password = SealedField(_("API password"), blank=True)
    # The account for opening without the API; empty where there is none.
    relay_user = models.CharField(_("user for opening by HTTP"), max_length=64, blank=True)
    relay_password = SealedField(_("password for opening by HTTP"), null=True, blank=True)
    # SHA-256 in hex of the only certificate that is trusted; the first that is seen fills it.
    certificate = models.CharField(_("certificate"), max_length=64, blank=True)
    legacy_tls = models.BooleanField(_("old TLS allowed"), default=False)
    binding = models.CharField(max_length=8, choices=Binding, default=Binding.WAITING)
    stated_mac = models.CharField(max_length=12, blank=True)
    model = models.CharField(max_length=32, blank=True)
    firmware = models.CharField(max_length=32, blank=True)
    hardware = models.CharField(max_length=32, blank=True)
    # What the connector last said; whether it still holds depends on the connector's presence.
    reachable = models.BooleanField(default=False)
    reachable_since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=16, choices=Problem, blank=True)
    clock_skew = models.IntegerField(null=True, blank=True)
    # As the connector last told them; see `devices.findings`.
    findings = models.JSONField(default=list, blank=True)
    profile = models.JSONField(null=True, blank=True)
    # To what else its own settings tie it; empty while it has not said.
    tied_to = models.CharField(max_length=12, choices=Tie, blank=True)
    # The inputs that are on, by number, each with since when.
    inputs = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = Devices.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="device_name_unique",
                violation_error_code="name",
                violation_error_message=_(
                    "This site already has a device of this name. Choose another."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(binding="bound") | ~Q(stated_mac=""), name="device_bound_has_stated"
            ),
            models.CheckConstraint(
                condition=Q(release="", freed_mac="", mac_entry__isnull=False)
                | (~Q(release="") & ~Q(freed_mac="") & Q(mac_entry=None)),
                name="device_released_has_no_mac",
            ),
        ]
        indexes = [
            *(
                GinIndex(OpClass(Upper(name), "gin_trgm_ops"), name=f"device_by_{name}_words")
                for name in ("name", "address", "model")
            ),
            models.Index(fields=["site"], condition=~Q(release=""), name="device_released"),
            models.Index(fields=["site"], condition=UNWELL, name="device_unwell"),
            # Who is online is counted by it alone.
            models.Index(
                fields=["connector", "node", "id"],
                condition=Q(reachable=True),
                name="device_reachable",
            ),
            # Lists of all sites. With where each is, those of a kind are counted by it alone.
            *(
                models.Index(fields=[name, "id"], include=["node"], name=f"device_by_{name}")
                for name in ("model", "kind")
            ),
            # With all that words are looked for by: where very many have them, and the first of
            # these come late in the order, it is gone along without a look at each device.
            models.Index(
                fields=["name", "id"],
                include=["node", "site", "mac_entry", "model"],
                name="device_by_name",
            ),
            models.Index(
                fields=["binding", "id"], condition=~Q(binding="bound"), name="device_unbound"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mac(self) -> str:
        """Return the MAC that it must state; of a released one the MAC that it had."""
        return self.mac_entry.mac if self.mac_entry else self.freed_mac

    @property
    def is_released(self) -> bool:
        return self.release != self.Release.NONE

    @property
    def is_online(self) -> bool:
        return self.reachable and self.connector.is_online

    @property
    def state_since(self) -> datetime | None:
        """Return since when it is online or offline; None for what was never there."""
        return self.reachable_since if self.is_online else self.away_since

    @property
    def away_since(self) -> datetime | None:
        """Return since when nothing is known of it: it or its connector is away."""
        return self.connector.last_seen_at if self.reachable else self.reachable_since

    @property
    def clock_is_off(self) -> bool:
        return abs(self.clock_skew or 0) > SKEW_SECONDS

    @property
    def state(self) -> str:
        """Return never, online or offline: the words pages have a badge for."""
        if self.seen_at is None:
            return "never"
        return "online" if self.is_online else "offline"


# Any: their keys.
def _away(at: datetime) -> models.QuerySet[Connector, Any]:
    """Return the connectors that are not online, by their keys.

    They are few as a rule. How many the others are the database does not know: when each was seen
    is written with every beat.
    """
    return Connector.objects.exclude(connectors.online(at)).values("pk")


def devices_counted() -> Subquery:
    """Return, for the connectors around it, how many devices are behind each."""
    return counted(Device.objects.all(), "connector")
