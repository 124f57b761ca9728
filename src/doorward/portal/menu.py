"""The side menu: one table, shown by what a role may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doorward.helpdesk import desks
from doorward.kit.addresses import address_of
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.places import meets_administrators


@dataclass(frozen=True)
class Item:
    """An entry: it shows to `whom` it is for, where the actor may `can`."""

    label: Promise
    icon: str
    page: str
    can: Can | None = None
    whom: Callable[[Actor], bool] = lambda _actor: True
    # Of the site one is in; otherwise it is the same everywhere.
    of_site: bool = True
    # The part that tells how many wait there, and to whom; it is fetched apart.
    count: str = ""
    counts_for: Callable[[Actor], bool] = lambda _actor: False

    def is_for(self, actor: Actor) -> bool:
        """Say whether an actor may see its page somewhere."""
        return self.whom(actor) and (self.can is None or actor.may(self.can))


def opens_doors(actor: Actor) -> bool:
    """Say whether somebody has a page of their own: they are somebody's personnel."""
    return actor.is_personnel


def looks_after(actor: Actor) -> bool:
    """Say whether somebody does more than to open doors."""
    return actor.roles != {Role.PERSONNEL}


def agreed(actor: Actor) -> bool:
    """Say whether somebody agreed to a privacy policy, which they can read again."""
    return actor.account is not None and actor.account.agreed_version is not None


def in_person(actor: Actor) -> bool:
    """Say whether somebody acts for themselves, so that what is their own is in reach."""
    return actor.acting is None


def is_customer(actor: Actor) -> bool:
    """Say whether somebody has bought from a reseller, and so has whom to turn to."""
    return bool(actor.roles & {Role.INSTALLER, Role.SUB_INSTALLER, Role.SUB_DISTRIBUTOR})


def may_be_helped(actor: Actor) -> bool:
    """Say whether the level above has enabled account access, so that there is a switch."""
    return actor.may_be_helped


POLICY = Item(_("Privacy policy"), "file-text", "privacy-policy", whom=agreed, of_site=False)


@dataclass(frozen=True)
class Group:
    label: Promise | str
    items: tuple[Item, ...]


MESSAGES = Group(
    _("Messages"),
    (
        Item(_("Message"), "speakerphone", "messages", whom=in_person, of_site=False),
        Item(_("Notification Center"), "inbox", "notices", whom=in_person, of_site=False),
    ),
)
HELP = Group(
    _("Help"),
    (
        Item(
            _("Tickets"),
            "lifebuoy",
            "tickets",
            of_site=False,
            count="tickets-now",
            counts_for=desks.answers,
        ),
        Item(_("Technical manuals"), "books", "manuals", Can.VIEW_DEVICE, of_site=False),
        Item(_("Contact"), "phone", "contact", Can.VIEW_CONTACT, whom=is_customer, of_site=False),
    ),
)

OUTSIDE = (
    Group(
        "",
        (
            Item(_("Dashboard"), "layout-dashboard", "dashboard", whom=looks_after),
            Item(_("My access"), "id-badge-2", "person-own", whom=opens_doors),
        ),
    ),
    Group(_("Sites"), (Item(_("Sites"), "building", "sites", Can.VIEW_SITE),)),
    Group(
        _("Doors and devices"),
        (
            Item(_("Devices"), "device-tablet", "all-devices", Can.VIEW_DEVICE),
            Item(_("MAC Library"), "barcode", "macs", Can.VIEW_MAC),
        ),
    ),
    Group(
        _("People"),
        (
            Item(
                _("Organisations"),
                "building-community",
                "organisations",
                Can.VIEW_ORGANISATION,
            ),
            Item(_("Accounts"), "user-circle", "users", Can.CHANGE_ACCOUNT),
            Item(_("Account access"), "headset", "support", Can.ENTER_ACCOUNT, whom=in_person),
        ),
    ),
    Group(
        _("Logs"),
        (Item(_("Audit"), "history", "audit"), Item(_("Mail"), "mail", "mail", Can.VIEW_MAIL)),
    ),
    MESSAGES,
    Group(
        _("Setting"),
        (
            Item(_("Time zone"), "world", "setting-zone", whom=in_person),
            Item(
                _("Billing information"),
                "credit-card",
                "setting-billing",
                Can.CHANGE_BILLING,
                whom=in_person,
            ),
            Item(
                _("Customer service"),
                "phone",
                "setting-service",
                Can.CHANGE_PROVIDER,
                whom=in_person,
            ),
            Item(_("Customer contact"), "address-book", "setting-contact", Can.CHANGE_CONTACT),
            Item(
                _("Service provider information"),
                "address-book",
                "provider",
                Can.CHANGE_PROVIDER,
                whom=in_person,
            ),
            Item(_("Account Setting"), "user-cog", "account-setting", whom=may_be_helped),
            Item(_("Single-family e-mail setting"), "home", "setting-houses", Can.CHANGE_SETTING),
            Item(_("Notification"), "bell", "setting-notification", whom=in_person),
            Item(_("Log setting"), "list-details", "setting-log", Can.CHANGE_SETTING),
            Item(_("Policy texts"), "file-pencil", "policies", Can.VIEW_POLICY),
            Item(_("Mail server"), "mail-cog", "mail-server", Can.CHANGE_MAIL_SERVER),
            Item(_("Mail templates"), "mail-opened", "mail-templates", Can.VIEW_MAIL),
            Item(_("Branding"), "palette", "branding", Can.CHANGE_BRAND),
            Item(_("Limits"), "gauge", "limits", Can.CHANGE_LIMITS),
            Item(_("Support access"), "headset", "support-default", Can.CHANGE_SUPPORT),
            POLICY,
        ),
    ),
    HELP,
)

