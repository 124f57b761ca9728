"""The door log and the call log."""

from collections.abc import Mapping

from doorward.emulator.api.deeds import Answer, Data, Deed, each, page
from doorward.emulator.device import Device
from doorward.emulator.fault import Mode
from doorward.emulator.fields import text_of


def _door_log_get(device: Device, data: Data) -> Answer:
    rows = device.log.newest_first()
    if device.fault.mode is Mode.REPEAT_LOG:
        rows = [row for row in rows for _ in range(2)]
    return 0, page(device, rows, data)


def _door_log_del(device: Device, data: Data) -> Answer:
    return each(device.log.remove, data)


def _door_log_clear(device: Device, _data: Data) -> Answer:
    device.log.clear()
    return 0, {}


def _call_log_get(device: Device, data: Data) -> Answer:
    kind = text_of(data.get("Type", ""))
    rows = [row for row in device.calls.newest_first() if kind in ("", row["Type"])]
    return 0, page(device, rows, data)


def _call_log_del(device: Device, data: Data) -> Answer:
    return each(device.calls.remove, data)


def _call_log_clear(device: Device, _data: Data) -> Answer:
    device.calls.clear()
    return 0, {}


READS: Mapping[tuple[str, str], Deed] = {
    ("doorlog", "get"): _door_log_get,
    ("calllog", "get"): _call_log_get,
}
WRITES: Mapping[tuple[str, str], Deed] = {
    ("doorlog", "del"): _door_log_del,
    ("doorlog", "clear"): _door_log_clear,
    ("calllog", "del"): _call_log_del,
    ("calllog", "clear"): _call_log_clear,
}
