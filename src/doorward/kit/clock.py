"""The only source of time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def milliseconds(at: datetime) -> int:
    """Return a time as milliseconds since 1970, the link's form."""
    return int(at.timestamp() * 1000)
