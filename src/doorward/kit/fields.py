"""A model field of our own: secrets that are sealed on their way into the database."""

from typing import Any

from django.core.checks import CheckMessage
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from doorward.kit import vault


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """A secret as text in Python, sealed bytes in the database; it cannot be searched."""

    def _check_str_default_value(self) -> list[CheckMessage]:
        """Find nothing wrong with a text as the default: what is bytes is not seen outside."""
        return []

    # Any: Django hands a field whatever was assigned to it.
    def to_python(self, value: Any) -> Any:
        return value

    def from_db_value(self, value: bytes | None, *_: object) -> str | None:
        return None if value is None else vault.unseal(value)

    def get_db_prep_value(
        self, value: str | None, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        sealed = None if value is None else vault.seal(value)
        return super().get_db_prep_value(sealed, connection, prepared)
