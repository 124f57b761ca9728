"""Deeds on the tree: nodes, accounts, standings, tokens."""

import hashlib
import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.kit.errors import Invalid
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, ApiToken, Node, Standing
from doorward.tenancy.permissions import Role

TOKEN_PREFIX = "dw_"  # noqa: S105 - what a token begins with, not one


def plant_node(parent: Node | None, kind: Node.Kind, name: str) -> Node:
    """Add a node below its parent; the caller's action has checked and records."""
    node = Node.objects.create(parent=parent, kind=kind, name=name, path=secrets.token_hex(8))
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    node.save(update_fields=["path"])
    return node


@transaction.atomic
def create_account(
    actor: Actor, node: Node, role: Role, *, username: str, password: str, name: str, email: str
) -> Account:
    """Create someone who holds a role at a node; raise `Invalid` for a name that is taken.

    Only parts of the system do so yet: the set-up, and whoever installs.
    """
    actor.require_system()
    if Account.objects.filter(username=username).exists():
        raise Invalid({"username": _("This user name is taken. Choose another.")})
    account = Account(username=username, name=name, email=email)
    try:
        validate_password(password, account)
    except ValidationError as weakness:
        raise Invalid({"password": " ".join(weakness.messages)}) from weakness
    account.set_password(password)
    account.save()
    Standing.objects.create(account=account, node=node, role=role)
    audit.record(actor, "create", account, node, after={"role": role, "name": name})
    return account


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
    root = Node.objects.filter(parent=None)
    audit.record(actor, verb, token, standing.node if standing else root.get())


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
