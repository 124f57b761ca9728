"""Relays and inputs."""

from collections.abc import Mapping

from doorward.emulator.api.deeds import Answer, Data, Deed
from doorward.emulator.device import Device
from doorward.emulator.fields import number_of
from doorward.emulator.refusal import Rejected
from doorward.emulator.relays import letter_of

LONGEST_PULSE = 65_535
AUTO_CLOSE = 0
MANUAL = 1
UNLOCK = ("relay", "trig")


def _relay_status(device: Device, _data: Data) -> Answer:
    relays = device.relays
    return 0, {
        f"Relay{letter_of(number)}": int(relays.is_open(number)) for number in relays.numbers
    }


def _relay_trig(device: Device, data: Data) -> Answer:
    number, mode = number_of(data.get("num")), number_of(data.get("mode", AUTO_CLOSE))
    level, delay = number_of(data.get("level", 0)), number_of(data.get("delay", 0))
    known = number in device.relays.numbers
    if not known or mode not in (AUTO_CLOSE, MANUAL) or level > 1 or delay > LONGEST_PULSE:
        raise Rejected
    if mode == AUTO_CLOSE:
        device.relays.pulse(number, delay)
    elif level:
        device.relays.hold(number)
    else:
        device.relays.release(number)
    return 0, {}


def _input_status(device: Device, _data: Data) -> Answer:
    sensors = device.sensors
    return 0, {
        f"Input{letter_of(number)}": int(sensors.is_on(number)) for number in sensors.numbers
    }


READS: Mapping[tuple[str, str], Deed] = {
    ("relay", "status"): _relay_status,
    ("input", "status"): _input_status,
}
WRITES: Mapping[tuple[str, str], Deed] = {UNLOCK: _relay_trig}
