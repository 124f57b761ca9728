"""Sessions in the database: sealed, and findable by their account so that they can be ended."""

import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from doorward.kit import vault
from doorward.tenancy.models import Session

ACCOUNT = "_auth_user_id"


class SessionStore(DatabaseStore):
    """A sign-in under way has codes and seeds in its session: nothing there is in clear.

    A key with a NUL, which PostgreSQL takes in no text, is no key.
    """

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    # Any: a session holds whatever was put into it.
    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        account = data.get(ACCOUNT)
        assert isinstance(row, Session)
        row.account_id = int(account) if account else None
        return row

    def encode(self, session_dict: dict[str, Any]) -> str:
        return vault.seal_text(json.dumps(session_dict))

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        sealed = session_data if isinstance(session_data, str) else session_data.decode()
        try:
            data: dict[str, Any] = json.loads(vault.unseal_text(sealed))
        except vault.WrongKey:
            # Sealed with another installation's key: nobody is signed in.
            return {}
        return data

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(super()._validate_session_key(key)) and "\x00" not in (key or "")  # type: ignore[misc]
