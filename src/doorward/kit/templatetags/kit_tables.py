"""Drawing a table: its template in the page's own context, its rows without a template."""

from typing import Any

from django import template
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


@register.simple_tag(takes_context=True)
def table_rows(context: Context, table: Any) -> str:
    """Draw the rows of a page; a template spends on each cell what is the same for its column."""
    heads = [
        SafeString(f'<td {column.attrs["td"].as_html()} data-label="{escape(column.header)}">')
        for column in table.columns
    ]
    drawn = []
    for row in table.paginated_rows:
        drawn.append(f"<tr {row.attrs.as_html()} data-row>")
        pick = _pick(row.record) if table.deeds else ""
        for head, (_column, cell) in zip(heads, row.items(), strict=True):
            drawn += [head, pick, render_value_in_context(cell, context), "</td>"]
            pick = ""
        drawn.append("</tr>")
    return SafeString("".join(drawn))


# Any: rows of every kind are listed.
def _pick(record: Any) -> str:
    return format_html(_PICK, record.pk, _("Select %(name)s") % {"name": record})
