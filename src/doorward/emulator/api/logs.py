"""The door log and the call log."""

from collections.abc import Mapping

from doorward.emulator.api.deeds import Answer, Data, Deed, clearing, doing, page
from doorward.emulator.device import Device
from doorward.emulator.fault import Mode
from doorward.emulator.fields import text_of


def _door_log_get(device: Device, data: Data) -> Answer:
    rows = device.log.newest_first()
    if device.fault.mode is Mode.REPEAT_LOG:
        rows = [row for row in rows for _ in range(2)]
    return 0, page(device, rows, data)


def _call_log_get(device: Device, data: Data) -> Answer:
    kind = text_of(data.get("Type", ""))
    rows = [row for row in device.calls.newest_first() if kind in ("", row["Type"])]
    return 0, page(device, rows, data)


READS: Mapping[tuple[str, str], Deed] = {
    ("doorlog", "get"): _door_log_get,
    ("calllog", "get"): _call_log_get,
}
WRITES: Mapping[tuple[str, str], Deed] = {
    ("doorlog", "del"): doing(lambda device: device.log.remove),
    ("doorlog", "clear"): clearing(lambda device: device.log.clear),
    ("calllog", "del"): doing(lambda device: device.calls.remove),
    ("calllog", "clear"): clearing(lambda device: device.calls.clear),
}
