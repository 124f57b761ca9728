"""The envelope of the local HTTP API: requests, replies and the dirt around them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doorward.protocols.akuvox.spelling import decoded

# Any: a device's JSON values are whatever its firmware wrote, until a reader below has looked.
Values = dict[str, Any]

# Texts with which firmware says that it does not know a call, some of them with a good retcode.
_UNSUPPORTED = ("unsupport", "no handler", "not support", "not found")
_FAILED = ("error param", "wrong md5", "error:")


class Garbled(ValueError):
    """A reply that is not the envelope; the message quotes no more than its beginning."""


class Rejected(ValueError):
    """The device understood and said no, or does not know the call."""


class Unsupported(Rejected):
    """The device does not know the call, and has done nothing."""


@dataclass(frozen=True)
class Request:
    """A call as method, path and JSON body; a GET has no body."""

    method: str
    path: str
    body: bytes = b""


def ask(target: str, action: str, query: str = "") -> Request:
    """Return a reading call; `query` is already encoded."""
    return Request("GET", f"/api/{target}/{action}" + (f"?{query}" if query else ""))


def tell(target: str, action: str, data: Mapping[str, Any]) -> Request:
    """Return a writing call; some firmware routes by path, some by the envelope: send both."""
    envelope = {"target": target, "action": action, "data": data}
    return Request("POST", f"/api/{target}/{action}", json.dumps(envelope).encode())


def read_reply(body: bytes) -> Values:
    """Return the `data` of a reply; raise `Rejected` on its no and `Garbled` on anything else."""
    reply = _envelope(body)
    message = text(reply.get("message"))
    said = message.casefold()
    if any(marker in said for marker in _UNSUPPORTED):
        raise Unsupported(message[:200])
    code = integer(reply.get("retcode"))
    if code is None:
        raise Garbled("a reply without a retcode")
    if code < 0 or any(marker in said for marker in _FAILED):
        raise Rejected(f"retcode {code}: {message}"[:200])
    data = reply.get("data")
    return data if isinstance(data, dict) else {}


def rows(data: Values) -> list[Values]:
    """Return the rows of a list reply without the `null`s some firmware puts between them."""
    items = data.get("item")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def total(data: Values) -> int:
    """Return how many rows the device says it has in all; where it is silent, those it sent."""
    stated = integer(data.get("num"))
    return len(rows(data)) if stated is None else stated


def text(value: object) -> str:
    """Return a value as text; nothing for null and for what is no scalar."""
    if isinstance(value, bool) or value is None:
        return ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def integer(value: object) -> int | None:
    """Return a number that may come as text, None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    spelled = text(value)
    digits = spelled.removeprefix("-")
    # Twelve digits hold every id, count and epoch; a longer one is a device gone mad.
    return int(spelled) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None


def _envelope(body: bytes) -> Values:
    spelled = decoded(body).lstrip("\ufeff \t\r\n")
    try:
        # raw_decode stops where the JSON ends: some firmware sends bytes after it.
        value, _ = json.JSONDecoder().raw_decode(spelled)
    except (ValueError, RecursionError) as refusal:
        raise Garbled("a reply that is not JSON") from refusal
    if not isinstance(value, dict):
        raise Garbled("a reply that is not an object")
    return value
