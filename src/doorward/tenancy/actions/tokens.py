"""Deeds on API tokens."""

import hashlib
import secrets

from django.db import transaction

from doorward.kit import clock
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, ApiToken, Node

TOKEN_PREFIX = "dw_"  # noqa: S105 - what a token begins with, not one


@transaction.atomic
def issue_token(actor: Actor, account: Account, name: str) -> str:
    """Return a new API token of the account; it is shown this once and never again."""
    actor.require_system()
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(account=account, name=name, digest=_digest(text))
    _record_token(actor, "issue", token)
    return text


@transaction.atomic
def revoke_token(actor: Actor, token: ApiToken) -> None:
    """Shut whoever bears this token out, from now on."""
    actor.require_system()
    token.revoked_at = token.revoked_at or clock.now()
    token.save(update_fields=["revoked_at"])
    _record_token(actor, "revoke", token)


def account_of_token(text: str) -> Account | None:
    """Return whose live token this is, or None."""
    token = (
        ApiToken.objects.select_related("account")
        .filter(digest=_digest(text), revoked_at=None, account__is_active=True)
        .first()
    )
    return token.account if token else None


def _record_token(actor: Actor, verb: str, token: ApiToken) -> None:
    """Record a deed on a token where its account stands, at the root if it stands nowhere."""
    standing = token.account.standings.select_related("node").first()
    audit.record(actor, verb, token, standing.node if standing else Node.root())


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
