"""What connectors find that others did to a device, and what people do about it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from doorward.devices import differences
from doorward.devices.actions import shelf, timeline
from doorward.devices.actions.devices import topics_of
from doorward.devices.models import Device, Drift, Moment, ShelfEntry, ShelfHead, Stranger
from doorward.devices.models.drift import Strangers
from doorward.kit import clock, live
from doorward.protocols import neutral
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# A device that is changed again and again must not fill the disk.
KEPT_OF_EACH = 100


@transaction.atomic
def take_drift(actor: Actor, device: Device, found: neutral.DriftFound) -> Drift:
    """Keep what was found; a device that is not told anew already is from here on.

    The connector has written again what it knew. Only another epoch proves since when the device
    holds it, and brings what the connector does not know.
    """
    shelf.lock_heads([device.pk])
    head = ShelfHead.objects.get(device=device)
    people = ShelfEntry.objects.filter(device=device, kind=ShelfEntry.Kind.PERSON, gone=False)
    drift = Drift.objects.create(
        node_id=device.node_id,
        device=device,
        found_at=min(found.at, clock.now()),
        epoch=found.epoch,
        nature=differences.nature(found.differences, people.count()),
        count=max(0, min(found.count, 2**31 - 1)),
        lines=differences.kept(found.differences),
    )
    _forget_old(device)
    facts = {"nature": drift.nature, "count": drift.count}
    timeline.record([timeline.moment(device, Moment.Kind.DRIFT, drift.found_at, **facts)])
    told = {"nature": drift.nature, "differences": drift.count}
    audit.record(actor, "drift", device, device.node, after=told)
    if found.epoch == head.epoch:
        shelf.begin_epoch(device.pk)
    else:
        note_mended(device.pk)
    _tell(device)
    return drift


@transaction.atomic
def note_mended(device: int) -> None:
    """Note which drifts are over: the device was since read back to hold what it should."""
    head = ShelfHead.objects.get(device=device)
    if not head.holds_all:
        return
    found = Drift.objects.select_for_update(no_key=True).open()
    drifts = list(found.filter(device=device, epoch__lt=head.epoch).order_by("pk"))
    if not drifts:
        return
    failed = set(
        ShelfEntry.objects.filter(device=device).exclude(failure="").values_list("kind", "key")
    )
    over = [
        drift.pk
        for drift in drifts
        if not any((line["kind"], line["key"]) in failed for line in drift.lines)
    ]
    if not over:
        return
    now = clock.now()
    Drift.objects.filter(pk__in=over).update(mended_at=now)
    device_row = Device.objects.only("node_id").get(pk=device)
    timeline.record([timeline.moment(device_row, Moment.Kind.PUT_RIGHT, now)])


def drifted(devices: Collection[int]) -> set[int]:
    """Return those of these devices with a drift that is not mended yet."""
    return set(Drift.objects.open().filter(device__in=devices).values_list("device", flat=True))


@transaction.atomic
def take_strangers(device: Device, seen: neutral.StrangersSeen) -> None:
    """Keep who is on a device besides ours; who was kept and is still the same stays so."""
    fresh = {
        one.key[:64]: Stranger(
            node_id=device.node_id,
            device=device,
            key=one.key[:64],
            name=one.name[:64],
            cards=max(0, min(one.cards, 999)),
            pin=one.pin,
            relays=[relay for relay in one.relays if 1 <= relay <= 9],
            elsewhere=one.elsewhere,
            found_at=min(seen.at, clock.now()),
        )
        for one in seen.strangers[: differences.MOST]
    }
    known = Stranger.objects.filter(device=device)
    if seen.count <= len(seen.strangers):
        gone = known.exclude(key__in=fresh)
        if gone.unwanted().exists():
            # What is done is asked of the connector no longer.
            live.wake("roster", [device.connector_id])
        gone.delete()
    Stranger.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    _tell(device)


@transaction.atomic
def keep_strangers(actor: Actor, device: Device, keys: Collection[int]) -> int:
    """Agree to people on a device whom nobody here put there; return how many there were."""
    strangers = _strangers(actor, device, keys).filter(kept_at=None, unwanted_at=None)
    return _agree(actor, device, strangers, "keep stranger", at=clock.now())


@transaction.atomic
def question_strangers(actor: Actor, device: Device, keys: Collection[int]) -> int:
    """Take back that people were agreed to, or are to go: they need attention again."""
    strangers = _strangers(actor, device, keys).exclude(kept_at=None, unwanted_at=None)
    return _agree(actor, device, strangers, "question stranger", at=None)


@transaction.atomic
def remove_strangers(actor: Actor, device: Device, keys: Collection[int]) -> int:
    """Have people removed from a device whom nobody here put there; return how many there were.

    Its connector does it as soon as it can, and tells who is there then.
    """
    strangers = list(_strangers(actor, device, keys).filter(unwanted_at=None))
    if not strangers:
        return 0
    now = clock.now()
    for one in strangers:
        one.kept_at, one.kept_by, one.unwanted_at = None, None, now
    Stranger.objects.bulk_update(strangers, ["kept_at", "kept_by", "unwanted_at"])
    audit.record(actor, "remove stranger", device, device.node, before=_names(strangers))
    live.wake("roster", [device.connector_id])
    _tell(device)
    return len(strangers)


@transaction.atomic
def see_drifts(actor: Actor, device: Device) -> int:
    """Note that somebody has seen what was done to a device; return how many drifts they were."""
    actor.require(Can.CHANGE_DEVICE, device)
    unseen = Drift.objects.filter(device=device, seen_at=None)
    count = unseen.update(seen_at=clock.now(), seen_by=actor.account)
    if count:
        audit.record(actor, "see drift", device, device.node, after={"drifts": count})
        _tell(device)
    return count


def _forget_old(device: Device) -> None:
    drifts = Drift.objects.filter(device=device).order_by("-pk")
    old = drifts.values_list("pk", flat=True)[KEPT_OF_EACH:]
    Drift.objects.filter(pk__in=list(old)).delete()


def _strangers(actor: Actor, device: Device, keys: Collection[int]) -> Strangers:
    actor.require(Can.CHANGE_DEVICE, device)
    found = Stranger.objects.select_for_update(no_key=True, of=("self",))
    return found.filter(device=device, pk__in=keys, elsewhere=False).order_by("pk")


def _agree(
    actor: Actor, device: Device, found: Strangers, verb: str, *, at: datetime | None
) -> int:
    strangers = list(found)
    if not strangers:
        return 0
    for one in strangers:
        one.kept_at, one.kept_by, one.unwanted_at = at, actor.account if at else None, None
    Stranger.objects.bulk_update(strangers, ["kept_at", "kept_by", "unwanted_at"])
    live.wake("roster", [device.connector_id])
    audit.record(actor, verb, device, device.node, after=_names(strangers))
    _tell(device)
    return len(strangers)


def _names(strangers: Collection[Stranger]) -> dict[str, object]:
    return {"people": ", ".join(one.name for one in strangers)[:500]}


def _tell(device: Device) -> None:
    live.publish(topics_of(device))
