"""Columns: how their cells are marked, and cells that are templates in the page's own context."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.template.loader import get_template
from django.utils.safestring import SafeString

from doorward.kit.counts import MOST, count_words

# Where a number stands, and what a phone shows beside the first column.
NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}}
NUMBER_ON_PHONES = {"th": {"class": "number"}, "td": {"class": "number phone"}}
ON_PHONES = {"td": {"class": "phone"}}


class Cell(tables.TemplateColumn):
    """A cell of a list. A plain TemplateColumn would run the context processors for each."""

    # Any: a row may be anything that a list shows.
    def render(self, record: Any, table: Any, value: Any, **details: Any) -> SafeString:
        cell = get_template(self.template_name).template  # type: ignore[attr-defined]
        with table.context.push(record=record, value=value):
            return SafeString(cell.render(table.context))


class Count(tables.Column):
    """How many belong to a row, counted as far as `kit.counts` does."""

    # Any: what a table passes on.
    def __init__(self, *args: Any, **details: Any) -> None:
        super().__init__(*args, **{"attrs": NUMBER, **details})

    def render(self, value: int) -> str:
        return count_words(value)

    def value(self, value: int) -> object:
        """Return what stands in a file: a number, or that there are more."""
        return value if value <= MOST else count_words(value)


class Moment(Cell):
    """A cell about a moment, which stands in a file as the date and time that it is."""

    # Any: what a table passes on.
    def value(self, value: Any, **details: Any) -> datetime | None:
        return value if isinstance(value, datetime) else None
