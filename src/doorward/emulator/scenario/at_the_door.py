"""What people do at a door: cards, PINs, buttons, and doors that stand where they should not."""

import asyncio
from collections.abc import Mapping

from doorward.emulator import clock
from doorward.emulator.device import Asked
from doorward.emulator.local_api import LocalApi
from doorward.emulator.scenario.given import Given, Mistake, card, number, pin, seconds, text, truth
from doorward.emulator.scenario.kinds import Deed
from doorward.emulator.scenario.state import state
from doorward.emulator.sensors import PRESS_SECONDS, Terminal

LONGEST_HOLD = 3_600


async def _swipe(at: LocalApi, given: Given) -> object:
    held = card(given)
    _need_power(at)
    return _answered(at.device.swipe(held))


async def _enter_pin(at: LocalApi, given: Given) -> object:
    typed = pin(given)
    _need_power(at)
    return _answered(at.device.enter(typed))


async def _press_exit(at: LocalApi, given: Given) -> object:
    """Press the exit button of a door, for as long as a finger does."""
    pressed = _terminal(at, given, Terminal.EXIT)
    at.device.press_exit(pressed)
    sensors = at.device.sensors
    asyncio.get_running_loop().call_later(PRESS_SECONDS, sensors.turn, pressed, False)
    return state(at)


async def _open_door(at: LocalApi, given: Given) -> object:
    """Move the leaf of a door; without a pulse of its relay that is force."""
    at.device.sensors.turn(_terminal(at, given, Terminal.CONTACT), True)
    return state(at)


async def _close_door(at: LocalApi, given: Given) -> object:
    at.device.sensors.turn(_terminal(at, given, Terminal.CONTACT), False)
    return state(at)


async def _hold_door(at: LocalApi, given: Given) -> object:
    """Keep a door open beyond its time, which is over `seconds` from now."""
    lasting = seconds(given, "seconds", 1.0, LONGEST_HOLD)
    contact = _terminal(at, given, Terminal.CONTACT)
    door = at.device.sensors.wires[contact - 1].door
    if not at.device.sensors.is_on(contact) and not at.device.relays.is_open(door):
        at.device.relays.pulse(door, at.device.hold_seconds(door))
    at.device.sensors.turn(contact, True)
    at.device.sensors.hold_for(door, max(0.0, lasting))
    return state(at)


async def _tamper(at: LocalApi, given: Given) -> object:
    on = truth(given, "on", default=True)
    _need_power(at)
    at.device.sensors.tamper(on)
    return state(at)


async def _fire_input(at: LocalApi, given: Given) -> object:
    """Turn an input on or off, whatever is wired to it."""
    wanted, on = number(given, "input"), truth(given, "on", default=True)
    _need_power(at)
    if wanted not in at.device.sensors.numbers:
        most = len(at.device.sensors.numbers)
        raise Mistake("input", "no such input", f"this model has inputs 1 to {most}")
    at.device.sensors.turn(wanted, on)
    return state(at)


async def _press_button(at: LocalApi, given: Given) -> object:
    """Call a number from the device and hang up; only the log and the URLs hear of it."""
    called = text(given, "number", "1001")
    _need_power(at)
    device = at.device
    if not device.profile.calls:
        raise Mistake("number", "this model makes no calls", "take a door phone", status=409)
    time = device.clock()
    row = {
        "Date": clock.written_date(device.settings, time),
        "Time": clock.written_time(device.settings, time),
        "Name": called,
        "Type": "Dialed",
        "LocalIdentity": "",
        "Num": called,
        "PicUrl": "",
    }
    log_id = device.calls.write(row)
    for event in ("MakeCall", "HangUp", "CallLog"):
        device.tell(event, remote=called, display_remote=called, call_id=log_id)
    return {"log_id": log_id}


def _terminal(at: LocalApi, given: Given, kind: Terminal) -> int:
    """Return the input on which something of a door hangs."""
    door = number(given, "door", 1)
    _need_power(at)
    found = at.device.sensors.input_of(kind, door)
    if found is None:
        wires = [wire.door for wire in at.device.sensors.wires if wire.kind is kind]
        mend = f"doors with one: {', '.join(map(str, wires)) or 'none'}"
        raise Mistake("door", f"no {kind} is wired to an input for this door", mend, status=409)
    return found


def _need_power(at: LocalApi) -> None:
    if not at.up:
        raise Mistake("power", "the device is dark", "restore the power or wait", status=409)


def _answered(done: Asked) -> object:
    return {"accepted": done.accepted, "relay": list(done.relays), "log_id": done.log_id}


DEEDS: Mapping[str, Deed] = {
    "swipe": _swipe,
    "enter_pin": _enter_pin,
    "press_exit": _press_exit,
    "open_door": _open_door,
    "close_door": _close_door,
    "hold_door": _hold_door,
    "tamper": _tamper,
    "fire_input": _fire_input,
    "press_button": _press_button,
}
