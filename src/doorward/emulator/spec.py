"""The spec file: which devices an emulator pretends to be."""

import json
import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path

from doorward.emulator.profile import AUTH_MODES, PROFILES
from doorward.emulator.quirks import USUAL, Quirk
from doorward.emulator.sensors import wired_as

HIGHEST_PORT = 65_535
# Web stacks: the usual one, and the newer one that sends port 80 to HTTPS [F].
WEB_STACKS = ("usual", "newer")
TLS = ("none", "modern", "legacy")


class SpecError(ValueError):
    """A spec file nobody can build devices from; the message says what to mend."""


@dataclass(frozen=True)
class DeviceSpec:
    """One device. A port of 0 takes any free one; capacities of 0 are the model's own.

    `foreign_users` seeds that many rows of the vendor's cloud and, if any, one local stranger.
    With a `relay_user` doors open by HTTP. `wiring` is what hangs on each input, "exit 1" or
    "contact 1"; `held_seconds` is how long a door may stand open.
    """

    name: str
    model: str
    mac: str
    port: int
    scenario_port: int
    firmware: str = ""
    auth_mode: str = "digest"
    user: str = "admin"
    password: str = "httpapi"  # noqa: S105 - the vendor's printed factory default
    relays: int = 2
    foreign_users: int = 0
    capacity: int = 0
    reboot_seconds: float = 3.0
    nonce_seconds: float = 300.0
    schedules: int = 0
    relay_user: str = ""
    relay_password: str = ""
    wiring: tuple[str, ...] = ()
    held_seconds: float = 30.0
    quirks: tuple[str, ...] = USUAL
    settle_seconds: float = 0.0
    save_seconds: float = 0.0
    drift_seconds_a_day: float = 0.0
    web: str = "usual"
    tls: str = "none"
    tls_port: int = 0

    def __post_init__(self) -> None:
        if self.model not in PROFILES:
            raise SpecError(f"{self.name}: model {self.model!r} is not one of {[*PROFILES]}")
        if not re.fullmatch(r"[0-9A-F]{12}", self.mac):
            raise SpecError(f"{self.name}: mac wants twelve upper-case hex digits")
        if self.auth_mode not in AUTH_MODES:
            raise SpecError(f"{self.name}: auth_mode is not one of {[*AUTH_MODES]}")
        if not 1 <= self.relays <= PROFILES[self.model].relays:
            raise SpecError(
                f"{self.name}: {self.model} has 1 to {PROFILES[self.model].relays} relays"
            )
        if not all(0 <= p <= HIGHEST_PORT for p in (self.port, self.scenario_port, self.tls_port)):
            raise SpecError(f"{self.name}: a port is a number up to {HIGHEST_PORT}")
        strangers = sorted(set(self.quirks) - set(Quirk))
        if strangers:
            raise SpecError(f"{self.name}: no such quirk: {', '.join(strangers)}")
        if self.web not in WEB_STACKS or self.tls not in TLS:
            raise SpecError(f"{self.name}: web is one of {WEB_STACKS} and tls one of {TLS}")
        if self.web == "newer" and self.tls == "none":
            raise SpecError(f"{self.name}: the newer web stack wants tls")
        try:
            wired_as(self.wiring, PROFILES[self.model].inputs, self.relays)
        except ValueError as error:
            raise SpecError(f"{self.name}: wiring: {error}") from error


def read_spec(path: Path) -> tuple[DeviceSpec, ...]:
    """Read a spec file; raise `SpecError` with the place and the mend."""
    try:
        content: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SpecError(f"cannot read {path.name}: {error}") from error
    devices = content.get("devices") if isinstance(content, dict) else None
    if not isinstance(devices, list) or not devices:
        raise SpecError('the spec needs a list "devices" with at least one device')
    specs = tuple(_device(given) for given in devices)
    if len({spec.mac for spec in specs}) < len(specs):
        raise SpecError("two devices have the same mac")
    return specs


def _device(given: object) -> DeviceSpec:
    if not isinstance(given, dict):
        raise SpecError("a device is an object")
    known: Mapping[str, Field[object]] = {field.name: field for field in fields(DeviceSpec)}
    strangers = sorted(set(given) - set(known))
    if strangers:
        raise SpecError(f"unknown device keys: {', '.join(strangers)}")
    for name, field in known.items():
        if name in given and not _fits(given[name], field):
            raise SpecError(f"{name}: wants a {_type_name(field)}")
        if name not in given and field.default is MISSING:
            raise SpecError(f"{name}: is missing")
    lists = {name: tuple(value) for name, value in given.items() if isinstance(value, list)}
    return DeviceSpec(**given | lists)


def _fits(value: object, field: Field[object]) -> bool:
    if field.type == tuple[str, ...]:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if field.type is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is field.type


def _type_name(field: Field[object]) -> str:
    if field.type == tuple[str, ...]:
        return "list of texts"
    return field.type.__name__ if isinstance(field.type, type) else str(field.type)
