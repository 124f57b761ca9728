"""Rows of people and schedules: the device's spelling of our records (docs/protocols/akuvox.md)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from doorward.protocols.akuvox.local_api import Values, text
from doorward.protocols.akuvox.models import CARDS_A_PERSON, NAME_LENGTH
from doorward.protocols.neutral import (
    MINUTES_A_DAY,
    Grant,
    PersonRecord,
    ScheduleRecord,
)

OURS = "DW"
# Types of schedules: between dates, and every week [D].
_NORMAL, _WEEKLY = "0", "1"
# What is spelled where a schedule between dates has no first or no last day [G].
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
# A grant whose schedule on the device is none of ours.
FOREIGN_SLOT = -1
# Monday first, as in our records; the device really spells Thursday so.
DAYS = ("Mon", "Tue", "Wed", "Thur", "Fri", "Sat", "Sun")
# Users written in a cloud, an access server or a desktop tool may not be edited.
_FOREIGN_SOURCES = frozenset({"2", "3", "4"})
_SCHEDULE_ALIASES = ("ScheduleRelay", "Schedule-Relay", "Schedule")
_PAIR = re.compile(r"(\d{1,9})-(\d{1,9})")
# Relays are spelled as digits in a row.
_LAST_RELAY = 9
_CARD = re.compile(r"[0-9A-F]{1,32}")
_PIN = re.compile(r"[0-9]{2,8}", re.ASCII)


def is_ours(row: Values) -> bool:
    return not is_foreign(row) and _our_key(text(row.get("UserID"))) is not None


def is_foreign(row: Values) -> bool:
    """True where another system put the row there, whatever it is called."""
    return any(text(row.get(name)) in _FOREIGN_SOURCES for name in ("Source", "SourceType"))


def person_key(row: Values) -> str | None:
    """Return our key of the person in a row, None for a stranger."""
    return _our_key(text(row.get("UserID")))


def user_id(key: str) -> str:
    return OURS + key


def fit_person(record: PersonRecord) -> PersonRecord:
    """Return the record as a device can hold it, so that reading back compares like with like."""
    name = "".join(letter if letter.isprintable() else " " for letter in record.name)
    cards = sorted({card.strip().upper() for card in record.cards})
    grants = {grant for grant in record.grants if 1 <= grant.relay <= _LAST_RELAY}
    return replace(
        record,
        name=" ".join(name.split())[:NAME_LENGTH].strip(),
        cards=tuple(card for card in cards if _CARD.fullmatch(card))[:CARDS_A_PERSON],
        grants=tuple(sorted(grants, key=lambda grant: (grant.slot, grant.relay))),
        valid_from=None,
        valid_until=None,
        pin=record.pin if _PIN.fullmatch(record.pin) else "",
    )


def unfit(record: PersonRecord) -> str:
    """Return why a record cannot be held as it is, empty where it can."""
    if len(record.cards) > CARDS_A_PERSON:
        return f"more than {CARDS_A_PERSON} cards"
    if any(not _CARD.fullmatch(card.strip().upper()) for card in record.cards):
        return "a card that is not hexadecimal"
    if record.pin and not _PIN.fullmatch(record.pin):
        return "a PIN that is not 2 to 8 digits"
    if any(not 1 <= grant.relay <= _LAST_RELAY for grant in record.grants):
        return "a relay the device cannot name"
    return ""


def read_person(row: Values, slots: Mapping[str, int]) -> PersonRecord:
    """Return what a row grants; `slots` maps the DisplayID of our schedules to their slots."""
    cards = sorted({card.strip().upper() for card in text(row.get("CardCode")).split(";")} - {""})
    spelled = next((text(row.get(name)) for name in _SCHEDULE_ALIASES if text(row.get(name))), "")
    grants = {
        Grant(relay=int(relay), slot=slots.get(display, FOREIGN_SLOT))
        for display, relays in _PAIR.findall(spelled)
        for relay in relays
    }
    return PersonRecord(
        name=text(row.get("Name")),
        cards=tuple(cards),
        grants=tuple(sorted(grants, key=lambda grant: (grant.slot, grant.relay))),
        # A list of several is none of ours, and so differs from whatever is wanted.
        pin=text(row.get("PrivatePIN")).strip().strip(";"),
    )


def write_person(
    key: str, record: PersonRecord, displays: Mapping[int, str], row: Values | None = None
) -> Values:
    """Return the whole row for a person, on top of the `row` the device holds.

    `displays` maps slots to DisplayIDs and must know every slot of the record.
    """
    # Parted by commas: E18 keeps only the first of pairs that semicolons part [F].
    pairs = ",".join(f"{displays[grant.slot]}-{grant.relay}" for grant in record.grants)
    fresh = {"Type": "-1", "LiftFloorNum": "0", "WebRelay": "0"}
    kept = {name: value for name, value in (row or fresh).items() if name not in _SCHEDULE_ALIASES}
    return {
        **kept,
        "UserID": user_id(key),
        "Name": record.name,
        "PrivatePIN": record.pin,
        "CardCode": ";".join(record.cards),
        "ScheduleRelay": pairs,
        "Schedule-Relay": pairs,
    }


def schedule_slot(row: Values) -> int | None:
    """Return the slot of a schedule of ours, None for somebody else's."""
    key = None if is_foreign(row) else _our_key(text(row.get("Name")))
    return int(key) if key is not None and re.fullmatch(r"\d{1,9}", key) else None


