"""What settings say of clock, relays and ties: our words as keys that a device exports.

See docs/protocols/akuvox.md.
"""

from collections.abc import Mapping
from datetime import datetime

from doorward.protocols.akuvox import timezones
from doorward.protocols.akuvox.models import (
    DATE_FORMAT_CODES,
    DATE_FORMATS,
    MAX_HOLD_SECONDS,
    NAME_LENGTH,
    RELAY_HOLD_KEYS,
    RELAY_LETTERS,
    RELAY_NAME_KEYS,
    TIME_FORMAT_CODES,
)
from doorward.protocols.akuvox.spelling import same
from doorward.protocols.neutral import ClockRecord, DateFormat, RelayRecord, Tie

Config = Mapping[str, str]

_SNTP = "Config.Settings.SNTP."
_DATETIME = "Config.Settings.DATETIME."
# To whom the device is tied: 1 and 2 as its own web page decodes them [F]; empty is nobody.
TIE = "Config.DoorSetting.CONNECT.ServerMode"
_TIES = {"": Tie.NONE, "0": Tie.NONE, "1": Tie.ON_PREMISE, "2": Tie.VENDOR_CLOUD}


def clock(record: ClockRecord, at: datetime, config: Config) -> dict[str, str]:
    """Return the keys to write for a clock, of those that the device exports."""
    steps_itself = _changes_clocks_itself(config)
    offset = timezones.standard_offset if steps_itself else timezones.current_offset
    servers = (*record.ntp_servers, "", "")
    wanted = {
        f"{_SNTP}TimeZone": offset(record.zone, at),
        f"{_SNTP}Name": timezones.city(record.zone),
        f"{_SNTP}NTPServer1": servers[0],
        f"{_SNTP}NTPServer2": servers[1],
        f"{_DATETIME}TimeFormat": TIME_FORMAT_CODES.get(record.hours, TIME_FORMAT_CODES[24]),
        f"{_DATETIME}DateFormat": _date_code(record.date_format, config),
    }
    return {name: value for name, value in wanted.items() if name in config}


def clock_due(record: ClockRecord, at: datetime, config: Config) -> datetime | None:
    """Return when the offset must be written anew, None where the device sees to it."""
    return None if _changes_clocks_itself(config) else timezones.next_change(record.zone, at)


def date_order(config: Config) -> DateFormat:
    """Return the order in which the device spells dates."""
    return DATE_FORMATS.get(config.get(f"{_DATETIME}DateFormat", ""), DateFormat.YMD)


def tie(config: Config) -> Tie | None:
    """Return to whom a device is tied, None where it does not say."""
    return _TIES.get(config[TIE].strip()) if TIE in config else None


def relay(record: RelayRecord, config: Config) -> dict[str, str]:
    """Return the keys to write for a relay; none where the device exports no such relay."""
    if not 1 <= record.relay <= len(RELAY_LETTERS):
        return {}
    letter = RELAY_LETTERS[record.relay - 1]
    hold = str(max(0, min(record.hold_seconds, MAX_HOLD_SECONDS)))
    name = "".join(one if one.isprintable() else " " for one in record.name)
    wanted = {
        **{spelling.format(letter): name.strip()[:NAME_LENGTH] for spelling in RELAY_NAME_KEYS},
        **{spelling.format(letter): hold for spelling in RELAY_HOLD_KEYS},
    }
    return {name: value for name, value in wanted.items() if name in config}


def missed(wanted: Config, config: Config) -> list[str]:
    """Return the keys, in order, whose value on the device is not the wanted one."""
    return sorted(name for name in wanted if not same(config.get(name, ""), wanted[name]))


def off(record: ClockRecord | RelayRecord, at: datetime, config: Config) -> tuple[str, ...]:
    """Return the fields of a record in which a device's settings are otherwise, in order."""
    wanted = clock(record, at, config) if isinstance(record, ClockRecord) else relay(record, config)
    return tuple(dict.fromkeys(_field(name) for name in missed(wanted, config)))


def _field(key: str) -> str:
    """Return the field of a clock or relay that a key is about."""
    last = key.rpartition(".")[2]
    known = {
        "TimeZone": "zone",
        "Name": "zone",
        "NTPServer1": "ntp_servers",
        "NTPServer2": "ntp_servers",
        "TimeFormat": "hours",
        "DateFormat": "date_format",
    }
    return known.get(last) or ("hold_seconds" if "Delay" in last else "name")


def _changes_clocks_itself(config: Config) -> bool:
    return config.get(f"{_SNTP}DTS", "") != "0"


def _date_code(order: DateFormat, config: Config) -> str:
    """Keep the device's separator where the order is right already."""
    held = config.get(f"{_DATETIME}DateFormat", "")
    return held if DATE_FORMATS.get(held) is order else DATE_FORMAT_CODES[order]
