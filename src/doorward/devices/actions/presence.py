"""What a connector's beat says of itself and of its devices."""

from collections.abc import Collection

from django.db import transaction

from doorward.devices.actions.connectors import note_beat
from doorward.devices.actions.devices import note_state, topics_of
from doorward.devices.models import Device
from doorward.kit import live
from doorward.protocols.link.frames import DeviceState


@transaction.atomic
def note_states(connector: int, spool_depth: int, changed: Collection[DeviceState]) -> None:
    """Note a beat; `changed` are the devices that it says something new of."""
    note_beat(connector, spool_depth=spool_depth)
    if not changed:
        return
    told = {int(state.device): state for state in changed}
    moved: list[str] = []
    for device in Device.objects.filter(connector=connector, pk__in=told).select_related("site"):
        state = told[device.pk]
        problem = state.problem.value if state.problem else ""
        if note_state(device, online=state.online, problem=problem, clock_skew=state.clock_skew):
            moved += [*topics_of(device), f"site:{device.site_id}:doors"]
    if moved:
        live.publish(moved)
