"""Reading and writing settings."""

import time
from collections.abc import Mapping

from doorward.emulator.api.deeds import Answer, Data, Deed
from doorward.emulator.device import Device
from doorward.emulator.fields import text_of
from doorward.emulator.refusal import Rejected

RELAY = "Config.DoorSetting.RELAY."


def _get(device: Device, data: Data) -> Answer:
    values = _values(device)
    if "item" in data:
        values = {key: values[key] for key in _texts(data["item"]) if key in values}
    elif "filter" in data:
        values = _under(values, tuple(_texts(data["filter"])))
    return 0, device.settings.printed(values)


def _set(device: Device, data: Data) -> Answer:
    device.settings.set(data)
    return 0, {}


def _relay_get(device: Device, _data: Data) -> Answer:
    return 0, device.settings.printed(_under(_values(device), (RELAY,)))


def _relay_set(device: Device, data: Data) -> Answer:
    device.settings.set(data, within=RELAY)
    return 0, {}


def _values(device: Device) -> Mapping[str, str]:
    """Return the settings that are shown: those of a moment ago while a write settles."""
    held: Mapping[str, str] = device.settings
    return device.settling.shown("config", held, time.monotonic())


def _under(values: Mapping[str, str], beginnings: tuple[str, ...]) -> Mapping[str, str]:
    return {key: value for key, value in values.items() if key.startswith(beginnings)}


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise Rejected
    return [text_of(item) for item in value]


READS: Mapping[tuple[str, str], Deed] = {
    ("config", "get"): _get,
    ("relay", "get"): _relay_get,
}
WRITES: Mapping[tuple[str, str], Deed] = {
    ("config", "set"): _set,
    ("relay", "set"): _relay_set,
}
