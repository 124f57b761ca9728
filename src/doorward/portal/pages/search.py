"""Searching everything: as one types, from anywhere, and as a page of its own."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit.pages import Context, Page
from doorward.kit.rows import key_of
from doorward.portal.search import found
from doorward.portal.search.commands import commands
from doorward.portal.search.found import Findings
from doorward.portal.search.typed import LONGEST, Typed
from doorward.sites.models import Site

# Shown of each kind: while one types, and on the page.
_MOST_TYPING, _MOST = 5, 20
_COMMANDS_TYPING, _COMMANDS = 6, 20


class Search(Page):
    """The results as a page. Words stand in its address; what may be a card number never does."""

    title = gettext_lazy("Search")
    template = "portal/search.html"
    typed = Typed("")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.typed = Typed.of(request.GET.get("q", ""))
        if self.typed.cards:
            told = _("A card number does not belong in an address. Type it into the field instead.")
            messages.info(request, told)
            return HttpResponseRedirect(reverse("search"))
        return self.show()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.typed = Typed.of(request.POST.get("q", ""))
        if self.typed.cards or self.typed.is_too_long:
            return self.show()
        return HttpResponseRedirect(f"{reverse('search')}?{urlencode({'q': self.typed.text})}")

    def context(self) -> Context:
        return {**super().context(), **results(self, self.typed, _MOST, _COMMANDS)}


class SearchTyping(Page):
    """What is shown of the results while one types: a part of a page, asked for by POST."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        typed = Typed.of(request.POST.get("q", ""))
        shown = results(self, typed, _MOST_TYPING, _COMMANDS_TYPING)
        return HttpResponse(render_to_string("portal/search_options.html", shown))


def results(page: Page, typed: Typed, most: int, most_commands: int) -> Context:
    """Return what a template shows of a search; nothing is searched for where it is too long."""
    if typed.is_too_long:
        fault = _("Type at most %(count)d characters.") % {"count": LONGEST}
        return {"text": typed.text[:LONGEST], "fault": fault, "findings": Findings([])}
    site = _site(page)
    findings = found.search(page.actor, typed, most=most, near=site)
    pages = (
        commands(page.actor, typed, site)[:most_commands] if typed.words or not typed.text else []
    )
    return {
        "text": typed.text,
        "findings": findings,
        "commands": pages,
        "commands_first": bool(pages) and pages[0].title.lower().startswith(typed.text.lower()),
        "count": len(pages) + sum(len(part.found) for part in findings.parts),
        "is_short": bool(typed.text) and not typed.finds_things,
    }


def _site(page: Page) -> Site | None:
    """Return the site that one was in when one began to search."""
    key = key_of(page.request.POST.get("site", ""))
    if key is None:
        return None
    return Site.objects.visible_to(page.actor).select_related("node").filter(pk=key).first()
