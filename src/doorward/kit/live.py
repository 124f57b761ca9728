"""Telling open pages that something they show has changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core import signing
from django.db import connection
from psycopg import Cursor

from doorward.kit import clock, vault

CHANNEL = "live"
TICKET_SECONDS = 12 * 3600
_SALT = "doorward.live"
_SESSION = "session:"
# Somebody acting for another, until that ends.
_VISIT = "visit:"
# When a page was made stands among its topics, where another version takes it for one.
_SINCE = "since:"
_NOTIFY = "SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload"
# PostgreSQL takes at most 8,000 bytes at a time.
_MOST = 7_900


@dataclass(frozen=True)
class Hearing:
    """What a page may hear, its session's end among it, and since when it has to be told."""

    topics: frozenset[str]
    since: datetime


def publish(topics: Iterable[str], on: Cursor | None = None) -> None:
    """Wake the pages that show these topics, once the transaction has committed.

    `on` is a cursor of a connection beside Django's own.
    """
    if told := sorted(set(topics)):
        _notify(CHANNEL, packed(told), on)


def wake(channel: str, words: Iterable[object]) -> None:
    """Wake the gateway; a lost wake-up only delays, since the gateway also looks by itself."""
    told = " ".join(str(word) for word in words)
    # An empty text means "look at everything".
    _notify(channel, [told if len(told) <= _MOST else ""])


def handle_of(session_key: str) -> str:
    """Return what names a session without letting anybody into it."""
    return vault.lookup_hash("session", session_key).hex()[:32]


def close(sessions: Iterable[str]) -> None:
    """Hang up on the pages of sessions that have ended."""
    publish(f"{_SESSION}{session}" for session in sessions)


def ticket(topics: Iterable[str], *, session: str, since: datetime) -> str:
    """Return a signed ticket to listen to these topics; who mints it has checked the sight.

    It counts only together with the session of this key, for as long as that lasts. `since` is a
    time before the page looked at anything that it shows.
    """
    made = f"{_SINCE}{clock.milliseconds(since)}"
    told = [handle_of(session), made, *sorted(set(topics))]
    return signing.dumps(told, salt=_SALT, compress=True)


def read(ticket_text: str, *, session: str) -> Hearing:
    """Return what a ticket lets the bearer of a session hear.

    Raise `signing.BadSignature` for a ticket that is bad, or another session's. One of a version
    that did not say when it was made has to be told everything.
    """
    handle, *told = signing.loads(ticket_text, salt=_SALT, max_age=TICKET_SECONDS)
    if handle != handle_of(session):
        raise signing.BadSignature("a ticket of another session")
    made = [int(one.removeprefix(_SINCE)) for one in told if one.startswith(_SINCE)]
    topics = [one for one in told if not one.startswith(_SINCE)]
    since = datetime.fromtimestamp(max(made, default=0) / 1000, UTC)
    return Hearing(frozenset([f"{_SESSION}{handle}", *topics]), since)


def is_an_end(topic: str) -> bool:
    """Say whether a topic tells that a session has ended, or what a page was opened on in it."""
    return topic.startswith((_SESSION, _VISIT))


def visit_of(topics: Iterable[str]) -> int | None:
    """Return the visit that a page was opened on, among what its ticket lets it hear."""
    found = [topic.removeprefix(_VISIT) for topic in topics if topic.startswith(_VISIT)]
    return int(found[0]) if found else None


def packed(topics: Iterable[str], most: int = _MOST) -> list[str]:
    """Join topics to as few texts as take them, each of at most so many characters."""
    texts: list[str] = []
    for topic in topics:
        if texts and len(texts[-1]) + 1 + len(topic) <= most:
            texts[-1] += f" {topic}"
        else:
            texts.append(topic)
    return texts


def _notify(channel: str, payloads: Sequence[str], on: Cursor | None = None) -> None:
    asked = (channel, list(payloads))
    if on is not None:
        on.execute(_NOTIFY, asked)
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTIFY, asked)
