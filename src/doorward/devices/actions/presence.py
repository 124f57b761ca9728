"""What a connector's beat says of itself and of its devices."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from doorward.devices.actions import timeline
from doorward.devices.actions.connectors import note_beat
from doorward.devices.actions.devices import (
    STATE_FIELDS,
    take_condition,
    take_state,
    topics_of,
)
from doorward.devices.actions.timeline import WATCHED
from doorward.devices.models import Device
from doorward.devices.models.devices import SKEW_SECONDS
from doorward.kit import clock, live
from doorward.kit.rows import key_of
from doorward.protocols.link.frames import DeviceState


@transaction.atomic
def note_states(
    connector: int, since: datetime, spool_depth: int, changed: Collection[DeviceState]
) -> bool:
    """Note a beat; `changed` are the devices that it says something new of.

    Return False, and note nothing, where a younger link of this connector stands.
    """
    if not note_beat(connector, since=since, spool_depth=spool_depth):
        return False
    if not changed:
        return True
    told = {key: s for s in changed if (key := key_of(s.device)) is not None}
    known = list(
        Device.objects.filter(connector=connector, pk__in=told).order_by("pk").select_for_update()
    )
    before = {device.pk: {name: getattr(device, name) for name in WATCHED} for device in known}
    moved = [device for device in known if _take(device, told[device.pk])]
    Device.objects.bulk_update(moved, STATE_FIELDS)
    now = clock.now()
    timeline.record(
        moment
        for device in moved
        for moment in timeline.changes(device, before[device.pk], now, jump=SKEW_SECONDS)
    )
    live.publish(
        topic for device in moved for topic in (*topics_of(device), f"site:{device.site_id}:doors")
    )
    return True


def _take(device: Device, state: DeviceState) -> bool:
    problem = state.problem.value if state.problem else ""
    told = take_condition(device, state)
    skew = state.clock_skew
    return take_state(device, online=state.online, problem=problem, clock_skew=skew) or told
