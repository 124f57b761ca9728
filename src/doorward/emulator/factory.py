"""The settings a new device comes with: families of keys, spelled out for one model."""

import re
from collections.abc import Iterator, Mapping
from importlib import resources

from doorward.emulator.profile import AUTH_MODES, LETTERS, PROFILES, Profile
from doorward.emulator.relays import letter_of
from doorward.emulator.sensors import Terminal, wired_as
from doorward.emulator.spec import DeviceSpec

API = "Config.DoorSetting.APIFCGI"
EVENT = "Config.Features.ACTIONURL."

_PLACE = re.compile(r"\{(\w+)\}")


def factory_settings(profile: Profile) -> dict[str, str]:
    """Return every key the model has, with its value on a new device."""
    files = ["common", profile.names.file, *(["calls"] if profile.calls else [])]
    lines = [line for file in files for line in _lines(file)]
    lines += [f"{EVENT}{event} =" for event in dict.fromkeys(profile.events)]
    lines += [
        f"Config.Settings.OTHERS.AutopGenConfName = r{profile.code:0>12}.cfg",
        f"Config.Settings.OTHERS.DeviceID = {profile.code}",
    ]
    pairs = (one.partition("=") for line in lines for one in _spelled_out(line, profile))
    return {key.strip(): value.strip() for key, _, value in pairs}


def spec_settings(spec: DeviceSpec) -> dict[str, str]:
    """Return the settings that a spec fixes, also after a factory reset."""
    names = PROFILES[spec.model].names
    wired = {
        f"{API}.Enable": "1",
        f"{API}.AuthMode": AUTH_MODES[spec.auth_mode],
        f"{API}.UserName": spec.user,
        f"{API}.Password": spec.password,
        "Config.DoorSetting.GENERAL.DeviceName": spec.name,
        names.http: "1" if spec.relay_user else "0",
        names.http_user: spec.relay_user,
        names.http_password: spec.relay_password,
    }
    wires = wired_as(spec.wiring, PROFILES[spec.model].inputs, spec.relays)
    for number, wire in enumerate(wires, start=1):
        first = "" if number == 1 and not names.names_first_input else letter_of(number)
        if wire.kind is Terminal.EXIT:
            wired[names.input_enable.format(first)] = "1"
            wired[names.input_relay.format(first)] = str(wire.door)
    return wired


def _lines(file: str) -> list[str]:
    text = resources.files(__package__).joinpath("keys", f"{file}.cfg").read_text()
    return [line for line in text.splitlines() if line and line[0] != "#"]


def _spelled_out(line: str, profile: Profile) -> Iterator[str]:
    """Repeat a line of a family for each of its members."""
    found = _PLACE.search(line)
    if found is None:
        yield line
        return
    for member in _members(profile)[found[1]]:
        yield line.format_map(member)


def _members(profile: Profile) -> Mapping[str, list[dict[str, str]]]:
    inputs = [
        {
            "input": letter,
            "first": "" if place == 0 else letter,
            "terminal": str(min(place + 1, profile.relays)),
        }
        for place, letter in enumerate(LETTERS[: profile.inputs])
    ]
    return {
        "relay": [{"relay": letter} for letter in LETTERS[: profile.relays]],
        "input": inputs,
        "first": inputs,
        "account": [{"account": str(n), "listen": str(n + 1)} for n in (1, 2)],
        "certificate": [{"certificate": f"{n:02}"} for n in range(1, 11)],
        "book": [{"book": str(n)} for n in range(5)],
        "display": [{"display": str(n)} for n in range(1, 6)],
        "web": [{"web": str(n)} for n in range(1, 51)],
    }
