"""Sessions in the database, for browsers and for whoever sends a cookie of another kind."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """A key with a NUL, which PostgreSQL takes in no text, is no key."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(super()._validate_session_key(key)) and "\x00" not in (key or "")  # type: ignore[misc]
