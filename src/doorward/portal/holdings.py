"""What a device holds of what it should hold, counted and named."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from doorward.devices.models import Device, Door, ShelfEntry
from doorward.people.models import Person
from doorward.tenancy.actor import Actor

# Failures that are named; the rest is counted.
_NAMED = 20
_OPEN = Q(synced_at=None, failure="")
_FAILED = ~Q(failure="")


@dataclass(frozen=True)
class Tally:
    """How many entries of a kind a device should hold, and how far it has come with them."""

    label: str
    wanted: int
    held: int
    to_add: int
    to_remove: int
    failed: int

    @property
    def pending(self) -> int:
        return self.to_add + self.to_remove


@dataclass(frozen=True)
class Failure:
    """An entry that a device could not take, by the name people know it by."""

    name: str
    why: str


def tallies(device: Device) -> list[Tally]:
    """Count a device's entries by kind, in one query."""
    counted = device.entries.values("kind").annotate(
        wanted=Count("pk", filter=Q(gone=False)),
        held=Count("pk", filter=Q(gone=False, synced_at__isnull=False)),
        to_add=Count("pk", filter=_OPEN & Q(gone=False)),
        to_remove=Count("pk", filter=_OPEN & Q(gone=True)),
        failed=Count("pk", filter=_FAILED),
    )
    labels = {
        ShelfEntry.Kind.PERSON: _("People"),
        ShelfEntry.Kind.SCHEDULE: _("Schedules"),
        ShelfEntry.Kind.RELAY: _("Relays"),
        ShelfEntry.Kind.CLOCK: _("Clock"),
    }
    found = {row.pop("kind"): row for row in counted}
    return [Tally(label, **found[kind]) for kind, label in labels.items() if kind in found]


def total(tallied: Collection[Tally]) -> Tally:
    """Add up all kinds."""
    names = ("wanted", "held", "to_add", "to_remove", "failed")
    return Tally(_("All"), **{n: sum(getattr(t, n) for t in tallied) for n in names})


def failures(actor: Actor, device: Device) -> list[Failure]:
    """Return what a device could not take and why; people and doors by name."""
    failed = list(device.entries.filter(_FAILED).order_by("kind", "key")[:_NAMED])
    people = Person.objects.visible_to(actor).in_bulk(_keys(failed, ShelfEntry.Kind.PERSON))
    doors = Door.objects.visible_to(actor).filter(
        device=device, relay__in=_keys(failed, ShelfEntry.Kind.RELAY)
    )
    names = {
        ShelfEntry.Kind.PERSON: {key: str(person) for key, person in people.items()},
        ShelfEntry.Kind.RELAY: {door.relay: door.name for door in doors},
    }
    return [
        Failure(
            names.get(ShelfEntry.Kind(entry.kind), {}).get(entry.key)
            or f"{entry.get_kind_display()} {entry.key or ''}".strip(),
            entry.failure,
        )
        for entry in failed
    ]


def _keys(entries: Collection[ShelfEntry], kind: ShelfEntry.Kind) -> list[int]:
    return [entry.key for entry in entries if entry.kind == kind]
