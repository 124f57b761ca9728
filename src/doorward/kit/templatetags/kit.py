"""Small words for templates: marks, links that keep a list's filters, bars of a chart."""

import secrets
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.template import Context
from django.template.loader import get_template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeData, SafeString
from django.utils.translation import get_language

from doorward.kit import marks
from doorward.kit.counts import count_words
from doorward.kit.pages import PAGE_SIZES
from doorward.kit.pages.doing import ONCE
from doorward.kit.prose import prose

register = template.Library()
register.simple_tag(marks.state_mark)
register.simple_tag(marks.face)
register.filter(count_words)
register.filter(prose)

CHART_HEIGHT = 100
# Parts of the frame that are kept drawn, a few kilobytes each.
REMEMBERED = 1024


@dataclass(frozen=True)
class Bar:
    """One bar of a chart whose drawing is 100 units high."""

    label: str
    value: int
    x: int
    y: str
    height: str


@register.simple_tag
def icon(name: str, label: str = "", classes: str = "") -> str:
    """Draw an icon; what a template hands on may be lazy, and then it is said now."""
    return marks.icon(str(name), label=str(label), classes=str(classes))


@register.simple_tag
def remembered(template_name: str, **given: Hashable) -> str:
    """Draw a template that depends on nothing but what it is given, or say it as before.

    What is given is plain text, numbers and tuples of them. Raise TypeError for text marked as
    safe: drawn once, it would vouch for the same letters that somebody typed.
    """
    _refuse_safe(given.values())
    return _drawn(template_name, get_language(), tuple(given.items()))


def _refuse_safe(given: Iterable[object]) -> None:
    for value in given:
        if isinstance(value, SafeData):
            raise TypeError("what is marked as safe is not remembered")
        if isinstance(value, tuple):
            _refuse_safe(value)


@lru_cache(REMEMBERED)
def _drawn(
    template_name: str, language: str | None, given: tuple[tuple[str, Hashable], ...]
) -> SafeString:
    return SafeString(get_template(template_name).render(dict(given)))


@register.simple_tag(takes_context=True)
def csrf_fields(context: Context, *forms: str) -> str:
    """Draw what shows that forms, named by their ids, come from this page; it stands beside them.

    A form within what is remembered cannot hold it: it is another for each request.
    """
    # Masked anew for each form, it would cost as much as a question to the database.
    token = str(context.get("csrf_token") or get_token(context["request"]))
    fields = '<input type="hidden" name="csrfmiddlewaretoken" value="{}" form="{}">'
    return format_html_join("", fields, ((token, form) for form in forms))


@register.filter
def masked(tail: str) -> str:
    """Show the last digits of a number that is not shown whole, nor how long it is."""
    return f"••••{tail}"


@register.filter
def places_of_faults(field: BoundField) -> list[tuple[str, str]]:
    """Return what is wrong in a field, each with the id of where it stands.

    A fault in a part of a field that has many says with its parameter `place` in which.
    """
    found = []
    for fault in field.errors.as_data():
        place = (fault.params or {}).get("place")
        where = f"{field.id_for_label}_{place}" if place else field.id_for_label
        found += [(where or "", message) for message in fault.messages]
    return found


@register.simple_tag
def once_field() -> str:
    """Draw the field by which a form that is sent twice is known."""
    return format_html('<input type="hidden" name="{}" value="{}">', ONCE, secrets.token_hex(12))


@register.simple_tag
def page_sizes() -> tuple[int, ...]:
    """Return the numbers of rows that a list may show."""
    return PAGE_SIZES


@register.simple_tag(takes_context=True)
def address_with(context: Context, *changes: object) -> str:
    """Return the query of the present address with fields set: name, value, name, value …

    A value of None or "" removes its field.
    """
    request: HttpRequest | None = context.get("request")
    # A copy of the query itself would copy each of its values.
    query = dict(request.GET.lists()) if request else {}
    for field, value in zip(changes[::2], changes[1::2], strict=True):
        if value is None or value == "":
            query.pop(str(field), None)
        else:
            query[str(field)] = [str(value)]
    return f"?{urlencode(query, doseq=True)}"


@register.simple_tag(takes_context=True)
def kept_fields(context: Context, names: str) -> list[tuple[str, str]]:
    """List those of the named fields that the present address has, for a form to carry along."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    return [
        (field, value)
        for field, values in request.GET.lists()
        if field in names.split()
        for value in values
    ]


@register.simple_tag(takes_context=True)
def kept_but(context: Context, name: str) -> list[tuple[str, str]]:
    """List the fields of the present address that a form which sets `name` carries along."""
    request: HttpRequest | None = context.get("request")
    query = request.GET if request else QueryDict()
    return [(key, value) for key, values in query.lists() if key != name for value in values]


@register.filter
def around(page: Page[object]) -> list[int | str]:
    """List the page numbers worth a link, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@register.filter
def bars(counts: Sequence[Mapping[str, object]]) -> list[Bar]:
    """Lay out rows of `label` and `value` as bars, the highest filling the chart."""
    values = [int(str(row["value"])) for row in counts]
    highest = max([*values, 1])
    drawn = []
    for place, (row, value) in enumerate(zip(counts, values, strict=True)):
        height = CHART_HEIGHT * value / highest
        # As text, because a drawing needs a point where a page's language may write a comma.
        top, tall = f"{CHART_HEIGHT - height:.2f}", f"{height:.2f}"
        drawn.append(Bar(str(row["label"]), value, place, top, tall))
    return drawn
