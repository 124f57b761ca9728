"""Countries with their calling codes, to choose from beside a telephone number."""

from functools import lru_cache
from importlib.resources import files

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE


@lru_cache(1)
def calling_codes() -> tuple[tuple[str, str], ...]:
    """Return countries by their two letters, such as “United States +1”, in order of their names.

    The names are those of the zone data that the house brings along: in English.
    """
    codes = {
        region: code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() for region in regions
    }
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    named = (line.split("\t") for line in lines if line and not line.startswith("#"))
    found = ((region, f"{name} +{codes[region]}") for region, name in named if region in codes)
    return tuple(sorted(found, key=lambda choice: choice[1]))