INSIDE = (
    Group("", (Item(_("Overview"), "layout-dashboard", "site", Can.VIEW_SITE),)),
    Group(
        _("People"),
        (
            Item(_("Companies"), "building-store", "companies", Can.VIEW_COMPANY),
            Item(
                _("Administrators"),
                "id-badge-2",
                "administrators",
                Can.VIEW_ACCOUNT,
                whom=meets_administrators,
            ),
            Item(_("Groups"), "users-group", "people-groups", Can.VIEW_PERSON),
            Item(_("Personnel"), "users", "people", Can.VIEW_PERSON),
        ),
    ),
    Group(_("Access"), (Item(_("Access groups"), "shield-check", "groups", Can.VIEW_ACCESS),)),
    Group(
        _("Doors and devices"),
        (
            Item(_("Doors"), "door", "doors", Can.VIEW_DOOR),
            Item(_("Devices"), "device-tablet", "devices", Can.VIEW_DEVICE),
            Item(_("Connectors"), "plug-connected", "connectors", Can.VIEW_CONNECTOR),
        ),
    ),
    Group(
        _("Logs"),
        (
            Item(_("Door log"), "list-details", "door-log", Can.VIEW_LOG),
            Item(_("Alarms"), "bell", "alarms", Can.VIEW_ALARM),
            Item(_("Audit"), "history", "site-audit", Can.VIEW_AUDIT),
        ),
    ),
    MESSAGES,
    Group(
        _("Setting"),
        (
            Item(_("Property managers"), "users", "site-managers", Can.CREATE_SITE),
            Item(_("Site settings"), "settings", "site-edit", Can.CHANGE_SITE),
            POLICY,
        ),
    ),
    HELP,
)


class Entry(NamedTuple):
    """An entry as it is drawn; the active one leads to where one is."""

    label: str
    url: str
    icon: str
    active: bool
    count_url: str = ""


class Section(NamedTuple):
    label: str
    entries: tuple[Entry, ...]


def menu_of(actor: Actor, site: Site | None, path: str) -> tuple[Section, ...]:
    """Return the groups with the items this actor has; the site's menu within a site."""
    groups = INSIDE if site else OUTSIDE
    drawn = [Section(str(group.label), _entries(group, actor, site, path)) for group in groups]
    return tuple(section for section in drawn if section.entries)


def _entries(group: Group, actor: Actor, site: Site | None, path: str) -> tuple[Entry, ...]:
    keys = [site.pk] if site else []
    found = []
    for item in group.items:
        if item.is_for(actor):
            url = address_of(item.page, *(keys if item.of_site else ()))
            active = path == url or (
                item.page not in ("site", "dashboard") and path.startswith(url)
            )
            count_url = address_of(item.count) if item.counts_for(actor) else ""
            found.append(Entry(str(item.label), url, item.icon, active, count_url))
    return tuple(found)
