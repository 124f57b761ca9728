"""Pages by their names, for whoever would rather type than look for them in a menu."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.portal.menu import INSIDE, OUTSIDE, Item, in_person
from doorward.portal.search.marks import Piece, has_all, marked, of_words
from doorward.portal.search.typed import Typed
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can
from doorward.tenancy.places import roles_to_give

# Whoever sees no more sites than this goes to their pages from everywhere.
FEW_SITES = 3

# What is not in the menu: deeds that have a page, and one's own account.
OUTSIDE_DEEDS = (
    Item(_("New office"), "plus", "site-new", Can.CREATE_SITE),
    Item(_("Invite somebody"), "user-plus", "user-new", Can.CHANGE_ACCOUNT),
    Item(_("Register a MAC"), "plus", "mac-new", Can.REGISTER_MAC),
    Item(_("Your account"), "user-circle", "account", whom=in_person),
    Item(_("Change password"), "key", "account-password", whom=in_person),
    Item(_("Sign-in and second factors"), "shield-lock", "mfa_index", whom=in_person),
    Item(_("Sessions"), "device-laptop", "account-sessions", whom=in_person),
    Item(_("API tokens"), "api", "account-tokens", whom=in_person),
    Item(_("Background work"), "progress", "works"),
)
INSIDE_DEEDS = (
    Item(_("Add a person"), "user-plus", "person-new", Can.CHANGE_PERSON),
    Item(_("Add a company"), "plus", "company-new", Can.CHANGE_COMPANY),
    Item(_("Add an access group"), "plus", "group-new", Can.CHANGE_ACCESS),
    Item(_("Add a door"), "plus", "door-new", Can.CHANGE_DOOR),
    Item(_("Add a device"), "plus", "device-new", Can.CHANGE_DEVICE),
    Item(_("Add a connector"), "plus", "connector-new", Can.CHANGE_CONNECTOR),
)


@dataclass(frozen=True)
class Command:
    """A page one can go to; of a page within a site, `where` is the site's name."""

    title: str
    pieces: Sequence[Piece]
    where: str
    icon: str
    url: str


def commands(actor: Actor, typed: Typed, site: Site | None) -> list[Command]:
    """Return the pages whose names have every word, all of them where nothing was typed."""
    if typed.text and not typed.words:
        return []
    found = [*_outside(actor, typed)]
    for one in [site] if site else _few_sites(actor):
        found += _inside(actor, typed, one)
    return sorted(found, key=lambda one: _rank(one, typed))


def _rank(command: Command, typed: Typed) -> tuple[bool, bool]:
    # The site that one is in comes before what lies outside of it.
    return not command.title.lower().startswith(typed.text.lower()), not command.where


def _few_sites(actor: Actor) -> list[Site]:
    sites = Site.objects.visible_to(actor).select_related("node").order_by("name")
    found = list(sites[: FEW_SITES + 1])
    return found if len(found) <= FEW_SITES else []


def _outside(actor: Actor, typed: Typed) -> Iterable[Command]:
    items = [item for group in OUTSIDE for item in group.items]
    # Who looks after accounts may still have no role to invite anybody to.
    barred = set() if roles_to_give(actor) else {"user-new"}
    for item in (*items, *OUTSIDE_DEEDS):
        if item.page not in barred and item.is_for(actor):
            yield from _named(item, typed, reverse(item.page))


def _inside(actor: Actor, typed: Typed, site: Site) -> Iterable[Command]:
    # What is the same everywhere is offered once, outside.
    items = [item for group in INSIDE for item in group.items if item.of_site]
    for item in (*items, *INSIDE_DEEDS):
        may = item.can is None or _may_within(actor, item.can, site)
        if may and item.whom(actor):
            yield from _named(item, typed, reverse(item.page, args=[site.pk]), site.name)


def _may_within(actor: Actor, can: Can, site: Site) -> bool:
    """Say whether a role above, at or below a site grants this."""
    path = site.node.path
    return any(
        place.may(can) and (path.startswith(place.path) or place.path.startswith(path))
        for place in actor.places
    )


def _named(item: Item, typed: Typed, url: str, where: str = "") -> Iterable[Command]:
    title = str(item.label)
    # The site's name alone means the site and none of its pages.
    meant = not typed.words or any(word in title.lower() for word in typed.words)
    if meant and has_all([title, where], typed.words):
        yield Command(title, marked(title, of_words(typed)), where, item.icon, url)
