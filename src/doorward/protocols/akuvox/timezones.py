"""IANA zones as a device names them: an offset like "GMT+1:00" and a city."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Names whose last part is no city; the rest is read from the IANA name.
CITIES = {
    "UTC": "GMT",
    "GMT": "GMT",
    "Etc/UTC": "GMT",
    "Etc/GMT": "GMT",
    "America/Argentina/ComodRivadavia": "Catamarca",
    "America/Indiana/Knox": "Chicago",
    "America/North_Dakota/Center": "Chicago",
    "America/St_Johns": "St. John's",
    "America/St_Lucia": "St. Lucia",
    "America/St_Kitts": "St. Kitts",
    "America/St_Thomas": "St. Thomas",
    "America/St_Vincent": "St. Vincent",
    "Antarctica/DumontDUrville": "Dumont d'Urville",
    "Asia/Ust-Nera": "Ust-Nera",
    "Atlantic/St_Helena": "St. Helena",
    "Europe/Isle_of_Man": "London",
}


def city(zone: str) -> str:
    """Return the city a device shows for an IANA zone."""
    return CITIES.get(zone) or zone.rsplit("/", 1)[-1].replace("_", " ")


def current_offset(zone: str, at: datetime) -> str:
    """Return the offset that clocks in the zone show at `at`, as "GMT+1:00"."""
    return _spell(_offset(zone, at))


def standard_offset(zone: str, at: datetime) -> str:
    """Return the winter offset of the year of `at`; a device with its own DST rule adds to it."""
    year = at.astimezone(UTC).year
    return _spell(min(_offset(zone, datetime(year, month, 1, tzinfo=UTC)) for month in (1, 7)))


def next_change(zone: str, after: datetime) -> datetime | None:
    """Return the first full minute after `after` with another offset, within a year."""
    start = after.astimezone(UTC).replace(second=0, microsecond=0)
    before = _offset(zone, start)
    for day in range(1, 367):
        if _offset(zone, start + timedelta(days=day)) != before:
            return _first_minute(zone, start + timedelta(days=day - 1), before)
    return None


def _first_minute(zone: str, start: datetime, before: timedelta) -> datetime:
    low, high = 0, 24 * 60
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, start + timedelta(minutes=middle)) == before:
            low = middle
        else:
            high = middle
    return start + timedelta(minutes=high)


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _spell(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"GMT{sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"
