"""The frame around every page: menu by role, where I am, who I am."""

from functools import partial

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


def frame(request: HttpRequest) -> Context:
    """Return what base.html needs beside the page's own context."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.account is None:
        return {}
    site: Site | None = getattr(getattr(request, "page", None), "site", None)
    return {
        "menu": menu_of(actor, site, request.path),
        "site_switcher": _switcher(actor, site),
        "search": {
            "url": reverse("search"),
            "typing_url": reverse("search-typing"),
            "site": site.pk if site else "",
        },
        # Asked only where a whole page is drawn.
        "works": SimpleLazyObject(partial(works_now, actor)),
        "account": {
            "name": actor.account.get_full_name(),
            "role": ", ".join(sorted({str(place.role.label) for place in actor.places})),
            "url": reverse("account"),
            "works_url": reverse("works"),
            "password_url": reverse("account-password"),
            "sign_out_url": reverse("account_logout"),
        },
    }


def _switcher(actor: Actor, site: Site | None) -> Context | None:
    sites = list(Site.objects.visible_to(actor).order_by("name")[:SWITCHER_SITES])
    if not sites:
        return None
    return {
        "name": site.name if site else "",
        "zone": site.zone.replace("_", " ") if site else "",
        "now": time_format(localtime(clock.now(), site.zone_info), "H:i") if site else "",
        "all_url": reverse("sites"),
        "sites": [
            {
                "name": one.name,
                "url": reverse("site", args=[one.pk]),
                "hint": one.city or _("Office"),
                "active": site is not None and one.pk == site.pk,
            }
            for one in sites
        ],
    }
