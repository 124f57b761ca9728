"""A column whose cells are templates, drawn within the page's own context."""

from typing import Any

import django_tables2 as tables
from django.template.loader import get_template
from django.utils.safestring import SafeString


class Cell(tables.TemplateColumn):
    """A cell of a list. A plain TemplateColumn would run the context processors for each."""

    # Any: a row may be anything that a list shows.
    def render(self, record: Any, table: Any, value: Any, **details: Any) -> SafeString:
        cell = get_template(self.template_name).template  # type: ignore[attr-defined]
        with table.context.push(record=record, value=value):
            return SafeString(cell.render(table.context))
