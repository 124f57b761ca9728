"""One class a page: list, show, form, deed. Pages guard nothing; they ask and show."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import EmptyPage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from django_filters import FilterSet
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from doorward.kit import live
from doorward.kit.errors import Forbidden, Hidden, Invalid, Refused, Text
from doorward.kit.rows import key_of

# Any: what templates are given may be anything they can show.
Context = dict[str, Any]
Crumb = tuple[Text, str]

PAGE_SIZES = (10, 20, 50, 100)
# Beyond this a list does not count: an exact count of a million rows costs more than it tells.
COUNT_LIMIT = 10_000

_SEARCH = _("Search")
_NO_MATCH = _("Nothing matches")
_NO_MATCH_HINT = _("Take a filter off or search for something else.")


class Page(View):
    """A page for someone who has signed in. `topics` are what it wants to hear of live.

    `needs` is what one must be allowed to do to what the page is about (`subjects`): who sees
    that without the right is refused as by the action that the page is for.
    """

    title: Text = ""
    template: ClassVar[str] = ""
    needs: ClassVar[StrEnum | None] = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.page = self  # type: ignore[attr-defined]
        self.actor = request.actor  # type: ignore[attr-defined]
        if self.actor is None:
            return redirect_to_login(request.get_full_path())
        try:
            self.prepare()
            if self.needs is not None:
                self.actor.require_any(self.needs, self.subjects())
            response = super().dispatch(request, *args, **kwargs)
            # What a page showed must not come back by the Back button after signing out.
            response.setdefault("Cache-Control", "no-store")
            return response
        except Hidden as absence:
            raise Http404 from absence
        except Forbidden as refusal:
            raise PermissionDenied(str(refusal.message)) from refusal
        except Refused as refusal:
            return self.refuse(refusal)

    def prepare(self) -> None:
        """Find what the page is about; raise `Hidden` where that does not exist for the actor."""

    # Any: things of every kind belong to a node of the tree, which the kit does not know.
    def subjects(self) -> Iterable[Any]:
        """Return what the page is about; the right that it needs to one of them will do."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show()

    def show(self, *, status: int = HTTPStatus.OK, **extra: Any) -> HttpResponse:
        context = self.context()
        context.update(extra)
        return render(self.request, self.template, context, status=status)

    def context(self) -> Context:
        topics = list(self.topics())
        return {
            "page": self,
            "page_title": self.title,
            "crumbs": list(self.crumbs()),
            "live_ticket": live.ticket(topics) if topics else "",
            "live_topics": " ".join(topics),
        }

    def crumbs(self) -> Iterable[Crumb]:
        """Return where the page lies: labels with their addresses, this page last."""
        return [(self.title, "")]

    def topics(self) -> Iterable[str]:
        return ()

    def refuse(self, refusal: Refused) -> HttpResponseBase:
        """Say no in a sentence: as a toast, on the page one came from."""
        if self.request.htmx:  # type: ignore[attr-defined]
            response = HttpResponse(status=HTTPStatus.CONFLICT)
            note = {"message": str(refusal.message), "level": "error"}
            return trigger_client_event(response, "toast", note)
        messages.error(self.request, str(refusal.message))
        return HttpResponseRedirect(self.way_back())

    def way_back(self) -> str:
        """Return the address to return to after a deed or a refusal."""
        return "/"

    def go(self, url: str) -> HttpResponseBase:
        if self.request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(url)
        return HttpResponseRedirect(url)


