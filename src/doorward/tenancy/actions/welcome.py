"""The first steps of an account, one after the other: policy, provider, e-mail address."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.kit.errors import Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actions import profile
from doorward.tenancy.actions.guesses import TooMany
from doorward.tenancy.actions.providers import ProviderForm, change_provider
from doorward.tenancy.actions.signin import home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Agreement, Node, PrivacyPolicy, ServiceProvider
from doorward.tenancy.models.accounts import Step
from doorward.tenancy.permissions import Role
from doorward.tenancy.policy_texts import text_of

# How long forms that were open as a policy was published may still be sent.
_OPEN_FORMS = timedelta(hours=1)


@transaction.atomic
def begin(account: Account) -> str:
    """Find at sign-in what an account has to do first, if anything; return it."""
    return _lead_on(_locked(account))


@transaction.atomic
def agree(actor: Actor, version: int) -> str:
    """Keep that somebody agrees to the version they have read; return what comes next.

    Raise `Refused` where a newer one was published while they read.
    """
    account = _locked(profile.own_account(actor))
    policy = PrivacyPolicy.objects.newest()
    if policy is None or policy.version != version:
        message = _("The policy was published anew while you read it. This is how it reads now.")
        raise Refused("policy.newer", message)
    language = text_of(policy, account.language).language
    _agreement, is_new = Agreement.objects.get_or_create(
        account=account,
        policy=policy,
        defaults={"language": language, "address": actor.address or None},
    )
    account.agreed_version = version
    account.save(update_fields=["agreed_version"])
    if is_new:
        told = {"version": version, "language": language}
        audit.record(actor, "agree", policy, home_of(account), after=told)
    return _lead_on(account)


@transaction.atomic
def disagree(actor: Actor) -> None:
    """Record that somebody does not agree; what they have stays, and they are asked again."""
    account = profile.own_account(actor)
    policy = PrivacyPolicy.objects.newest()
    if policy is not None:
        told = {"version": policy.version}
        audit.record(actor, "disagree", policy, home_of(account), after=told)


@transaction.atomic
def tell_provider(actor: Actor, node: Node, form: ProviderForm) -> str:
    """Keep what an installer tells of itself, be it nothing; return what comes next."""
    account = _locked(profile.own_account(actor))
    change_provider(actor, node, form)
    return _lead_on(account)


@transaction.atomic
def tell_email(actor: Actor, email: str, source: str, *, wants_news: bool) -> str:
    """Send a link to the address, where none is confirmed yet, and keep who wants news."""
    account = _locked(profile.own_account(actor))
    # The address is one's own, also while one acts for another.
    oneself = Actor.of(account, address=actor.address)
    if not account.email_confirmed_at:
        if not email.strip():
            raise Invalid({"email": _("Enter the address at which you read mail.")})
        # Links that were sent lately still count; nobody is kept out for want of another.
        with suppress(TooMany):
            profile.ask_for_email(oneself, email, source)
    profile.note_news(oneself, account, wants_news=wants_news)
    if account.awaits != Step.EMAIL:
        # A policy was published meanwhile.
        return _lead_on(account)
    account.awaits = ""
    account.save(update_fields=["awaits"])
    return ""


def may_finish(account: Account, since: datetime) -> bool:
    """Say whether a form may still be sent by a session that began at `since`.

    It may have been open as a policy was published, by somebody who had agreed to the one before:
    for an hour, and not after another sign-in. Whoever never agreed to any does nothing here.
    """
    if account.awaits != Step.POLICY or account.agreed_version is None:
        return False
    policy = PrivacyPolicy.objects.newest()
    if policy is None or policy.published_at is None:
        return False
    return since < policy.published_at and clock.now() - policy.published_at < _OPEN_FORMS


def providers_to_ask(actor: Actor) -> list[Node]:
    """Return the installers that an actor speaks for and that were never asked."""
    held = [place.node for place in actor.places if place.role == Role.INSTALLER]
    if not held:
        return []
    asked = ServiceProvider.objects.filter(node__in=held).values("node")
    return list(Node.objects.filter(pk__in=held).exclude(pk__in=asked).order_by("name", "pk"))


def _lead_on(account: Account) -> str:
    step = _due(account)
    if account.awaits != step:
        account.awaits = step
        account.save(update_fields=["awaits"])
    return step


def _due(account: Account) -> str:
    """Say what comes next: what a published policy asks for, and an address in any case."""
    policy = PrivacyPolicy.objects.newest()
    actor = Actor.of(account)
    if policy is not None:
        if (account.agreed_version or 0) < (policy.version or 0):
            return Step.POLICY
        if providers_to_ask(actor):
            return Step.PROVIDER
    # Who only opens doors may have no mail at all.
    if not actor.roles - {Role.PERSONNEL}:
        return ""
    # Where there is nothing else to ask, whether one wants news is no reason to keep anybody.
    asks_for_news = policy is not None and account.wants_news is None
    return Step.EMAIL if asks_for_news or not account.email else ""


def _locked(account: Account) -> Account:
    """Lock the account: what is published meanwhile waits, and then asks again."""
    locked: Account = Account.objects.select_for_update().get(pk=account.pk)
    return locked
