"""The frame around every page: menu by role, where I am, who I am."""

from functools import partial
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import time_format
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from doorward.files.now import works_now
from doorward.kit import clock
from doorward.kit.pages import Context
from doorward.portal.menu import menu_of
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

# Sites in the switcher; whoever has more searches in the list of sites.
SWITCHER_SITES = 50


class _Account(NamedTuple):
    name: str
    role: str
    url: str
    works_url: str
    password_url: str
    sign_out_url: str


class _Search(NamedTuple):
    url: str
    typing_url: str
    site: int | str


class _Place(NamedTuple):
    """A site in the switcher."""

    name: str
    url: str
    hint: str
    active: bool


def frame(request: HttpRequest) -> Context:
    """Return what base.html needs beside the page's own context."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.account is None:
        return {}
    site: Site | None = getattr(getattr(request, "page", None), "site", None)
    return {
        "menu": menu_of(actor, site, request.path),
        "site_switcher": _switcher(actor, site),
        "search": _Search(reverse("search"), reverse("search-typing"), site.pk if site else ""),
        # Asked only where a whole page is drawn.
        "works": SimpleLazyObject(partial(works_now, actor)),
        "account": _Account(
            name=actor.account.get_full_name(),
            role=", ".join(sorted({str(place.role.label) for place in actor.places})),
            url=reverse("account"),
            works_url=reverse("works"),
            password_url=reverse("account-password"),
            sign_out_url=reverse("account_logout"),
        ),
    }


def _switcher(actor: Actor, site: Site | None) -> Context | None:
    sites = Site.objects.visible_to(actor).order_by("name")
    found = sites.values_list("pk", "name", "city")[:SWITCHER_SITES]
    if not found:
        return None
    return {
        "name": site.name if site else "",
        "zone": site.zone.replace("_", " ") if site else "",
        "now": time_format(localtime(clock.now(), site.zone_info), "H:i") if site else "",
        "all_url": reverse("sites"),
        "sites": tuple(
            _Place(
                name=name,
                url=reverse("site", args=[pk]),
                hint=city or _("Office"),
                active=site is not None and pk == site.pk,
            )
            for pk, name, city in found
        ),
    }
