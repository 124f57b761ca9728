"""Requests of the local API and their replies, as bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from doorward.emulator.refusal import Rejected, UnknownCall


@dataclass(frozen=True)
class Call:
    """What is asked: `action` of `target`, with data from the query or the envelope."""

    target: str
    action: str
    data: Mapping[str, object]
    writes: bool


@dataclass(frozen=True)
class Reply:
    action: str
    retcode: int = 0
    message: str = "OK"
    data: Mapping[str, object] = field(default_factory=dict)


def named_in(path: str) -> tuple[str, str] | None:
    """Return target and action that a path names, empty where it names none.

    None means that the path is none of the API's.
    """
    parts = path.strip("/").split("/")
    if parts[0] != "api" or len(parts) not in (1, 3):
        return None
    return (parts[1], parts[2]) if len(parts) == 3 else ("", "")


def read_get(path: tuple[str, str], query: Mapping[str, str]) -> Call:
    """Read a GET; everything it says stands in the query."""
    return _call(path, {}, dict(query), writes=False)


def read_post(path: tuple[str, str], body: bytes, *, wants_envelope: bool = False) -> Call:
    """Read a POST; where the envelope names target and action, it wins over the path [F].

    A device that wants an envelope does not look at the path at all [F].
    """
    if wants_envelope:
        path = ("", "")
    if not body.strip():
        return _call(path, {}, {}, writes=True)
    try:
        envelope: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Rejected from error
    if not isinstance(envelope, dict):
        raise Rejected
    data = envelope.get("data", {})
    if not isinstance(data, dict):
        raise Rejected
    return _call(path, envelope, data, writes=True)


def _call(
    path: tuple[str, str],
    envelope: Mapping[str, object],
    data: Mapping[str, object],
    *,
    writes: bool,
) -> Call:
    target, action = envelope.get("target", path[0]), envelope.get("action", path[1])
    if not isinstance(target, str) or not isinstance(action, str) or not (target and action):
        raise UnknownCall
    return Call(target, action, data, writes)
