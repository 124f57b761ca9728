"""Which part of the help says what a page is for: one table, by the names of pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# What whoever is not signed in may read.
SIGNING_IN = "signing-in"


@dataclass(frozen=True)
class Topic:
    """A page of the help: its sections, each with the pages that lead there.

    What it says stands in `templates/portal/help/<language>/<name>.html`.
    """

    name: str
    title: Promise
    icon: str
    sections: dict[str, tuple[str, ...]] = field(hash=False)
    # Whoever may do this somewhere finds it in the contents; None: everybody.
    concerns: Can | None = None

    @property
    def url(self) -> str:
        if self.name == SIGNING_IN:
            return reverse("help-entrance")
        return reverse("help-topic", args=[self.name])


TOPICS = (
    Topic(
        SIGNING_IN,
        _("Signing in"),
        "login",
        {
            "sign-in": ("account_login", "account_logout", "account_inactive", "account_suspended"),
            "code": ("account_confirm_login_code", "mfa_authenticate"),
            "again": (
                *("account_reauthenticate", "mfa_reauthenticate"),
                "mfa_reauthenticate_webauthn",
            ),
            "password": ("account-forgotten", "account-new-password", "account-reminder"),
            "invited": ("invitation", "account-email-confirm"),
            "first-steps": ("welcome-policy", "welcome-provider", "welcome-email"),
        },
    ),
    Topic(
        "overview",
        _("Dashboard and overview"),
        "layout-dashboard",
        {
            "dashboard": ("dashboard",),
            "site": ("site",),
            "readiness": ("site-readiness",),
            "search": ("search",),
            "works": ("works", "work"),
        },
        Can.VIEW_SITE,
    ),
    Topic(
        "sites",
        _("Sites and companies"),
        "building",
        {
            "list": ("sites",),
            "office": ("site-new", "site-edit"),
            "managers": ("site-managers", "site-managers-add"),
            "delete": ("site-delete", "sites-deleted"),
            "workbook": ("workbook", "workbook-check"),
            "companies": ("companies", "company-new", "company", "company-edit"),
            "administrators": (
                *("administrators", "administrator-new"),
                *("administrator", "administrator-edit"),
            ),
        },
        Can.VIEW_SITE,
    ),
    Topic(
        "people",
        _("Personnel and cards"),
        "users",
        {
            "list": ("people",),
            "person": ("person-new", "person", "person-edit", "person-photo"),
            "cards": ("card-add", "pin-give", "credential-show"),
            "why": ("person-why",),
            "groups": (
                *("people-groups", "people-group-new", "people-group-edit"),
                "people-group-delete",
            ),
            "import": ("people-import", "people-import-check"),
        },
        Can.CHANGE_PERSON,
    ),
    Topic(
        "access",
        _("Access groups"),
        "shield-check",
        {
            "groups": ("groups", "group"),
            "hours": ("group-new", "group-edit", "group-copy"),
            "members": ("group-people",),
            "delete": ("group-delete",),
        },
        Can.VIEW_ACCESS,
    ),
    Topic(
        "doors",
        _("Doors, log and alarms"),
        "door",
        {
            "doors": ("doors", "door", "door-delete"),
            "set-up": ("door-new", "door-edit"),
            "log": ("door-log", "door-event"),
            "alarms": ("alarms", "alarm"),
        },
        Can.VIEW_DOOR,
    ),
    Topic(
        "devices",
        _("Devices and connectors"),
        "device-tablet",
        {
            "list": ("all-devices", "devices"),
            "add": ("device-new", "device-edit"),
            "device": ("device", "device-timeline"),
            "connectors": ("connectors", "connector-new", "connector", "connector-edit"),
            "macs": ("macs", "mac-new", "mac-import", "mac-import-check"),
            "manuals": ("manuals", "manual-new"),
        },
        Can.VIEW_DEVICE,
    ),
    Topic(
        "accounts",
        _("Accounts and organisations"),
        "user-cog",
        {
            "list": ("users", "user", "user-edit"),
            "new": ("user-new",),
            "organisations": (
                *("organisations", "organisation-new", "organisation"),
                "organisation-edit",
            ),
            "support": ("support", "account-setting", "support-default"),
        },
        Can.CHANGE_ACCOUNT,
    ),
    Topic(
        "your-account",
        _("Your account"),
        "user-circle",
        {
            "profile": ("account", "account-email"),
            "password": ("account-password", "account-password-new", "account-password-done"),
            "factors": (
                *("mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn"),
                *("mfa_remove_webauthn", "mfa_view_recovery_codes"),
                "mfa_generate_recovery_codes",
            ),
            "sessions": ("account-sessions", "account-tokens"),
            "own-access": ("person-own",),
        },
    ),
    Topic(
        "setting",
        _("Setting"),
        "settings",
        {
            "zone": ("setting-zone",),
            "billing": ("setting-billing",),
            "service": ("setting-service", "feedback"),
            "contact": ("setting-contact", "contact"),
            "provider": ("provider",),
            "notification": ("setting-notification",),
            "later": ("setting-houses", "setting-log"),
            "mail-server": (
                *("mail-server", "mail-server-test", "mail-templates", "mail-template"),
            ),
            "limits": ("limits", "organisation-limits"),
            "branding": ("branding",),
            "policy": ("policies", "policy", "policy-edit", "privacy-policy"),
        },
    ),
    Topic(
        "records",
        _("Audit, mail and notices"),
        "history",
        {
            "audit": ("audit", "site-audit"),
            "mail": ("mail",),
            "notices": ("notices",),
            "messages": ("messages", "messages-written", "message-new", "message", "message-edit"),
        },
    ),
    Topic(
        "tickets",
        _("Tickets"),
        "lifebuoy",
        {"ask": ("ticket-new",), "answer": ("tickets", "ticket")},
    ),
)


def topics_for(actor: Actor) -> list[Topic]:
    """Return what the contents offer somebody; what a page leads to opens for everybody."""
    return [topic for topic in TOPICS if topic.concerns is None or actor.may(topic.concerns)]


BY_NAME = {topic.name: topic for topic in TOPICS}


def _places() -> Iterator[tuple[str, tuple[Topic, str]]]:
    for topic in TOPICS:
        for section, pages in topic.sections.items():
            for page in pages:
                yield page, (topic, section)


PLACES = dict(_places())


@lru_cache(512)
def address_for(page: str, *, inside: bool) -> str:
    """Return where the help speaks of a page, by its name; its table of contents for any other.

    Whoever is not inside reads of signing in alone.
    """
    topic, section = PLACES.get(page, (None, ""))
    if not inside and (topic is None or topic.name != SIGNING_IN):
        return BY_NAME[SIGNING_IN].url
    return f"{topic.url}#{section}" if topic else reverse("help")
