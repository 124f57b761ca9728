"""What a scenario is given: a JSON object, read field by field, with a mend for each mistake."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

# Wide enough for any real serial number.
_CARD = re.compile(r"(?:[0-9A-F]{2}){2,16}")
_PIN = re.compile(r"[0-9]{2,8}", re.ASCII)
_MAC = re.compile(r"[0-9A-Fa-f]{12}")

Given = Mapping[str, object]


@dataclass
class Mistake(Exception):
    """What is wrong with a request, where, and how to mend it."""

    field: str
    problem: str
    mend: str
    status: int = 400

    def response(self) -> web.Response:
        body = {"field": self.field, "problem": self.problem, "mend": self.mend}
        return web.json_response(body, status=self.status)


def read_body(raw: bytes) -> Given:
    try:
        given: object = json.loads(raw or b"{}")
    except (ValueError, RecursionError) as error:
        raise Mistake("body", "not JSON", "send a JSON object") from error
    if not isinstance(given, dict):
        raise Mistake("body", "not an object", "send a JSON object")
    return given


def card(given: Given) -> str:
    value = given.get("card")
    if not isinstance(value, str) or not _CARD.fullmatch(value.upper()):
        raise Mistake("card", "not a card number", "send an even number of hex digits, 4 to 32")
    return value.upper()


def pin(given: Given) -> str:
    value = given.get("pin")
    if not isinstance(value, str) or not _PIN.fullmatch(value):
        raise Mistake("pin", "not a PIN", "send 2 to 8 digits")
    return value


def mac(given: Given, default: str) -> str:
    value = given.get("mac", default)
    if value == "" or not isinstance(value, str) or not _MAC.fullmatch(value):
        if value == default:
            return default
        raise Mistake("mac", "not a MAC", "send twelve hex digits")
    return value.upper()


def number(given: Given, field: str, default: int | None = None) -> int:
    value = given.get(field, default)
    if type(value) is not int or not 1 <= value < 1 << 31:
        raise Mistake(field, "not a number", "send a whole number from 1")
    return value


def truth(given: Given, field: str, default: bool | None = None) -> bool:
    value = given.get(field, default)
    if not isinstance(value, bool):
        mend = f'send {{"{field}": true}} or {{"{field}": false}}'
        raise Mistake(field, "not true or false", mend)
    return value


def text(given: Given, field: str, default: str = "") -> str:
    value = given.get(field, default)
    if not isinstance(value, str) or len(value) > 63 or not value.isprintable():
        raise Mistake(field, "not a short text", "send up to 63 printable characters")
    return value


def texts(given: Given, field: str) -> dict[str, str]:
    """Return an object of short texts, empty where none is given."""
    value = given.get(field, {})
    if not isinstance(value, dict):
        raise Mistake(field, "not an object", "send the fields of a row by name")
    return {name: text(value, name) for name in value}


def seconds(given: Given, field: str, default: float | None, most: float) -> float:
    value = given.get(field, default)
    mend = f"send a number up to {most:.0f}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Mistake(field, "not a number of seconds", mend)
    if abs(value) > most or not math.isfinite(value):
        raise Mistake(field, "too long", mend)
    return float(value)


def wall_time(value: object) -> datetime:
    mend = "send local time such as 2026-03-29T01:59:00"
    try:
        wall = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise Mistake("set", "not a time", mend) from error
    if wall.tzinfo is not None or not 1980 <= wall.year <= 2100:
        raise Mistake("set", "has a zone or is out of range", mend)
    return wall