def fit_schedule(record: ScheduleRecord) -> ScheduleRecord:
    """Return the record as a device can hold it.

    A day's last minute is its end, and dates without a limit are far ones.
    """
    return replace(
        record,
        end=MINUTES_A_DAY if record.end == MINUTES_A_DAY - 1 else record.end,
        first_day=date.min if record.first_day <= _FIRST_DAY else record.first_day,
        last_day=date.max if record.last_day >= _LAST_DAY else record.last_day,
    )


def read_schedule(row: Values, slot: int) -> ScheduleRecord | None:
    """Return the window in a row, None where it is none of ours."""
    days = sum(1 << bit for bit, name in enumerate(DAYS) if text(row.get(name)) == "1")
    start, end = _minutes(text(row.get("TimeStart"))), _minutes(text(row.get("TimeEnd")))
    dates = _dates(row)
    if dates is None or start is None or end is None:
        return None
    try:
        return fit_schedule(ScheduleRecord(slot, days, start, end, *dates))
    except ValueError:
        return None


def write_schedule(record: ScheduleRecord, row: Values | None = None) -> Values:
    """Return the whole row for a schedule, on top of the `row` the device holds.

    Weekly schedules work only through the flags of the days [F]; those between dates have the
    flags too [D], and both dates [G].
    """
    first, last = max(record.first_day, _FIRST_DAY), min(record.last_day, _LAST_DAY)
    return {
        **(row or {}),
        "Name": f"{OURS}{record.slot}",
        "Type": _NORMAL if record.is_dated else _WEEKLY,
        "DateStart": f"{first:%Y%m%d}" if record.is_dated else "",
        "DateEnd": f"{last:%Y%m%d}" if record.is_dated else "",
        "TimeStart": _clock(record.start),
        "TimeEnd": _clock(min(record.end, MINUTES_A_DAY - 1)),
        **{name: str(record.days >> bit & 1) for bit, name in enumerate(DAYS)},
    }


def _dates(row: Values) -> tuple[date, date] | None:
    """Return the first and the last day of a row; None where there are none to understand."""
    if text(row.get("Type")) == _WEEKLY:
        return date.min, date.max
    if text(row.get("Type")) != _NORMAL:
        return None
    first, last = _day(text(row.get("DateStart"))), _day(text(row.get("DateEnd")))
    return None if first is None or last is None else (first, last)


def _day(spelled: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", spelled):
        return None
    try:
        return date(int(spelled[:4]), int(spelled[4:6]), int(spelled[6:]))
    except ValueError:
        return None


def _our_key(name: str) -> str | None:
    return name.removeprefix(OURS) if name.startswith(OURS) and len(name) > len(OURS) else None


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _minutes(spelled: str) -> int | None:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", spelled)
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2])
    return hours * 60 + minutes if hours <= 24 and minutes < 60 else None
