"""States and cities of a country, as the data of `countrystatecity-countries` has them."""

import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from doorward.kit.countries import by_label, countries

# Only its files are read: its functions keep for good whatever was once asked of them.
_PACKAGE = "countrystatecity_countries"


class State(NamedTuple):
    """A state, province or region: by its name in English, and as it is called there."""

    code: str
    name: str
    native: str


@lru_cache(maxsize=64)
def states_of(country: str) -> tuple[State, ...]:
    """Return the states of a country by its English name; none where there are none."""
    if (folder := _folder_of(country)) is None:
        return ()
    found = {str(row["name"]): row for row in _rows(folder / "states.json")}
    return tuple(
        State(str(found[name]["state_code"]), name, str(found[name].get("native") or ""))
        for name in _sorted(found)
    )


@lru_cache(maxsize=64)
def cities_of(country: str, state: str) -> tuple[str, ...]:
    """Return the cities of a state, by what it is called in English or there."""
    folder = _folder_of(country)
    known = [one for one in states_of(country) if state and state in (one.name, one.native)]
    if folder is None or not known:
        return ()
    # A name that Windows reserves, such as CON, has an underscore before it.
    places = [folder / "states" / f"{mark}{known[0].code}" / "cities.json" for mark in ("", "_")]
    rows = next((_rows(place) for place in places if place.is_file()), [])
    return tuple(_sorted({str(row["name"]) for row in rows}))


def is_state(country: str, state: str) -> bool:
    """Say whether a country has a state of this name, or nobody knows what it has."""
    states = states_of(country)
    return not states or any(state in (one.name, one.native) for one in states)


@lru_cache(maxsize=1)
def _letters() -> dict[str, str]:
    return {name: letters for letters, name in countries()}


def _folder_of(country: str) -> Traversable | None:
    letters = _letters().get(country)
    return files(_PACKAGE) / "data" / "by-country" / letters if letters else None


# Any: what stands in the files.
def _rows(file: Traversable) -> list[dict[str, Any]]:
    if not file.is_file():
        return []
    rows: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return rows


def _sorted(names: Iterable[str]) -> list[str]:
    return [name for name, _label in by_label((name, name) for name in names)]
