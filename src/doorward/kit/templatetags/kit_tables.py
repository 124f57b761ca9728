"""Drawing a table: its template in the page's own context, its rows without a template."""

from collections.abc import Callable
from functools import lru_cache
from inspect import signature
from operator import attrgetter
from typing import Any

import django_tables2 as tables
from django import template
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.template import Context
from django.template.base import render_value_in_context
from django.template.loader import get_template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

_PICK = (
    '<label class="row-pick"><input class="form-check-input" type="checkbox" form="bulk" '
    'name="ids" value="{}" aria-label="{}"></label>'
)


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
    return format_html(_PICK, record.pk, _("Select %(name)s") % {"name": record})
