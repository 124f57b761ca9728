"""The door log and what could not be read of it, append-only; and the alarms."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.activity.reasons import Reason
from doorward.devices.models import Connector, Device, Door
from doorward.kit import clock
from doorward.people.models import Person
from doorward.protocols import neutral
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Account, Node
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet, few_nodes

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

# So many sites and companies are looked at one by one: in each month of the log.
_MOST_APART = 20


class DoorEvents(TenantQuerySet["DoorEvent"]):
    """A company's administrator sees what its own people did; a person, what they did."""

    sees = Can.VIEW_LOG
    sights = frozenset({Sight.BELOW, Sight.GRANTED, Sight.SELF})

    # Any: a site, as further down.
    def seen_at(self, actor: "Actor", site: Any) -> Self:
        """Return the lines of a site in view; those of a single company by that company alone.

        Beside an OR the database would go through what everybody did there.
        """
        if actor.places and all(one.role is Role.COMPANY_ADMINISTRATOR for one in actor.places):
            own = Company.objects.filter(site=site, node__among=actor.nodes_below(self.sees))
            companies = list(own.values_list("pk", flat=True))
            if len(companies) == 1:
                return self.filter(site=site, company=companies[0])
        return super().seen_at(actor, site)

    def visible_apart(self, actor: "Actor") -> list[Self]:
        """Return the lines of each site, and beside these of each company."""
        nodes = [] if actor.is_personnel else few_nodes(actor, self.sees)
        sites = list(Site.objects.filter(node__in=nodes).values_list("pk", flat=True))
        own = Company.objects.filter(node__in=nodes).exclude(site__in=sites)
        parts = [self.filter(site=site) for site in sites]
        parts += [self.filter(company=company) for company in own.values_list("pk", flat=True)]
        return parts if 0 < len(parts) <= _MOST_APART else [self.visible_to(actor)]

    def granted(self, actor: "Actor") -> Q:
        if not (companies := actor.companies(self.sees)):
            return NOTHING
        return Q(company__in=Company.objects.filter(node__among=companies))

    def own(self, actor: "Actor") -> Q:
        own = Person.objects.filter(account=actor.account)
        return Q(person__in=own) if actor.is_personnel else NOTHING


