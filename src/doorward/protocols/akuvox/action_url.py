"""Action URLs: what to write into a device's settings so that it calls, and what a call says.

Facts in docs/protocols/akuvox.md. A call is never believed to be more than a hint: what has a
row of the door log is only a reason to read it. No variable that holds a code is ever asked for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from doorward.protocols.neutral import AlarmKind

KEYS = "Config.Features.ACTIONURL."
ENABLE = f"{KEYS}Enable"
# A firmware's own limit is 512 characters for one of its alarms; nobody knows the others'.
MAX_URL = 256

INPUTS = "ABCD"
_ALARMS = {
    "InputBreakIn": AlarmKind.FORCED,
    "InputAlarm": AlarmKind.HELD,
    "AlarmTriggered": AlarmKind.TAMPER,
}
_INPUT = re.compile(rf"Input([{INPUTS}])(Triggered|Closed)")
# What has a row in a log, or is worth a look at the device.
_NEWS = frozenset(
    {
        *("MakeCall", "HangUp", "CallLog", "DoorLog", "AlarmLog", "SetupCompleted"),
        *("ValidCodeEntered", "InvalidCodeEntered", "ValidCardEntered", "InvalidCardEntered"),
        *("Card", "ValidFaceRecognition", "InvalidFaceRecognition"),
        *(f"Relay{letter}{moved}" for letter in INPUTS for moved in ("Triggered", "Closed")),
    }
)

# What we look at in a call, by our short name and the vendor's own; all else is dropped unread.
_NAMES = {
    **{"m": "mac", "mac": "mac", "a": "alarm", "alarmstatus": "alarm"},
    **{f"i{n}": f"i{n}" for n in range(1, 5)},
    **{f"input{n}status": f"i{n}" for n in range(1, 5)},
}
_PAIRS = 32
_LONGEST_VALUE = 64
# What one of ours looks like, of whatever connector and token.
_OURS = re.compile(r"https?://[^/]+/h/[A-Za-z0-9_-]{43}/[A-Za-z]+(\?|$)")


@dataclass(frozen=True)
class Told:
    """What a call says; `mac` is empty, `alarmed` None, an input missing where it does not say."""

    mac: str
    alarm: AlarmKind | None = None
    changed: int = 0
    on: bool = False
    inputs: Mapping[int, bool] = field(default_factory=dict)
    alarmed: bool | None = None


@dataclass(frozen=True)
class Wish:
    """Keys to write, and the keys that call somebody else and are left alone."""

    keys: Mapping[str, str]
    taken: tuple[str, ...]


def wish(config: Mapping[str, str], base: str) -> Wish:
    """Say what to write so that the device calls us: only keys it has, and none of another's."""
    wanted = {
        key: url
        for key in config
        if key.startswith(KEYS) and (url := _url(base, key.removeprefix(KEYS), config))
    }
    taken = tuple(sorted(key for key in wanted if config[key] and not _OURS.match(config[key])))
    strangers = any(
        value.lower().startswith("http") and not _OURS.match(value)
        for key, value in config.items()
        if key.startswith(KEYS)
    )
    off = config.get(ENABLE, "1") != "1"
    if off and strangers:
        # Switching calls on would also make those that somebody has switched off.
        return Wish({}, tuple(one.removeprefix(KEYS) for one in (ENABLE, *taken)))
    keys = {key: url for key, url in wanted.items() if key not in taken and config[key] != url}
    if off and wanted:
        keys[ENABLE] = "1"
    return Wish(keys, tuple(one.removeprefix(KEYS) for one in taken))


def read(call: str) -> Told | None:
    """Read what follows our token in a call, None where it is no call of ours.

    Facts stand in the query or, parted by colons, in the path.
    """
    path, _, query = call.partition("?")
    event, _, more = path.partition("/")
    facts = dict(_facts(query.split("&"))) | dict(_facts(_joined(more.replace("/", ":"))))
    inputs = {n: facts[f"i{n}"] == "1" for n in range(1, 5) if facts.get(f"i{n}") in ("0", "1")}
    alarmed = {"0": False, "1": True}.get(facts.get("alarm", ""))
    mac = "".join(one for one in facts.get("mac", "") if one.isalnum()).upper()
    if not re.fullmatch("[0-9A-F]{12}", mac):
        mac = ""
    if found := _INPUT.fullmatch(event):
        number = INPUTS.index(found[1]) + 1
        return Told(mac, None, number, found[2] == "Triggered", inputs, alarmed)
    if event in _ALARMS:
        return Told(mac, _ALARMS[event], inputs=inputs, alarmed=alarmed)
    return Told(mac, inputs=inputs, alarmed=alarmed) if event in _NEWS else None


def _url(base: str, event: str, config: Mapping[str, str]) -> str:
    """Return the URL for an event, empty where we do not want to hear of it."""
    is_input = _INPUT.fullmatch(event)
    if not is_input and event not in _ALARMS and event not in _NEWS:
        return ""
    facts = ["m=$mac"]
    if is_input or event in _ALARMS:
        there = [n for n in range(1, 5) if f"{KEYS}Input{INPUTS[n - 1]}Triggered" in config]
        facts += [f"i{n}=$input{n}status" for n in there]
    url = f"{base}/{event}?{'&'.join((*facts, 'a=$alarmstatus'))}"
    return url if len(url) < MAX_URL else ""


def _joined(path: str) -> Iterator[str]:
    """Part at colons, but not within a value that has some itself, such as a MAC."""
    pair = ""
    for piece in path.split(":"):
        if "=" in piece:
            yield pair
            pair = piece
        else:
            pair += f":{piece}"
    yield pair


def _facts(pairs: "list[str] | Iterator[str]") -> Iterator[tuple[str, str]]:
    for _, pair in zip(range(_PAIRS), pairs, strict=False):
        name, _, value = pair.partition("=")
        if (known := _NAMES.get(name.lower())) and len(value) <= _LONGEST_VALUE:
            yield known, unquote(value, errors="replace")
