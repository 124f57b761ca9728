"""Replies as bytes, with the dirt that a device's quirks put on them."""

import json
from collections.abc import Collection, Mapping
from dataclasses import replace

from doorward.emulator.envelope import Reply
from doorward.emulator.quirks import Quirk

TRAILING = b"\r\n\x00\x00"
# An encoding that older firmware prints names in; most of it is no UTF-8 [G].
FOREIGN = "gb18030"

Quirks = Collection[Quirk]


def content_type(quirks: Quirks) -> str:
    """Return what a device calls its JSON [F]."""
    if Quirk.TEXT_HTML in quirks:
        return "text/html"
    return "text/plain" if Quirk.TEXT_PLAIN in quirks else "application/json"


def printed(reply: Reply, quirks: Quirks) -> bytes:
    """Return a reply as it goes over the wire."""
    if Quirk.POSITIVE_RETCODES in quirks and reply.retcode == 0 and reply.message == "OK":
        reply = replace(reply, retcode=1)
    spelled: object = {
        "retcode": reply.retcode,
        "action": reply.action,
        "message": reply.message,
        "data": _with_nulls(reply.data) if Quirk.NULL_ITEMS in quirks else reply.data,
    }
    if Quirk.NUMBERS_AS_TEXTS in quirks:
        spelled = _texts(spelled)
    if Quirk.TEXTS_AS_NUMBERS in quirks:
        spelled = _numbers(spelled)
    trailing = TRAILING if Quirk.TRAILING_BYTES in quirks else b""
    if Quirk.FOREIGN_BYTES in quirks:
        return json.dumps(spelled, ensure_ascii=False).encode(FOREIGN, "replace") + trailing
    return json.dumps(spelled).encode() + trailing


def _with_nulls(data: Mapping[str, object]) -> Mapping[str, object]:
    items = data.get("item")
    return {**data, "item": [None, *items, None]} if isinstance(items, list) else data


def _texts(value: object) -> object:
    if isinstance(value, dict):
        return {name: _texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return str(value) if isinstance(value, int) else value


def _numbers(value: object) -> object:
    """Print what looks like a number as one; a leading zero keeps it a text."""
    if isinstance(value, dict):
        return {name: _numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value) if value == str(int(value)) else value
    return value
