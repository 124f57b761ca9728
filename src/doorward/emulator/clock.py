"""A device's own clock: its zone by the settings, its error, and how it writes dates."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from doorward.emulator.cities import ZONE_OF_CITY
from doorward.emulator.store import Change, Store

TIME_ZONE = "Config.Settings.SNTP.TimeZone"
CITY = "Config.Settings.SNTP.Name"
DAYLIGHT_SAVING = "Config.Settings.SNTP.DTS"
DATE_FORMAT = "Config.Settings.DATETIME.DateFormat"
TIME_FORMAT = "Config.Settings.DATETIME.TimeFormat"

# Numbers as the device's own web page lists them [F]; 4 and 5 are not offered there.
DATE_FORMATS = {
    "0": "%Y-%m-%d",
    "1": "%Y/%m/%d",
    "2": "%d-%m-%Y",
    "3": "%d/%m/%Y",
    "6": "%m-%d-%Y",
    "7": "%m/%d/%Y",
}
TWELVE_HOURS = "0"

_OFFSET = re.compile(r"^(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)


class OwnClock:
    """A clock that is wrong by so much, and drifts. `true` gives true time in UTC."""

    def __init__(self, store: Store, true: Callable[[], datetime]) -> None:
        self._store = store
        self.true = true

    def reading(self, settings: Mapping[str, str]) -> datetime:
        """Return what the clock shows, as an aware local time."""
        return reading(settings, self.true(), self.skew)

    @property
    def skew(self) -> timedelta:
        """How much the clock is wrong by now."""
        kept = self._kept()
        since = datetime.fromisoformat(kept["since"]) if kept["since"] else self.true()
        days = (self.true() - since) / timedelta(days=1)
        return timedelta(seconds=float(kept["skew"]) + days * self.drift_a_day)

    @property
    def drift_a_day(self) -> float:
        """How many seconds the clock gains in a day."""
        return float(self._kept()["drift"])

    def set_skew(self, skew: timedelta) -> None:
        """Make the clock wrong by so much; from there it drifts on."""
        self._keep(skew, self.drift_a_day)

    def set(self, settings: Mapping[str, str], wall: datetime) -> None:
        """Make the clock show the naive local time `wall`; it runs on from there."""
        self.set_skew(skew_towards(settings, self.true(), wall))

    def drift(self, seconds_a_day: float) -> None:
        """Let the clock gain so many seconds a day from now on."""
        self._keep(self.skew, seconds_a_day)

    def _kept(self) -> dict[str, str]:
        none = {"skew": "0", "drift": "0", "since": ""}
        return none | self._store.table("facts").get("clock", {})

    def _keep(self, skew: timedelta, drift: float) -> None:
        fact = {
            "skew": repr(skew.total_seconds()),
            "drift": repr(drift),
            "since": self.true().isoformat(),
        }
        self._store.commit([Change("facts", "clock", fact)])


def zone_of(settings: Mapping[str, str]) -> tzinfo:
    """Return the zone a device lives in.

    With daylight saving on, the city decides; without it, or for a city the device does not
    know, the offset alone does. An offset nobody can read is UTC.
    """
    city = settings.get(CITY, "").replace("_", " ").strip()
    if settings.get(DAYLIGHT_SAVING, "0") != "0" and city in ZONE_OF_CITY:
        return ZoneInfo(ZONE_OF_CITY[city])
    return offset_of(settings.get(TIME_ZONE, "")) or UTC


def offset_of(text: str) -> timezone | None:
    """Read an offset such as "GMT+3:00"; None where there is none."""
    found = _OFFSET.match(text.strip())
    if found is None:
        return None
    length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if length >= timedelta(hours=24):
        return None
    return timezone(-length if found[1] == "-" else length)


def reading(settings: Mapping[str, str], now: datetime, skew: timedelta) -> datetime:
    """Return what the device's clock shows at `now`, as an aware local time."""
    return (now + skew).astimezone(zone_of(settings))


def skew_towards(settings: Mapping[str, str], now: datetime, wall: datetime) -> timedelta:
    """Return the error that makes the clock show the naive local time `wall` at `now`."""
    return wall.replace(tzinfo=zone_of(settings)).astimezone(UTC) - now


def written_date(settings: Mapping[str, str], at: datetime) -> str:
    """Write a date the way the device's settings want it in its logs."""
    return at.strftime(DATE_FORMATS.get(settings.get(DATE_FORMAT, "0"), DATE_FORMATS["0"]))


def written_time(settings: Mapping[str, str], at: datetime) -> str:
    """Write a time of day with seconds, on 24 or 12 hours."""
    if settings.get(TIME_FORMAT) == TWELVE_HOURS:
        return f"{at.hour % 12 or 12:02}:{at:%M:%S} {'AM' if at.hour < 12 else 'PM'}"
    return f"{at:%H:%M:%S}"
