"""A list: rows with search, filters, sort and pages, all of it in the address."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_tables2 as tables
from django import forms
from django.core.paginator import EmptyPage
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet

from doorward.kit.errors import Text
from doorward.kit.pages.page import Context, Crumb, Page
from doorward.kit.rows import key_of

PAGE_SIZES = (10, 20, 50, 100)
# Beyond this a list does not count: an exact count of a million rows costs more than it tells.
COUNT_LIMIT = 10_000

_SEARCH = _("Search")
_NO_MATCH = _("Nothing matches")
_NO_MATCH_HINT = _("Take a filter off or search for something else.")


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
