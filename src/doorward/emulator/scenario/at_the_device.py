"""What becomes of a device itself: power, clock, resets, swaps, faults and hands at its page."""

from collections.abc import Mapping
from datetime import timedelta

from doorward.emulator import life
from doorward.emulator.fault import Fault, Mode
from doorward.emulator.local_api import LocalApi
from doorward.emulator.quirks import Quirk
from doorward.emulator.refusal import Rejected
from doorward.emulator.scenario.given import (
    Given,
    Mistake,
    mac,
    seconds,
    text,
    texts,
    truth,
    wall_time,
)
from doorward.emulator.scenario.kinds import Deed
from doorward.emulator.scenario.state import state

# Ten years: a clock further out has no dates a calendar can hold for sure.
FURTHEST_SKEW = 315_360_000
LONGEST_DELAY = 600
DAY = 86_400


async def _power_on(at: LocalApi, _given: Given) -> object:
    await at.power_on()
    return state(at)


async def _power_off(at: LocalApi, _given: Given) -> object:
    await at.power_off()
    return state(at)


async def _reboot(at: LocalApi, _given: Given) -> object:
    if not at.powered:
        raise Mistake("power", "the device is dark", "restore the power first", status=409)
    at.reboot()
    return state(at)


async def _factory_reset(at: LocalApi, given: Given) -> object:
    life.factory_reset(at.device, locked=truth(given, "locked", default=False))
    at.cure()
    at.reboot()
    return state(at)


async def _replace(at: LocalApi, given: Given) -> object:
    """Hang another device of the model there; it starts when it has power."""
    life.replace(at.device, mac(given, ""), locked=truth(given, "locked", default=False))
    at.cure()
    at.reboot()
    return state(at)


async def _clock(at: LocalApi, given: Given) -> object:
    own = at.device.own_clock
    if "set" in given:
        own.set(at.device.settings, wall_time(given["set"]))
    else:
        own.set_skew(timedelta(seconds=seconds(given, "offset_seconds", None, FURTHEST_SKEW)))
    return state(at)


async def _drift_clock(at: LocalApi, given: Given) -> object:
    at.device.own_clock.drift(seconds(given, "seconds_a_day", None, DAY))
    return state(at)


async def _lose_log(at: LocalApi, _given: Given) -> object:
    """Empty the door log; its ids begin anew."""
    at.device.log.clear()
    return state(at)


async def _edit_locally(at: LocalApi, given: Given) -> object:
    """Let somebody at the device's own web page add, change or remove a person."""
    deed, user_id, fields = text(given, "deed"), text(given, "user_id"), texts(given, "fields")
    try:
        if deed == "add":
            row = life.added_at_the_web_page(at.device, fields)
        elif deed == "change":
            row = life.changed_at_the_web_page(at.device, user_id, fields)
        elif deed == "remove":
            row = life.removed_at_the_web_page(at.device, user_id)
        else:
            raise Mistake("deed", "no such deed", "one of add, change, remove")
    except Rejected as refusal:
        mend = "name a person who is there, with fields the device takes"
        raise Mistake("fields", f"the device says {refusal.message}", mend, status=409) from refusal
    return {"row": row}


async def _set_locally(at: LocalApi, given: Given) -> object:
    """Let somebody at the device's own web page change one of its settings."""
    key, value = text(given, "key"), text(given, "value")
    if key not in at.device.settings:
        raise Mistake("key", "this model has no such setting", "as config/get prints it")
    at.device.settings.put({key: value})
    at.device.settings.save()
    at.device.store.sync()
    return {key: value}


async def _back_up(at: LocalApi, _given: Given) -> object:
    return {"people": life.back_up(at.device)}


async def _restore(at: LocalApi, _given: Given) -> object:
    try:
        return {"people": life.restore(at.device)}
    except Rejected as refusal:
        mend = "POST back_up while there are people"
        raise Mistake("backup", refusal.message, mend, status=409) from refusal


async def _fault(at: LocalApi, given: Given) -> object:
    try:
        mode = Mode(str(given.get("mode")))
    except ValueError as error:
        raise Mistake("mode", "no such fault", f"one of {', '.join(Mode)}") from error
    lasting = seconds(given, "seconds", 1.0, LONGEST_DELAY)
    other = mac(given, "0C1105FFFFFF")
    times = given.get("times")
    if times is not None and (type(times) is not int or times < 1):
        raise Mistake("times", "not a count", "send a whole number from 1, or leave it out")
    at.device.fault = Fault(mode, lasting, other, times)
    at.cure()
    return state(at)


async def _quirks(at: LocalApi, given: Given) -> object:
    """Switch dirt and habits: each named quirk on or off, and the two delays."""
    wanted = dict(given)
    settle = seconds(wanted, "settle_seconds", at.device.settling.seconds, LONGEST_DELAY)
    save = seconds(wanted, "save_seconds", at.device.save_seconds, LONGEST_DELAY)
    words = set(wanted) - {"settle_seconds", "save_seconds"}
    if strangers := sorted(words - set(Quirk)):
        raise Mistake(strangers[0][:40], "no such quirk", f"one of {', '.join(Quirk)}")
    switched = {Quirk(word): truth(wanted, word) for word in words}
    at.device.quirks |= {quirk for quirk, on in switched.items() if on}
    at.device.quirks -= {quirk for quirk, on in switched.items() if not on}
    at.device.settling.seconds, at.device.save_seconds = max(0.0, settle), max(0.0, save)
    return state(at)


DEEDS: Mapping[str, Deed] = {
    "power_on": _power_on,
    "power_off": _power_off,
    "reboot": _reboot,
    "factory_reset": _factory_reset,
    "replace": _replace,
    "clock": _clock,
    "drift_clock": _drift_clock,
    "lose_log": _lose_log,
    "edit_locally": _edit_locally,
    "set_locally": _set_locally,
    "back_up": _back_up,
    "restore": _restore,
    "fault": _fault,
    "quirks": _quirks,
}
