"""How a site writes times, dates and zones, and how a time zone is shown to choose from."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache, partial
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _

from doorward.kit.countries import by_label, called, countries
from doorward.kit.sheets import Local, Order
from doorward.protocols.neutral import MINUTES_A_DAY
from doorward.sites.models import Site

_DATES = {
    Site.DateFormat.YMD.value: "%Y-%m-%d",
    Site.DateFormat.MDY.value: "%m/%d/%Y",
    Site.DateFormat.DMY.value: "%d.%m.%Y",
}
_ORDERS = {
    Site.DateFormat.YMD.value: Order.YMD,
    Site.DateFormat.MDY.value: Order.MDY,
    Site.DateFormat.DMY.value: Order.DMY,
}
_MIDNIGHT_ENDS = {"24": "24:00", "12": "12:00 am"}


def date_of(site: Site, at: datetime) -> str:
    """Write the day of a moment as the site does, in its zone."""
    return at.astimezone(site.zone_info).strftime(_DATES[site.date_format])


def local_of(site: Site) -> Local:
    """Return how times stand in the sheets of a site."""
    return Local(site.zone_info, _ORDERS[site.date_format])


def time_of(site: Site, at: datetime, *, seconds: bool = False) -> str:
    """Write the time of day of a moment as the site does, in its zone."""
    wall = at.astimezone(site.zone_info)
    if site.time_format == Site.TimeFormat.H24:
        return wall.strftime("%H:%M:%S" if seconds else "%H:%M")
    half = _("am") if wall.hour < 12 else _("pm")
    past = wall.strftime("%M:%S" if seconds else "%M")
    return f"{(wall.hour - 1) % 12 + 1}:{past} {half}"


def moment_of(site: Site, at: datetime, *, seconds: bool = False) -> str:
    """Write date and time of a moment as the site does, in its zone."""
    return f"{date_of(site, at)} {time_of(site, at, seconds=seconds)}"


def since_of(site: Site, at: datetime, now: datetime) -> str:
    """Write since when, by the time alone where that was today."""
    zone = site.zone_info
    today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return time_of(site, at) if today else moment_of(site, at)


def clock_of(site: Site) -> Callable[[int], str]:
    """Return what writes minutes since midnight as the site does; 1440 ends a day."""
    return partial(_minute, site.time_format)


def calendar_of(site: Site) -> Callable[[date], str]:
    """Return what writes a day as the site does."""
    return partial(_day, _DATES[site.date_format])


def _day(form: str, day: date) -> str:
    return day.strftime(form)


def _minute(time_format: str, minute: int) -> str:
    if minute == MINUTES_A_DAY:
        return _MIDNIGHT_ENDS[time_format]
    hour, past = divmod(minute, 60)
    if time_format == Site.TimeFormat.H24:
        return f"{hour:02}:{past:02}"
    return f"{(hour - 1) % 12 + 1}:{past:02} {_('am') if hour < 12 else _('pm')}"


def zone_name(zone: str, at: datetime) -> str:
    """Say a zone as people look for it: "GMT+8:00 Shanghai", with its offset at a moment."""
    return f"GMT{_offset_words(_offset(zone, at))} {_city(zone)}"


def zone_choices(at: datetime) -> tuple[tuple[str, str], ...]:
    """Return every zone of a place with its name, from west to east."""
    return _zones_on(at.astimezone(UTC).date())


@lru_cache(maxsize=2)
def _zones_on(day: date) -> tuple[tuple[str, str], ...]:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    zones = sorted(_places(), key=lambda zone: (_offset(zone, noon), _city(zone)))
    return tuple((zone, zone_name(zone, noon)) for zone in zones)


def _places() -> set[str]:
    # The table lists each zone by the name that is in use; links from former names are left out.
    table = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {row[2] for row in rows if len(row) > 2} & available_timezones() | {"UTC"}


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _offset_words(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    hours, past = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours}:{past:02}"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def country_choices() -> tuple[tuple[str, str], ...]:
    """Return the countries by the names they are kept by, as the reader's language calls them."""
    return by_label((name, called(name)) for _region, name in countries())
