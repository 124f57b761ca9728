"""A list: rows with search, filters, sort, columns and pages, all of it in the address."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import django_tables2 as tables
from django import forms
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import FilterSet
from django_tables2.rows import BoundRows

from doorward.kit.counts import MOST, count_up_to, count_words, number_words
from doorward.kit.errors import Refused, Text
from doorward.kit.pages import bulk, cells
from doorward.kit.pages.asked import USUAL_SIZE, Asked, Fault
from doorward.kit.pages.export import Chip, ExportPage, Paper, without
from doorward.kit.pages.page import Context, Crumb
from doorward.kit.rows import any_of

# Beyond what is counted a list does not turn to pages either: the database would walk over all that
# stands before them.
COUNT_LIMIT = MOST
# Up to so many rows that were searched for are remembered by their keys until the page is drawn.
FEW = 1_000
# Filters that stand beside the search; the others unfold.
FILTERS_SHOWN = 4

_SEARCH = gettext_lazy("Search")
_END = gettext_lazy(
    "These are the last of the first %(most)s rows. Search or filter to see the others."
)
_NO_MATCH = gettext_lazy("Nothing matches")
_NO_MATCH_HINT = gettext_lazy("Take a filter off or search for something else.")


class ListPage(ExportPage):
    """Rows with search, filters, sort and pages; all of it stands in the address.

    A table may name in `needs` the right that a column takes: who lacks it has no such column.
    """

    template = "kit/list.html"
    table: ClassVar[type[tables.Table]]
    filters: ClassVar[type[FilterSet] | None] = None
    search_hint: Text = ""
    # How many filters stand beside the search; the others unfold.
    filters_shown: ClassVar[int] = FILTERS_SHOWN
    empty: ClassVar[Mapping[str, Text]] = {}
    # Rows of a page at first.
    usual_size: ClassVar[int] = USUAL_SIZE
    # Columns that show only when they are chosen.
    tucked_away: ClassVar[Collection[str]] = ()
    # What one does to the list as a whole: templates, one beside the other.
    tools: ClassVar[Sequence[str]] = ("kit/columns.html",)
    # How far its rows are counted and turned to.
    reach: ClassVar[int] = COUNT_LIMIT
    # What can be done to many rows at once.
    deeds: ClassVar[Sequence[type[bulk.BulkDeed]]] = ()

    def rows(self) -> QuerySet[Any]:
        """Return what the actor may see, from `visible_to`."""
        raise NotImplementedError

    def search(self, rows: QuerySet[Any], words: str) -> QuerySet[Any]:
        return rows

    # Any: rows of every kind are listed.
    def dress(self, table: Any, records: Sequence[Any]) -> None:
        """Fetch, for all of these rows at once, what the table shows beside their own fields."""

    def action(self) -> Crumb | None:
        """Return the label and address of the primary action, if the actor may it."""
        return None

    @cached_property
    def asked(self) -> Asked:
        return Asked(self.request.GET, usual_size=self.usual_size)

    @cached_property
    def filtering(self) -> FilterSet | None:
        if self.filters is None:
            return None
        return self.filters(self.request.GET, self.rows(), request=self.request)

    @cached_property
    def matching(self) -> QuerySet[Any]:
        """Return the rows that search and filters leave.

        A filter that cannot be understood leaves none, lest a deed on all that match
        reach further than was meant.
        """
        filtering = self.filtering
        self.asked.refuse_unknown(filtering.filters if filtering else ())
        if filtering is None:
            rows = self.rows()
        elif filtering.form.is_valid():
            rows = filtering.qs
        else:
            self.asked.faults += faults_of(filtering.form)
            rows = filtering.queryset.none()
        return self.search(rows, self.asked.words) if self.asked.words else rows

    def context(self) -> Context:
        chips = self.chips()
        counted, rows = self.counted(narrowed=bool(chips))
        table = self.lay_out(rows, counted)
        if not counted:
            for name, value in self.empty_state(filtered=bool(chips)).items():
                setattr(table, f"empty_{name}", value)
        table.deeds = list(bulk.offered(self)) if counted else []
        fields = [*self.filtering.form] if self.filtering else []
        return {
            **super().context(),
            "table": table,
            "first_fields": fields[: self.filters_shown],
            "more_fields": fields[self.filters_shown :],
            "more_in_use": any(field.value() for field in fields[self.filters_shown :]),
            "chips": chips,
            "faults": self.asked.faults,
            "search_hint": self.search_hint,
            "words": self.asked.words,
            "action": self.action(),
            "tools": self.tools,
            "page_count": count_words(counted, self.reach),
            "list_end": self.end(counted),
        }

    def end(self, counted: int) -> Text:
        """Return what stands after the last row of a list that does not show all there is."""
        return _END % {"most": number_words(self.reach)} if counted > self.reach else ""

    def counted(self, *, narrowed: bool) -> tuple[int, QuerySet[Any]]:
        """Return how many rows match, up to one more than is counted, and the rows.

        Where few are left of all, they are those with their keys: what is costly to search for
        is searched for once.
        """
        rows = self.matching
        if not narrowed:
            return count_up_to(rows), rows
        keys = list(rows.order_by().values_list("pk", flat=True)[: COUNT_LIMIT + 1])
        few = len(keys) <= FEW
        return len(keys), self.rows().filter(any_of("pk", keys)) if few else rows

    def keys(self, ordered: QuerySet[Any], first: int, last: int) -> list[int]:
        """Return the keys of the rows between two places of the order."""
        return list(ordered.values_list("pk", flat=True)[first:last])

    def lay_out(self, rows: QuerySet[Any], counted: int) -> Any:
        """Return the table of one page of rows."""
        table = self.arrange(rows)
        table.whole, table.keys = self.rows(), self.keys
        # Otherwise the table counts by itself, to the very last row.
        table.data._length = min(counted, self.reach)
        self.turn_to_page(table, more=counted > self.reach)
        self.dress(table, [row.record for row in table.paginated_rows])
        return table

    def arrange(self, rows: QuerySet[Any]) -> Any:
        """Return the table of all rows, with the columns and in the order that are asked for."""
        # Given the request at once, a table would turn to any page of any size it is asked for.
        table = self.table(rows, default="–")
        table.request = self.request
        self.choose_columns(table)
        if order := self.order_of(table):
            table.order_by = order
        # Rows that are alike in what they are sorted by keep their places from page to page.
        by = table.data.data.query.order_by
        table.data.data = table.data.data.order_by(*by, "-pk" if runs_down(by) else "pk")
        return table

    def ordered(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.arrange(self.matching).data.data
        return rows

    def paper(self, *, whole: bool) -> Paper:
        """Return the page's own sheet where all is wanted, and else one made of its table."""
        table = self.arrange(self.rows().none())
        if whole and self.sheet is not None:
            return Paper(without(self.sheet, table.barred), self.complete)
        return Paper(
            cells.sheet_of(self, table, whole=whole), lambda some: cells.cells_of(self, some)
        )

    def faults(self) -> Sequence[Fault]:
        return self.asked.faults

    def faults_in(self, query: QueryDict) -> Sequence[Fault]:
        """Return what another address asks for that the list does not have.

        Whether the values of its filters still mean anything shows when it is opened.
        """
        asked = Asked(query)
        asked.refuse_unknown(self.filtering.filters if self.filtering else ())
        asked.order(self.sortable)
        asked.columns(self.choosable, ())
        return asked.faults

    def choose_columns(self, table: Any) -> None:
        """Hide what was not chosen or may not be seen; `table.choices` says what there is."""
        needs = getattr(self.table, "needs", {})
        table.barred = {name for name, can in needs.items() if not self.actor.may(can)}
        headers = {column.name: column.header for column in table.columns.iterall()}
        # The first column leads to the row, and one without a header holds deeds: both stay.
        named = [name for name in [*headers][1:] if headers[name] and name not in table.barred]
        self.choosable = named
        usual = [name for name in named if name not in self.tucked_away]
        shown = self.asked.columns(named, usual)
        for name in headers:
            if name in table.barred or (name in named and name not in shown):
                table.columns.hide(name)
        table.choices = [(name, headers[name], name in shown) for name in named]

    def order_of(self, table: Any) -> list[str]:
        columns = [c for c in table.columns.iterall() if c.name not in table.barred]
        self.sortable = [column.name for column in columns if column.orderable]
        return self.asked.order(self.sortable)

    def turn_to_page(self, table: Any, *, more: bool) -> None:
        """Show the page that is asked for, the first where that is none."""
        per_page, page = self.asked.per_page(), self.asked.page()
        try:
            table.paginate(Portions, page=page, per_page=per_page)
        except EmptyPage:
            table.paginate(Portions, page=1, per_page=per_page)
            absent = _("This list has no such page; this is the first.")
            far = _("A list goes to its first %(most)s rows. Search or filter to see the others.")
            far %= {"most": number_words(self.reach)}
            self.asked.faults.append(Fault(far if more and page > 1 else absent, "page"))

    def chips(self) -> list[Chip]:
        chips = chips_of(self.filtering) if self.filtering else []
        return [(_SEARCH, self.asked.words, "q"), *chips] if self.asked.words else chips

    def empty_state(self, *, filtered: bool) -> Mapping[str, Text]:
        """Return text, hint, icon, deed and url of what stands where no row does."""
        if filtered or self.asked.faults:
            return {"text": _NO_MATCH, "hint": _NO_MATCH_HINT, "icon": "search"}
        state = dict(self.empty)
        if found := self.action():
            state["deed"], state["url"] = found
        return state

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do a deed on the rows that were chosen, once it is confirmed."""
        return bulk.answer(self) if self.deeds else super().post(request, *args, **kwargs)

    def later(self, deed: bulk.BulkDeed) -> HttpResponseBase:
        """Do a deed on more rows than one waits for."""
        raise Refused(
            "selection.large", _("These are too many at once. Search or filter to have fewer.")
        )


def chips_of(filtering: FilterSet) -> list[Chip]:
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


def runs_down(by: Sequence[object]) -> bool:
    """Say whether the last of what rows are sorted by runs down.

    If their keys run the same way, one index gives the rows in either direction.
    """
    return bool(by) and str(by[-1]).startswith("-")


class Portions(Paginator):  # type: ignore[type-arg]
    """Pages of a table's rows: which rows, is found before they are fetched.

    Otherwise the database works out what rows are annotated with for all that stand before the
    page, and looks twice for what is searched.
    """

    # Any: a table comes without types.
    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        every: Any = self.object_list
        table, ordered = every.table, every.data.data
        keys = table.keys(ordered, first, last) if last else []
        fetched = table.whole.order_by().filter(any_of("pk", keys)) if keys else ()
        found = {row.pk: row for row in fetched}
        # Whoever was deleted in between is left out.
        shown = [found[key] for key in keys if key in found]
        return Page(BoundRows(data=shown, table=table), number, self)


def faults_of(form: forms.Form) -> Iterable[Fault]:
    for name, errors in form.errors.items():
        label = form.fields[name].label or name if name in form.fields else name
        yield Fault(f"{label}: {' '.join(map(str, errors))}", name)


def _say(field: forms.Field, value: Any) -> Text:
    # Choices that are worked out have no length, which `dict` would ask for.
    choices = dict(iter(getattr(field, "choices", ()))) if isinstance(value, str) else {}
    if isinstance(value, list | QuerySet):
        return ", ".join(str(_say(field, one)) for one in value)
    return str(choices.get(value, value))
