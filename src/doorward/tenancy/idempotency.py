"""Deeds that a client may ask for twice and that happen once."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import clock, vault
from doorward.kit.errors import Refused
from doorward.tenancy.models import Account, IdempotencyKey

KEPT = timedelta(hours=24)


class KeyReused(Refused):
    """A key came with another request than the one it was for."""


@dataclass(frozen=True)
class Answer:
    """What is told of a deed. `secrets` and `tag` are told the first time only, and never kept."""

    status: int
    # Any: JSON.
    body: dict[str, Any]
    location: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    replayed: bool = False


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """Return 32 bytes that tell requests apart without telling what was in them."""
    content = hashlib.sha256(body).hexdigest()
    return vault.lookup_hash("idempotency", f"{method} {path} {content}")


@transaction.atomic
def once(account: Account, key: str, request: bytes, act: Callable[[], Answer]) -> Answer:
    """Act, or return what was answered to this very request before.

    Key and deed are one transaction: a twin waits for it at the key's constraint, and what is
    refused or fails leaves no key behind. Raise `Refused` where the key was another request's.
    """
    row, is_new = IdempotencyKey.objects.get_or_create(
        account=account, key=key, defaults={"request": request}
    )
    if not is_new:
        return _replay(row, request)
    answer = act()
    row.status, row.body, row.location = answer.status, answer.body, answer.location
    row.save(update_fields=["status", "body", "location"])
    return answer


def answer_before(account: Account, key: str, request: bytes) -> Answer | None:
    """Return what was answered to this very request before, or None if it is new."""
    row = IdempotencyKey.objects.filter(account=account, key=key).first()
    return _replay(row, request) if row else None


def forget_old() -> int:
    """Delete the keys that are older than a day; return how many."""
    count, _each = IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return count


def _replay(row: IdempotencyKey, request: bytes) -> Answer:
    if bytes(row.request) != request or row.status is None:
        raise KeyReused(
            "idempotency.mismatch",
            _("This Idempotency-Key was sent with another request. Use a new one for each deed."),
        )
    return Answer(row.status, row.body, row.location, replayed=True)
