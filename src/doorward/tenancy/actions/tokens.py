"""Deeds on API tokens."""

import hashlib
import secrets

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.kit.errors import Forbidden, Invalid
from doorward.tenancy import audit, support
from doorward.tenancy.actions.signin import home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, ApiToken, Standing

TOKEN_PREFIX = "dw_"  # noqa: S105 - what a token begins with, not one
MAX_TOKENS = 20


@transaction.atomic
def issue_token(actor: Actor, account: Account, name: str) -> str:
    """Return a new API token of the account; it is shown this once and never again."""
    _require_owner(actor, account)
    support.refuse_apps(account)
    if not name.strip():
        raise Invalid({"name": _("Say what the token is for.")})
    if account.tokens.filter(revoked_at=None).count() >= MAX_TOKENS:
        raise Invalid({"name": _("You have 20 tokens. Revoke one that is no longer used.")})
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(account=account, name=name.strip(), digest=_digest(text))
    audit.record(actor, "issue", token, home_of(account))
    return text


@transaction.atomic
def revoke_token(actor: Actor, token: ApiToken) -> None:
    """Shut whoever bears this token out, from now on."""
    _require_owner(actor, token.account)
    token.revoked_at = token.revoked_at or clock.now()
    token.save(update_fields=["revoked_at"])
    audit.record(actor, "revoke", token, home_of(token.account))


@transaction.atomic
def end_tokens(actor: Actor, account: Account) -> int:
    """Shut out whoever bears any token of the account, from now on; return how many there were."""
    count = account.tokens.filter(revoked_at=None).update(revoked_at=clock.now())
    if count:
        audit.record(actor, "end tokens", account, home_of(account), after={"tokens": count})
    return count


def is_good(text: str) -> bool:
    """Say whether this is a token of an account that is not shut, and not suspended as a whole."""
    good = ApiToken.objects.filter(revoked_at=None, account__is_active=True)
    held = Standing.objects.in_force().filter(account=OuterRef("account"))
    live = good.filter(Exists(held), digest=_digest(text))
    token = live.select_related("account").first()
    return token is not None and not support.apps_are_off(token.account)


def _require_owner(actor: Actor, account: Account) -> None:
    actor.require_in_person()
    if not actor.is_system and actor.account != account:
        raise Forbidden("permission.missing", _("A token belongs to its account alone."))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