class ListPage(Page):
    """Rows with search, filters, sort and pages; all of it stands in the address."""

    template = "kit/list.html"
    table: ClassVar[type[tables.Table]]
    filters: ClassVar[type[FilterSet] | None] = None
    search_hint: Text = ""
    empty: ClassVar[Mapping[str, Text]] = {}

    def rows(self) -> QuerySet[Any]:
        """Return what the actor may see, from `visible_to`."""
        raise NotImplementedError

    def search(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        return rows

    def action(self) -> Crumb | None:
        """Return the label and address of the primary action, if the actor may it."""
        return None

    def context(self) -> Context:
        words = words_of(self.request)
        rows = self.rows()
        chips: list[tuple[Text, Text, str]] = []
        filtering = None
        if self.filters is not None:
            filtering = self.filters(self.request.GET, rows, request=self.request)
            rows, chips = filtering.qs, chips_of(filtering)
        if words:
            rows = self.search(rows, words)
            chips = [(_SEARCH, words, "q"), *chips]
        # Given the request at once, a table would turn to any page of any size it is asked for.
        table = self.table(rows)
        table.request = self.request
        for name, value in self.empty_state(filtered=bool(chips)).items():
            setattr(table, f"empty_{name}", value)
        counted = min(count_up_to(rows), COUNT_LIMIT + 1)
        # Otherwise the table counts by itself, to the very last row.
        table.data._length = min(counted, COUNT_LIMIT)
        if order := self.request.GET.getlist(table.prefixed_order_by_field):
            table.order_by = order
        self.turn_to_page(table)
        return {
            **super().context(),
            "table": table,
            "filter": filtering,
            "chips": chips,
            "search_hint": self.search_hint,
            "words": words,
            "action": self.action(),
            "page_count": f"{COUNT_LIMIT:,}+" if counted > COUNT_LIMIT else f"{counted:,}",
        }

    def turn_to_page(self, table: tables.Table) -> None:
        """Show the page that is asked for, the first where that is none."""
        asked = key_of(self.request.GET.get(table.prefixed_page_field, "")) or 1
        size = key_of(self.request.GET.get(table.prefixed_per_page_field, ""))
        per_page = size if size in PAGE_SIZES else PAGE_SIZES[1]
        try:
            table.paginate(page=asked, per_page=per_page)
        except EmptyPage:
            table.paginate(page=1, per_page=per_page)

    def empty_state(self, *, filtered: bool) -> Mapping[str, Text]:
        """Return text, hint, icon, deed and url of what stands where no row does."""
        if filtered:
            return {"text": _NO_MATCH, "hint": _NO_MATCH_HINT, "icon": "search"}
        state = dict(self.empty)
        if found := self.action():
            state["deed"], state["url"] = found
        return state


class FormPage(Page):
    """A form over one action: what the action objects to comes back at its field."""

    template = "kit/form.html"
    form_class: ClassVar[type[forms.BaseForm]]
    deed: Text = ""
    done: Text = ""

    def form(self) -> forms.BaseForm:
        bound = (self.request.POST,) if self.request.method == "POST" else ()
        return self.form_class(*bound, **self.form_options())

    def form_options(self) -> Context:
        return {"initial": self.initial()}

    def initial(self) -> Context:
        return {}

    def context(self) -> Context:
        return {**super().context(), "deed": self.deed, "cancel": self.way_back()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form()
        if form.is_valid():
            try:
                url = self.save(form)
            except Invalid as fault:
                add_faults(form, fault)
            except Forbidden:
                raise
            except Refused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                if self.done:
                    messages.success(request, str(self.done))
                return HttpResponseRedirect(url)
        return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def save(self, form: Any) -> str:
        """Call the action; return where to go next."""
        raise NotImplementedError


class DeedPage(Page):
    """A deed by one click: POST only."""

    http_method_names = ["post", "options"]
    done: Text = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.act()
        if self.done:
            messages.success(request, str(self.done))
        return self.go(self.way_back())

    def act(self) -> None:
        raise NotImplementedError


def add_faults(form: forms.BaseForm, fault: Invalid) -> None:
    """Put an action's objections at the form's fields, or above them all."""
    for field, message in fault.faults.items():
        form.add_error(field if field in form.fields else None, str(message))


def words_of(request: HttpRequest) -> str:
    """Return what is searched for, without the NUL that no database takes."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:100]


def chips_of(filtering: FilterSet) -> list[tuple[Text, Text, str]]:
    """Return (label, value, field) of each filter that is on."""
    form = filtering.form
    if not form.is_valid():
        return []
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []) or (isinstance(value, QuerySet) and not value):
            continue
        label = form.fields[name].label or name
        found.append((label, _say(form.fields[name], value), name))
    return found


def count_up_to(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: COUNT_LIMIT + 1].count()


def _say(field: forms.Field, value: Any) -> Text:
    choices = dict(getattr(field, "choices", ()) or ()) if isinstance(value, str) else {}
    return str(choices.get(value, value))
