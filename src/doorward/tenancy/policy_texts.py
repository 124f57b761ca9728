"""What somebody reads as their privacy policy: the text in force, and who provides the service."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from doorward.kit import brand
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import (
    Account,
    Agreement,
    Node,
    PolicyText,
    PrivacyPolicy,
    ServiceProvider,
)
from doorward.tenancy.permissions import Role

# Whose policy names the installer who looks after them.
END_USERS = frozenset({Role.PROPERTY_MANAGER, Role.COMPANY_ADMINISTRATOR, Role.PERSONNEL})


@dataclass(frozen=True)
class Reading:
    """A policy as one reader sees it."""

    policy: PrivacyPolicy
    text: PolicyText
    # None for those whose policy names no provider.
    providers: list[ServiceProvider] | None
    # Named where no installer has told of itself.
    platform: str
    agreed_at: datetime | None


def text_of(policy: PrivacyPolicy, language: str) -> PolicyText:
    """Return the text in a language, or in that of the product where it is not written in it."""
    written = {one.language: one for one in policy.texts.order_by("pk")}
    return (
        written.get(language) or written.get(settings.LANGUAGE_CODE) or next(iter(written.values()))
    )


def reading_of(actor: Actor, account: Account) -> Reading | None:
    """Return the policy in force as an account reads it, or None where none is published."""
    policy = PrivacyPolicy.objects.newest()
    if policy is None:
        return None
    agreed = Agreement.objects.filter(account=account, policy=policy).first()
    return Reading(
        policy,
        text_of(policy, account.language),
        providers_of(actor),
        _platform(),
        agreed.at if agreed else None,
    )


def _platform() -> str:
    """Return what the platform is called; where nobody has chosen a name, its operator's."""
    name = brand.look().name
    return Node.root().name if name == brand.NAME else name


def providers_of(actor: Actor) -> list[ServiceProvider] | None:
    """Return who serves an end user and has told of itself; None for whoever is no end user."""
    if not actor.roles & END_USERS:
        return None
    rows = ServiceProvider.objects.visible_to(actor).order_by("company", "pk")
    return [one for one in rows if one.says_something]
