"""What one sees of a device from outside, and all that it holds."""

from doorward.emulator.local_api import LocalApi
from doorward.emulator.relays import letter_of

LOG_ROWS_SHOWN = 8
CARDS_SHOWN = 12


def state(at: LocalApi) -> dict[str, object]:
    """Return what one sees of a device from outside.

    `place` names the spot on the wall and stays when the device there is replaced.
    """
    device = at.device
    secure = {"tls": f"https://127.0.0.1:{at.tls_port}/api/"} if device.spec.tls != "none" else {}
    return {
        "place": device.spec.mac,
        "name": device.spec.name,
        "model": device.spec.model,
        "firmware": device.firmware,
        "mac": device.mac,
        "power": at.powered,
        "booting": at.booting,
        "fault": device.fault.mode.value,
        "quirks": sorted(device.quirks),
        "settle_seconds": device.settling.seconds,
        "save_seconds": device.save_seconds,
        "clock": device.clock().isoformat(timespec="seconds"),
        "clock_offset_seconds": round(device.own_clock.skew.total_seconds(), 3),
        "drift_seconds_a_day": device.own_clock.drift_a_day,
        "users": len(device.users),
        "schedules": len(device.schedules),
        "backup": len(device.store.table("backup")),
        "relays": [_relay(at, number) for number in device.relays.numbers],
        "inputs": [_input(at, number) for number in device.sensors.numbers],
        "tampered": device.sensors.tampered,
        "alarms": [{"kind": kind, "door": door} for kind, door in device.sensors.alarms()],
        "calls": device.profile.calls,
        "told": [call.event for call in device.told],
        "log": device.log.newest(LOG_ROWS_SHOWN),
        "cards": _shown(at, "CardCode", "card"),
        "pins": _shown(at, "PrivatePIN", "pin"),
        "api": f"http://{at.address}/api/",
        **secure,
    }


def holds(at: LocalApi) -> dict[str, object]:
    """Return all that a device holds, rows of other sources and built-in schedules included."""
    device = at.device
    return {
        "users": device.users.rows(),
        "schedules": device.schedules.rows(),
        "groups": device.groups.rows(),
        "contacts": device.contacts.rows(),
    }


def _relay(at: LocalApi, number: int) -> dict[str, object]:
    device = at.device
    letter = letter_of(number)
    return {
        "relay": number,
        "letter": letter,
        "name": device.settings[device.names.name.format(letter)],
        "open": device.relays.is_open(number),
        "door_open": device.sensors.door_open(number),
        "pulses": device.relays.pulses(number),
        "last_pulse_at": device.relays.last_pulse(number),
    }


def _input(at: LocalApi, number: int) -> dict[str, object]:
    sensors = at.device.sensors
    wire = sensors.wires[number - 1]
    return {
        "input": number,
        "letter": letter_of(number),
        "kind": wire.kind.value,
        "door": wire.door,
        "on": sensors.is_on(number),
    }


def _shown(at: LocalApi, field: str, name: str) -> list[dict[str, str]]:
    """Return the first cards or PINs that the device knows, each with its holder."""
    held: list[dict[str, str]] = []
    for row in at.device.users.rows():
        held += [{name: code, "holder": row["Name"]} for code in row[field].split(";") if code]
        if len(held) >= CARDS_SHOWN:
            break
    return held[:CARDS_SHOWN]
