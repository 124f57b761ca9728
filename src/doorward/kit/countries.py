"""Countries: by the names that the zone data has, and as the reader's language calls them."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from django.utils.translation import pgettext

Choice = tuple[str, str]


@lru_cache(maxsize=1)
def countries() -> tuple[Choice, ...]:
    """Return each country's two letters and its name in English, by which it is kept."""
    table = (files("tzdata.zoneinfo") / "iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple((row[0], row[1]) for row in rows if len(row) > 1)


def called(name: str) -> str:
    """Return what the reader's language calls the country of an English name."""
    return pgettext("country", name)


def by_label(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Sort choices by their labels, letters with accents beside those without."""
    return tuple(sorted(choices, key=lambda choice: (_plain(choice[1]), choice[1])))


def _plain(label: str) -> str:
    parts = unicodedata.normalize("NFD", label.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
