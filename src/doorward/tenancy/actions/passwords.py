"""Deeds on passwords: set, changed, forgotten, sent for by the level above."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from doorward.kit import clock, outbox, vault
from doorward.kit.errors import Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.actions.signin import end_sessions, forget_browsers, home_of, stranger
from doorward.tenancy.actions.tokens import end_tokens
from doorward.tenancy.actor import Actor
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account

RESET_LIFE = timedelta(minutes=30)
WRITE_RESET = "tenancy.write_reset_mail"
_SALT = "doorward.reset"


def check_strength(account: Account, password: str, field: str = "password") -> None:
    """Raise `Invalid` for a password that is too weak for this account."""
    try:
        validate_password(password, account)
    except ValidationError as weakness:
        raise Invalid({field: " ".join(weakness.messages)}) from weakness


@transaction.atomic
def change_own_password(actor: Actor, account: Account, password: str, *, keep: str) -> None:
    """Change one's own password; every session but the one of key `keep` ends.

    API tokens go on: who knows the old password looks after them.
    """
    actor.require_in_person()
    if actor.account != account:
        raise Refused("password.not_own", _("Only its owner changes a password here."))
    _set(account, password, field="password")
    end_sessions(actor, account, keep=keep)
    audit.record(actor, "change password", account, home_of(account))
    _tell(account, "password_changed")


# --- Forgotten --------------------------------------------------------------------------------


@transaction.atomic
def ask_for_reset(address: str, source: str) -> None:
    """Let whoever's confirmed address this is get a link; raise `TooMany` for a busy source.

    The caller learns nothing of accounts, not even by the time it takes: who it is, and whether
    a mail is due at all, is found out by the job.
    """
    guesses.begin(Purpose.RESET, account="", source=source)
    jobs.configure_task(WRITE_RESET).defer(address=address.strip().lower()[:254], source=source)


@transaction.atomic
def write_reset_mail(address: str, source: str) -> None:
    """Write the mail with the link, if this is an account's confirmed address."""
    account = (
        Account.objects.filter(email=address, is_active=True)
        .exclude(email="")
        .exclude(email_confirmed_at=None)
        .first()
    )
    if account is None:
        return
    try:
        guesses.begin(Purpose.RESET_MAIL, account=str(account.pk), source="")
    except TooMany:
        # Nobody fills another's mailbox; the links that lie there still work.
        return
    _send_link(account)
    audit.record(stranger(source), "ask for password", account, home_of(account))


@transaction.atomic
def send_reset_link(actor: Actor, account: Account) -> None:
    """Send the link in answer to the level above; the caller has checked that it may."""
    if not account.email:
        raise Refused("account.no_email", _("This account has no e-mail address. Enter it first."))
    _send_link(account)
    audit.record(actor, "send password link", account, home_of(account))


def account_of_link(token: str) -> Account | None:
    """Return whose password a link sets, or None for one that is used, old or made up."""
    try:
        key, proof = signing.loads(token, salt=_SALT, max_age=RESET_LIFE)
    except signing.BadSignature:
        return None
    account: Account | None = Account.objects.filter(pk=key, is_active=True).first()
    return account if account and proof == _proof(account) else None


@transaction.atomic
def set_password_by_link(token: str, password: str, address: str) -> Account:
    """Set the password that a link stands for.

    All sessions and API tokens end, and no browser is known: whoever was in is out.

    Who has the link reads the account's mail: so its address is confirmed. Raise `Refused` for
    a link that is used or old.
    """
    found = account_of_link(token)
    # Locked, and looked at again: of two who use a link at once, one is late.
    locked = Account.objects.select_for_update().filter(pk=found.pk if found else None)
    account: Account | None = locked.first()
    if account is None or account_of_link(token) != account:
        raise Refused("link.used", _("This link is used or too old. Request a new one."))
    _set(account, password, field="password")
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    account.save(update_fields=["email_confirmed_at"])
    actor = Actor.of(account, address=address)
    end_sessions(actor, account)
    forget_browsers(actor, account)
    tokens = end_tokens(actor, account)
    guesses.forgive_account(str(account.pk))
    audit.record(actor, "set password", account, home_of(account))
    _tell(account, "password_reset", tokens=tokens)
    return account


# --- Monthly reminder -------------------------------------------------------------------------


def note_reminder(account: Account) -> None:
    """Do not remind again for a month."""
    account.reminded_at = clock.now()
    account.save(update_fields=["reminded_at"])


def _set(account: Account, password: str, *, field: str) -> None:
    check_strength(account, password, field)
    account.set_password(password)
    account.password_changed_at = clock.now()
    account.save(update_fields=["password", "password_changed_at"])


def _send_link(account: Account) -> None:
    token = signing.dumps([account.pk, _proof(account)], salt=_SALT)
    outbox.send(
        to=account.email,
        template="tenancy/email/reset",
        context={
            "account": account,
            "path": reverse("account-new-password", args=[token]),
            "minutes": RESET_LIFE // timedelta(minutes=1),
        },
        language=account.language,
        useful_until=clock.now() + RESET_LIFE,
    )


def _tell(account: Account, template: str, **told: object) -> None:
    """Tell the owner of what was done to the account, where that can reach them."""
    if account.email:
        outbox.send(
            to=account.email,
            template=f"tenancy/email/{template}",
            context={"account": account, "at": clock.now(), **told},
            language=account.language,
        )


def _proof(account: Account) -> str:
    """Return what changes as soon as a link is used, or the account is another's."""
    facts = f"{account.pk}|{account.password}|{account.email}"
    return vault.lookup_hash("password link", facts).hex()[:32]
