"""Drawing a table: its template in the page's own context, its rows without a template."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from inspect import signature
from operator import attrgetter
from typing import Any, NamedTuple

import django_tables2 as tables
from django import template
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.template import Context
from django.template.base import render_value_in_context
from django.template.loader import get_template
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from doorward.kit.markup import markup
from doorward.kit.templatetags.kit import remembered

register = template.Library()

# Heads and page links that are kept drawn, a few kilobytes each; long queries are seldom the same.
REMEMBERED, SHORT_QUERY = 1024, 200
_DRAWN: dict[Hashable, SafeString] = {}
_PICK = (
    '<label class="row-pick"><input class="form-check-input" type="checkbox" form="bulk" '
    'name="ids" value="{}" aria-label="{}"></label>'
)


class _Deed(NamedTuple):
    """A deed on ticked rows, as its button shows it."""

    name: str
    icon: str
    label: str
    danger: bool


# Any: a table comes without types.
@register.simple_tag(takes_context=True)
def draw_table(context: Context, table: Any) -> str:
    """Draw a table. The tag of django-tables2 would run all context processors once more."""
    table.context = context
    table.before_render(context["request"])
    drawn = get_template(table.template_name).template  # type: ignore[attr-defined]
    with context.push(table=table):
        return SafeString(drawn.render(context))


# Any: a table comes without types.
@register.simple_tag(takes_context=True)
def table_head(context: Context, table: Any) -> str:
    """Draw the headers of the columns, with links to sort by them."""
    return _drawn_before(context, table, "kit/table_head.html", bool(table.deeds))


# Any: a table comes without types.
@register.simple_tag(takes_context=True)
def table_pages(context: Context, table: Any) -> str:
    """Draw the links to the other pages of a table."""
    page = table.page
    last, total = page.paginator.num_pages, page.paginator.count
    where = (page.number, page.paginator.per_page, last, total)
    return _drawn_before(context, table, "kit/table_pages.html", *where)


# Any: a table comes without types.
@register.simple_tag(takes_context=True)
def table_deeds(context: Context, table: Any, count: str) -> str:
    """Draw the bar of deeds on ticked rows; what shows where its form comes from stands beside."""
    return remembered(
        "kit/bulk_bar.html",
        address=context["request"].get_full_path(),
        deeds=tuple(_Deed(d.name, d.icon, str(d.label), d.danger) for d in table.deeds),
        several_pages=table.page.paginator.num_pages > 1,
        count=count,
    )


# Any: a table comes without types.
def _drawn_before(context: Context, table: Any, template_name: str, *shape: Hashable) -> SafeString:
    """Draw a part that depends on a table's columns, the query and its shape, or say it again."""
    query = context["request"].GET.urlencode()
    columns = tuple(column.name for column in table.columns)
    key = (
        template_name,
        get_language(),
        query,
        type(table),
        columns,
        (*(table.order_by or ()),),
        *shape,
    )
    drawn = _DRAWN.get(key)
    if drawn is None:
        drawn = SafeString(get_template(template_name).template.render(context))  # type: ignore[attr-defined]
        if len(_DRAWN) >= REMEMBERED:
            _DRAWN.clear()
        if len(query) <= SHORT_QUERY:
            _DRAWN[key] = drawn
    return drawn


# Any: a table comes without types.
@register.simple_tag(takes_context=True)
def table_rows(context: Context, table: Any) -> str:
    """Draw the rows of a page; a template spends on each cell what is the same for its column."""
    rows = list(table.paginated_rows)
    if not rows:
        return ""
    columns = [
        (
            SafeString(f'<td {column.attrs["td"].as_html()} data-label="{escape(column.header)}">'),
            _drawer(column, rows[0].record),
        )
        for column in table.columns
    ]
    drawn = []
    for row in rows:
        drawn.append("<tr data-row>")
        pick = _pick(row.record) if table.deeds else ""
        for head, draw in columns:
            drawn += [head, pick, render_value_in_context(draw(row), context), "</td>"]
            pick = ""
        drawn.append("</tr>")
    return SafeString("".join(drawn))


# Any: rows of every kind are listed, and a cell may be anything that can be shown.
def _drawer(column: Any, record: Any) -> Callable[[Any], Any]:
    """Return what draws a column's cell of a row.

    django-tables2 looks at each cell what kind of column it has: most are one of two kinds.
    """
    draw, own = column.render, column.column
    if not column.link and own.empty_values == () and _wanted(_function(draw)) == ("record",):
        return lambda row: draw(record=row.record)
    plain = _function(draw) is tables.Column.render and not column.link
    if not plain or not isinstance(record, Model) or _has_choices(column, record):
        return lambda row: row.get_cell(column.name)
    find, default = attrgetter(column.accessor.replace("__", ".")), column.default

    def cell(row: Any) -> Any:
        try:
            value = find(row.record)
        except AttributeError:
            # Something on the way is nothing: a person without a group has no group's name.
            return default
        return default if value in own.empty_values else value

    return cell


def _has_choices(column: Any, record: Model) -> bool:
    """Say whether what a column shows is known by a code, and shown by a word."""
    try:
        return bool(getattr(tables.A(column.accessor).get_field(record), "choices", None))
    except FieldDoesNotExist:
        return False


def _function(method: Any) -> Any:
    return getattr(method, "__func__", method)


@lru_cache
def _wanted(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return by which names a function of a table takes what it draws."""
    return tuple(name for name in signature(function).parameters if name != "self")


# Any: rows of every kind are listed.
def _pick(record: Any) -> str:
    return markup(_PICK, record.pk, _("Select %(name)s") % {"name": record})
