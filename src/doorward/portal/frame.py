"""The frame around every page: menu by role, where I am, who I am."""

from datetime import datetime, timedelta
from functools import partial
from math import ceil
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from doorward.files.now import works_now
from doorward.helpdesk.desks import may_ask
from doorward.kit import clock
from doorward.kit.addresses import address_of
from doorward.kit.pages import Context
from doorward.portal.help import address_for
from doorward.portal.menu import menu_of
from doorward.sites import words
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can
from doorward.tenancy.policy_texts import END_USERS


class _Account(NamedTuple):
    name: str
    role: str
    home_url: str
    url: str
    works_url: str
    password_url: str
    support_url: str
    service_url: str
    sign_out_url: str


class _Acting(NamedTuple):
    name: str
    role: str
    minutes: int
    until: datetime
    end_url: str


class _Bell(NamedTuple):
    url: str
    unread: int


class _Search(NamedTuple):
    url: str
    typing_url: str
    site: int | str


def frame(request: HttpRequest) -> Context:
    """Return what base.html needs beside the page's own context."""
    actor: Actor | None = getattr(request, "actor", None)
    found = request.resolver_match
    page = found.url_name if found else None
    if actor is None or actor.account is None:
        return {"help_url": address_for(page or "", inside=False)}
    site: Site | None = getattr(getattr(request, "page", None), "site", None)
    return {
        "help_url": address_for(page or "", inside=True),
        "menu": menu_of(actor, site, request.path),
        "site_switcher": _switcher(actor, site),
        "search": _Search(
            address_of("search"), address_of("search-typing"), site.pk if site else ""
        ),
        # Asked only where a whole page is drawn.
        "works": SimpleLazyObject(partial(works_now, actor)),
        # What the other has to read is theirs.
        "bell": None
        if actor.acting
        else _Bell(address_of("notices"), actor.account.unread_notices),
        "acting": _acting(actor),
        "account": _Account(
            name=actor.account.get_full_name(),
            role=_role(actor),
            home_url=address_of("dashboard"),
            # What is one's own is out of reach while one acts for another.
            url="" if actor.acting else address_of("account"),
            works_url=address_of("works"),
            password_url="" if actor.acting else address_of("account-password"),
            # Nobody is above an operator.
            support_url=address_of("ticket-new") if may_ask(actor) else "",
            service_url=address_of("feedback") if actor.roles & END_USERS else "",
            sign_out_url=address_of("account_logout"),
        ),
    }


def _role(actor: Actor) -> str:
    if actor.acting is not None:
        return _("for %(name)s") % {"name": actor.acting.account.get_full_name()}
    return ", ".join(sorted({str(place.role.label) for place in actor.places}))


def _acting(actor: Actor) -> _Acting | None:
    """Return what the band over every page says to whoever acts for another."""
    if actor.acting is None:
        return None
    left = actor.acting.until - clock.now()
    return _Acting(
        name=actor.acting.account.get_full_name(),
        role=str(actor.acting.role.label),
        minutes=max(1, ceil(left / timedelta(minutes=1))),
        until=actor.acting.until,
        end_url=address_of("support-end"),
    )


def _switcher(actor: Actor, site: Site | None) -> Context | None:
    """Return where one is; the sites themselves are fetched once the switcher is opened."""
    if not actor.may(Can.VIEW_SITE):
        return None
    at = clock.now()
    return {
        "name": site.name if site else "",
        "zone": words.zone_name(site.zone, at) if site else "",
        "now": words.time_of(site, at) if site else "",
        "all_url": address_of("sites"),
        "sites_url": f"{address_of('site-choices')}?at={site.pk}"
        if site
        else address_of("site-choices"),
    }
