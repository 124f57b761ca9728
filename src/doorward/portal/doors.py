"""Doors as tiles and rows: their state, what last happened there, the button's words."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from doorward.activity.keyset import newest_first
from doorward.activity.models import Alarm, DoorEvent
from doorward.devices.models import Command, Device, Door
from doorward.kit import clock
from doorward.sites import words
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# An answer may still be on its way when an order's life ends.
_GRACE = timedelta(seconds=2)


@dataclass(frozen=True)
class DoorView:
    """What is shown of a door at a glance."""

    door: Door
    state: str
    note: str
    may_open: bool
    openable: bool
    last: DoorEvent | None
    alarms: tuple[Alarm, ...] = ()

    @property
    def alarm(self) -> str:
        """Say what a guard should look at first; empty for nothing."""
        return str(self.alarms[0].get_kind_display()) if self.alarms else ""

    @property
    def alarm_at(self) -> datetime | None:
        return self.alarms[0].last_at if self.alarms else None

    @property
    def open_since(self) -> datetime | None:
        """Return since when it stands open, while its device is there to say so."""
        return self.door.open_since if self.door.device.is_online else None

    @property
    def topics(self) -> str:
        """Return what besides the door itself changes the picture."""
        return f"device:{self.door.device_id} connector:{self.door.device.connector_id}"


@dataclass(frozen=True)
class OpenButton:
    """The open button after a press: working, opened or failed."""

    state: str
    at: str = ""
    why: str = ""


def views(actor: Actor, doors: Collection[Door]) -> list[DoorView]:
    """Look at doors that were fetched with site, device and connector; three queries for all."""
    lately, alarms = _last_events(actor, doors), _open_alarms(actor, doors)
    return [
        _view(actor, door, lately.get(door.pk), tuple(alarms.get(door.pk, ()))) for door in doors
    ]


def with_devices(doors: QuerySet[Door]) -> QuerySet[Door]:
    """Fetch with the doors what `views` looks at."""
    return doors.select_related("node", "site", "device__connector")


def button_of(command: Command, site: Site) -> OpenButton:
    """Say how far an order to open a door of a site has come."""
    if command.status == Command.Status.DONE and command.settled_at:
        return OpenButton("opened", at=words.time_of(site, command.settled_at, seconds=True))
    if command.status == Command.Status.FAILED:
        return OpenButton("failed", why=command.get_problem_display() or _("The device refused."))
    late = clock.now() > command.expires_at + _GRACE
    if late or command.status == Command.Status.EXPIRED:
        why = _("No answer within 5 seconds; the door did not open by this order.")
        return OpenButton("failed", why=why)
    return OpenButton("working")


def _view(actor: Actor, door: Door, last: DoorEvent | None, alarms: tuple[Alarm, ...]) -> DoorView:
    state, note = _state(door.device)
    # A company's administrator may open what was granted to the company: else it is not in view.
    may_open = actor.may(Can.OPEN_DOOR)
    return DoorView(door, state, note, may_open, state == "online", last, alarms)


def _state(device: Device) -> tuple[str, str]:
    """Return a door's state and, where its device is not bound, what is amiss."""
    if device.binding == Device.Binding.REFUSED:
        return "failed", _("Another device answers in its place.")
    if device.binding == Device.Binding.WAITING:
        return "never" if device.seen_at is None else "pending", _("Its device is not bound yet.")
    return device.state, ""


def _open_alarms(actor: Actor, doors: Collection[Door]) -> dict[int | None, list[Alarm]]:
    """Return what a guard should look at, by door, the latest first."""
    found: dict[int | None, list[Alarm]] = {}
    shown = Alarm.objects.visible_to(actor).open()
    for alarm in shown.filter(door__in=[door.pk for door in doors]).order_by("-last_at", "-pk"):
        found.setdefault(alarm.door_id, []).append(alarm)
    return found


def _last_events(actor: Actor, doors: Collection[Door]) -> dict[int, DoorEvent]:
    shown = DoorEvent.objects.visible_to(actor)
    newest = newest_first(shown.filter(door=OuterRef("pk"))).values("id")[:1]
    keys = Door.objects.visible_to(actor).filter(pk__in=[door.pk for door in doors])
    last = keys.annotate(last=Subquery(newest, output_field=BigIntegerField()))
    found = shown.filter(pk__in=[pk for pk in last.values_list("last", flat=True) if pk])
    return {event.door_id: event for event in found if event.door_id is not None}
