"""The local API's targets and actions, as tables from words to deeds."""

import time
from collections.abc import Mapping

from doorward.emulator.api import doors, logs, records, settings, system
from doorward.emulator.api.deeds import Deed, held, settled_as
from doorward.emulator.device import Device
from doorward.emulator.envelope import Call, Reply
from doorward.emulator.profile import Refusal
from doorward.emulator.refusal import ERROR_PARAM, Rejected

# What GET and POST may ask, and what only POST may [G].
_READS: Mapping[tuple[str, str], Deed] = {
    **system.READS,
    **settings.READS,
    **doors.READS,
    **records.READS,
    **logs.READS,
}
_WRITES: Mapping[tuple[str, str], Deed] = {
    **settings.WRITES,
    **doors.WRITES,
    **records.WRITES,
    **logs.WRITES,
}


def answer(device: Device, call: Call) -> Reply:
    """Do what a call asks and return what the device says to it; never raises `Rejected`."""
    wanted = (call.target, call.action)
    refusal = _refusal(device, call)
    if refusal is not None:
        return Reply(call.action, refusal.retcode, refusal.message)
    writes = wanted in _WRITES
    settles = writes and wanted != doors.UNLOCK and device.settling.seconds
    before = held(device, call.target) if settles else None
    try:
        retcode, data = (_WRITES if writes else _READS)[wanted](device, call.data)
    except Rejected as said:
        return Reply(call.action, said.retcode, said.message)
    if before is not None:
        device.settling.remember(settled_as(call.target), before, time.monotonic())
    # A pulse is counted, but no door waits for a disk.
    if writes and wanted != doors.UNLOCK:
        device.store.sync()
    return Reply(call.action, retcode, "OK" if retcode >= 0 else ERROR_PARAM, data)


def unknown(device: Device, action: str) -> Reply:
    """Say what the device's family says to a call it does not know."""
    return Reply(action, device.profile.refusal.retcode, device.profile.refusal.message)


def rebooting(call: Call) -> bool:
    """Tell whether a call sends the device into a restart once it is answered."""
    return (call.target, call.action) == ("system", "reboot")


def _refusal(device: Device, call: Call) -> Refusal | None:
    """Return how a call is refused that this model, or any, does not have."""
    refused = device.profile.refused
    named = f"{call.target}/{call.action}"
    if call.target in refused or named in refused:
        return refused.get(call.target) or refused[named]
    wanted = (call.target, call.action)
    known = wanted in _READS or (call.writes and wanted in _WRITES)
    return None if known else device.profile.refusal
