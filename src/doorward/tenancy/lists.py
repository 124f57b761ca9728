"""Lists whose addresses can be kept by a name and opened by default."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from doorward.kit.errors import Hidden, Text
from doorward.kit.pages import Context, ExportPage
from doorward.tenancy.actions import saved_views
from doorward.tenancy.models import Node, SavedView

# The field of a form that says what is to be done about views.
DEED = "view"
# Where one stands in the list is no part of what one wants to see of it.
_PASSING = ("page", "before", "after", "shape")
# The address of a list as it is, whatever is its default.
_PLAIN = "page=1"


@dataclass(frozen=True)
class Offer:
    """A saved view in the menu: its address, and what its list no longer has."""

    view: SavedView
    address: str
    is_current: bool
    faults: Sequence[Text]


class SavedViewsPage(ExportPage):
    """A list with a menu of its saved views; they are its owner's and of this list at its place."""

    tools: ClassVar[Sequence[str]] = ("tenancy/saved_views.html",)

    def place(self) -> Node | None:
        """Return the node whose list it is, none for a list outside of any site."""
        return None

    @property
    def list_name(self) -> str:
        found = self.request.resolver_match
        return str(found.url_name) if found else ""

    @cached_property
    def saved(self) -> list[SavedView]:
        views = SavedView.objects.visible_to(self.actor)
        return sorted(views.of_list(self.list_name, self.place()), key=lambda v: v.name.lower())

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        usual = next((view for view in self.saved if view.is_default and view.query), None)
        if usual and not request.META.get("QUERY_STRING") and not request.htmx:  # type: ignore[attr-defined]
            return HttpResponseRedirect(f"{request.path}?{usual.query}")
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if DEED in request.POST:
            return self.go(self.once(self.change_views))
        return super().post(request, *args, **kwargs)

    def context(self) -> Context:
        here = query_of(self.request.GET)
        context = super().context()
        offers = [self._offer(view, here) for view in self.saved]
        current = next((offer.view for offer in offers if offer.is_current), None)
        return {**context, "views": offers, "current_view": current}

    def change_views(self) -> str:
        """Save, rename, delete or prefer a view; return where to go next."""
        asked = self.request.POST
        here, name = self.request.get_full_path(), asked.get("name", "")
        if asked[DEED] == "save":
            query = query_of(self.request.GET)
            view = saved_views.save_view(
                self.actor, self.list_name, self.place(), name=name, query=query
            )
            messages.success(self.request, _("“%(name)s” is saved.") % {"name": view.name})
            return f"{self.request.path}?{view.query or _PLAIN}"
        view = SavedView.objects.find(self.actor, asked.get("key", ""))
        if asked[DEED] == "rename":
            saved_views.rename_view(self.actor, view, name)
            said = _("The view is now called “%(name)s”.")
        elif asked[DEED] in {"prefer", "no-longer"}:
            wanted = asked[DEED] == "prefer"
            saved_views.open_by_default(self.actor, view, wanted=wanted)
            said = (
                _("The list opens with “%(name)s” from now on.")
                if wanted
                else _("The list no longer opens with “%(name)s”.")
            )
        elif asked[DEED] == "delete":
            saved_views.delete_view(self.actor, view)
            said = _("The view “%(name)s” was deleted.")
        else:
            raise Hidden
        messages.success(self.request, said % {"name": view.name})
        return here if self.request.GET else f"{here}?{_PLAIN}"

    def _offer(self, view: SavedView, here: str) -> Offer:
        faults = [fault.text for fault in self.faults_in(QueryDict(view.query))]
        return Offer(view, f"?{view.query or _PLAIN}", view.query == here, faults)


def query_of(asked: QueryDict) -> str:
    """Spell what an address wants to see, alike for all that want the same."""
    kept = sorted(
        (name, value)
        for name, values in asked.lists()
        if name not in _PASSING
        for value in values
        if value
    )
    query = QueryDict(mutable=True)
    for name, value in kept:
        query.appendlist(name, value.replace("\x00", ""))
    return query.urlencode()