class DoorEvent(models.Model):
    """One opening or refusal. The table is partitioned by `at`; see the first migration.

    `at` is when the connector spooled it (or the order was settled), `device_at` what the
    device's own clock said. `reason` is judged by us from the facts; `accepted` is what the
    device did; where the two disagree, `disputed` says so.
    """

    class Method(models.TextChoices):
        CARD = neutral.Method.CARD.value, _("Card")
        PIN = neutral.Method.PIN.value, _("PIN")
        REMOTE = neutral.Method.REMOTE.value, _("Remote")
        EXIT = "exit", _("Exit button")
        UNKNOWN = neutral.Method.UNKNOWN.value, _("Unknown")

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    device_at = models.DateTimeField(null=True)
    node = models.ForeignKey(
        Node, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    site = models.ForeignKey(
        Site, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    device = models.ForeignKey(
        Device,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    door = models.ForeignKey(
        Door,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    company = models.ForeignKey(
        Company,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    person = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    account = models.ForeignKey(
        Account,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    # Names as they were then: a row must still read well when the thing is gone.
    door_name = models.CharField(max_length=64)
    person_name = models.CharField(max_length=140)
    card_tail = models.CharField(max_length=4)
    method = models.CharField(max_length=8, choices=Method)
    accepted = models.BooleanField()
    reason = models.CharField(max_length=24, choices=[(r.value, r.value) for r in Reason])
    disputed = models.BooleanField(default=False)
    relay = models.SmallIntegerField(null=True)
    # The second net against doubles: (device, generation, local id, at) is unique.
    generation = models.IntegerField(default=0)
    local_id = models.CharField(max_length=32)

    objects = DoorEvents.as_manager()

    class Meta:
        managed = False
        db_table = "activity_doorevent"

    def __str__(self) -> str:
        return f"{self.door_name} {self.at:%Y-%m-%d %H:%M:%S}"


class QuarantinedReports(TenantQuerySet["QuarantinedReport"]):
    # Not with the device: a raw row is for those who work at the site.
    sees = Can.VIEW_CONNECTOR


class QuarantinedReport(models.Model):
    """A report that could not be stored where it belongs: acknowledged, kept and shown."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    connector = models.ForeignKey(Connector, on_delete=models.CASCADE, related_name="quarantined")
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=32)
    raw = models.CharField(max_length=1000)
    why = models.CharField(max_length=200)

    objects = QuarantinedReports.as_manager()

    class Meta:
        indexes = [
            # Whose they are is told by the index alone: thousands are only counted.
            models.Index(
                fields=["connector", "-id"], include=["node"], name="quarantine_by_connector"
            ),
            models.Index(fields=["device", "-id"], name="quarantine_by_device"),
        ]

    def __str__(self) -> str:
        return self.why


# What says of which kind an alarm is, and how it stands.
_STATE = ("kind", "closed_at", "acknowledged_at")


class Alarms(TenantQuerySet["Alarm"]):
    """A company's administrator sees those at the doors that were granted to the company."""

    sees = Can.VIEW_ALARM
    sights = frozenset({Sight.BELOW, Sight.GRANTED})

    # Any: a site, as further down.
    def seen_at(self, actor: "Actor", site: Any) -> Self:
        """Return the alarms of a site in view: they lie at its own node, and none below it."""
        here = self.filter(site=site)
        return here if actor.sees_below(self.sees, site.node) else here.filter(self.granted(actor))

    def visible_apart(self, actor: "Actor") -> list[Self]:
        """Return the alarms of each site, and at others those at doors that were granted."""
        nodes = few_nodes(actor, self.sees)
        whole = list(Site.objects.filter(node__in=nodes).values_list("pk", flat=True))
        own = Company.objects.filter(node__in=nodes).exclude(site__in=whole)
        others = own.order_by().values_list("site", flat=True).distinct()
        parts = [self.filter(site=site) for site in whole]
        parts += [self.filter(self.granted(actor), site=site) for site in others]
        return parts or [self.visible_to(actor)]

    def granted(self, actor: "Actor") -> Q:
        """Say which are at a door that was granted to a company one administers.

        The doors are looked up first: by their keys, the database sees how few they are.
        """
        if not (companies := actor.companies(self.sees)):
            return NOTHING
        links = Door.companies.through.objects.filter(company__node__among=companies)
        doors = frozenset(links.values_list("door", flat=True))
        return Q(door__among=doors) if doors else NOTHING

    def open(self) -> "Alarms":
        """Return those that somebody should still look at, or that last."""
        return self.filter(closed_at=None)


class Alarm(models.Model):
    """Something that a guard must know: it lasts until it is over, and is open until it is seen.

    `over_at` is when it went back by itself, `closed_at` when it was over and acknowledged; until
    then the same once more counts up and makes no second row.
    """

    class Kind(models.TextChoices):
        FORCED = neutral.AlarmKind.FORCED.value, _("Forced open")
        HELD = neutral.AlarmKind.HELD.value, _("Held open")
        TAMPER = neutral.AlarmKind.TAMPER.value, _("Tampered with")
        INPUT = "input", _("Input triggered")

    class State(models.TextChoices):
        NEW = "new", _("New")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        CLOSED = "closed", _("Closed")

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="alarms")
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="alarms")
    door = models.ForeignKey(Door, null=True, on_delete=models.SET_NULL, related_name="alarms")
    # Names as they were then.
    device_name = models.CharField(max_length=64)
    door_name = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    input = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=1)
    over_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("by")
    )
    acknowledged_by = models.CharField(max_length=150, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = Alarms.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "kind", "door", "door_name", "input"],
                condition=Q(closed_at=None, device__isnull=False),
                nulls_distinct=False,
                name="alarm_open_once",
            ),
        ]
        indexes = [
            # What a list narrows them by is told by the index alone: pages are found by it.
            models.Index(
                fields=["site", "-at", "-id"],
                include=["door", "door_name", "device_name", *_STATE],
                name="alarm_by_site",
            ),
            models.Index(fields=["-at", "-id"], name="alarm_by_time"),
            models.Index(fields=["device", "-at", "-id"], name="alarm_by_device"),
            models.Index(fields=["door", "-at", "-id"], name="alarm_by_door"),
            models.Index(fields=["site"], condition=Q(closed_at=None), name="alarm_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.door_name or self.device_name}"

    @property
    def state(self) -> str:
        if self.closed_at is not None:
            return self.State.CLOSED
        return self.State.NEW if self.acknowledged_at is None else self.State.ACKNOWLEDGED

    @property
    def lasts(self) -> bool:
        return self.over_at is None
