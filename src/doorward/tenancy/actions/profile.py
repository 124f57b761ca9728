"""What one changes of one's own account."""

from datetime import timedelta
from zoneinfo import available_timezones

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from doorward.kit import clock, outbox
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.names import Names
from doorward.tenancy.actions.signin import home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account

EMAIL_LIFE = timedelta(hours=24)
_SALT = "doorward.email"


def own_account(actor: Actor) -> Account:
    """Return the account that acts; parts of the system have none."""
    if actor.account is None:
        raise Forbidden("permission.missing", _("Only an account has a profile."))
    return actor.account


@transaction.atomic
def change_profile(
    actor: Actor,
    *,
    language: str,
    name: str = "",
    first_name: str = "",
    last_name: str = "",
) -> None:
    """Change one's own; a name is told as one, or apart."""
    actor.require_in_person()
    account = own_account(actor)
    names = Names(first_name.strip(), last_name.strip())
    fields = ("name", "first_name", "last_name", "language")
    before = audit.facts(account, *fields)
    account.name, account.first_name, account.last_name = names.whole or name, *names
    account.language = language
    account.save(update_fields=fields)
    after = audit.facts(account, *fields)
    audit.record(actor, "change", account, home_of(account), before=before, after=after)


@transaction.atomic
def note_news(actor: Actor, account: Account, *, wants_news: bool) -> None:
    """Keep whether somebody wants news and updates by mail."""
    before = audit.facts(account, "wants_news")
    account.wants_news = wants_news
    account.save(update_fields=["wants_news"])
    after = audit.facts(account, "wants_news")
    if before != after:
        audit.record(actor, "change", account, home_of(account), before=before, after=after)


@transaction.atomic
def ask_for_email(actor: Actor, address: str, source: str) -> None:
    """Send a link to a new address; it becomes the account's once the link is used.

    One that was sent to another before is void. Whether somebody else has the address already is
    not told: then the mail alone does not come.
    """
    actor.require_in_person()
    own = own_account(actor).pk
    guesses.begin(Purpose.EMAIL, account=str(own), source=source)
    # An earlier link may be opened at this moment.
    account = Account.objects.select_for_update().get(pk=own)
    address = address.strip().lower()
    if address == account.email and account.email_confirmed_at:
        raise Invalid({"email": _("This is your confirmed address already.")})
    account.email_asked, account.email_asked_at = address, clock.now()
    account.save(update_fields=["email_asked", "email_asked_at"])
    send_email_link(account, address)
    audit.record(actor, "ask for e-mail", account, home_of(account))


def ask_for_email_once_more(actor: Actor, source: str) -> None:
    """Send another link to the address that was asked for; raise `Refused` where none waits."""
    asked = own_account(actor).email_asked
    if not asked:
        message = _("No other address waits for its link to be opened.")
        raise Refused("email.settled", message)
    ask_for_email(actor, asked, source)


@transaction.atomic
def withdraw_email(actor: Actor) -> None:
    """Leave one's address as it is: the link that was sent is void."""
    actor.require_in_person()
    account = Account.objects.select_for_update().get(pk=own_account(actor).pk)
    if account.email_asked:
        account.email_asked = ""
        account.save(update_fields=["email_asked"])
        audit.record(actor, "keep e-mail", account, home_of(account))


def send_email_link(account: Account, address: str, *, wanted_above: bool = False) -> None:
    """Send the link that gives an account an address, unless that is somebody else's.

    It is void as soon as whoever wanted it, its owner or the level above, no longer does.
    """
    if Account.objects.filter(email=address).exclude(pk=account.pk).exists():
        return
    token = signing.dumps([account.pk, account.email, address, wanted_above], salt=_SALT)
    outbox.send(
        to=address,
        template="tenancy/email/confirm_email",
        context={"account": account, "path": reverse("account-email-confirm", args=[token])},
        language=account.language,
        useful_until=clock.now() + EMAIL_LIFE,
    )


def read_email_link(token: str) -> tuple[Account, str] | None:
    """Return which account gets which address by this link, or None for one that is no good."""
    try:
        key, old, new, *above = signing.loads(token, salt=_SALT, max_age=EMAIL_LIFE)
    except signing.BadSignature:
        return None
    account = Account.objects.filter(pk=key, email=old, is_active=True).first()
    if account is None or (account.email == new and account.email_confirmed_at):
        return None
    if new != (account.email_wanted if any(above) else account.email_asked):
        return None
    return account, new


@transaction.atomic
def confirm_email(token: str, source: str) -> Account:
    """Give the account its new address, and tell the old one; raise `Refused`."""
    found = read_email_link(token)
    if found is not None:
        # Whoever keeps the address at the same moment is heard.
        Account.objects.select_for_update().filter(pk=found[0].pk).first()
        found = read_email_link(token)
    if found is None:
        raise Refused("link.used", _("This link is used or too old. Enter the address again."))
    account, address = found
    if Account.objects.filter(email=address).exclude(pk=account.pk).exists():
        raise Refused("email.taken", _("This address cannot be used. Enter another."))
    old, account.email, account.email_confirmed_at = account.email, address, clock.now()
    account.email_wanted = account.email_asked = ""
    account.save(update_fields=["email", "email_confirmed_at", "email_wanted", "email_asked"])
    if old and old != address:
        outbox.send(
            to=old,
            template="tenancy/email/email_changed",
            context={"account": account},
            language=account.language,
        )
    actor = Actor.of(account, address=source)
    before, after = {"email": old}, {"email": address}
    audit.record(actor, "confirm e-mail", account, home_of(account), before=before, after=after)
    return account


@transaction.atomic
def note_factor(actor: Actor, verb: str, what: str) -> None:
    """Record and tell the owner that their second factors changed; `what` says how."""
    actor.require_in_person()
    account = own_account(actor)
    audit.record(actor, verb, account, home_of(account), after={"factor": what})
    if account.email:
        outbox.send(
            to=account.email,
            template="tenancy/email/factor_changed",
            context={"account": account, "what": what, "at": clock.now()},
            language=account.language,
        )


def change_zone(actor: Actor, zone: str) -> None:
    """Set the zone of the pages outside a site; raise `Invalid`."""
    if zone not in available_timezones():
        raise Invalid({"zone": _("Choose a time zone from the list, such as Europe/Berlin.")})
    _set(actor, zone=zone)


def change_notices(actor: Actor, *, notices_by_mail: bool) -> None:
    """Set whether the platform tells by mail what is not needed to sign in or to be safe."""
    _set(actor, notices_by_mail=notices_by_mail)


@transaction.atomic
def _set(actor: Actor, **told: object) -> None:
    actor.require_in_person()
    account = own_account(actor)
    before = audit.facts(account, *told)
    for name, value in told.items():
        setattr(account, name, value)
    account.save(update_fields=[*told])
    after = audit.facts(account, *told)
    if before != after:
        audit.record(actor, "change", account, home_of(account), before=before, after=after)
