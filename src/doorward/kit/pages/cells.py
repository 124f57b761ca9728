"""The columns of a list's table as those of a sheet."""

import html
from collections.abc import Iterator, Sequence
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.template import Context
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from doorward.kit.sheets import Column, Kind, Sheet
from doorward.kit.sheets.defusing import defused
from doorward.kit.tables import Moment

if TYPE_CHECKING:
    from doorward.kit.pages.list import ListPage

# A row of a table by the names of its columns. Any: what stands in a cell.
Cells = dict[str, Any]


# Any: a table comes without types.
def sheet_of(page: "ListPage", table: Any, *, whole: bool) -> Sheet[Cells]:
    """Return a sheet of the columns that are shown, or of all that may be seen."""
    columns = [
        column
        for column in (table.columns.iterall() if whole else table.columns)
        if str(column.header).strip() and column.name not in table.barred
    ]
    return Sheet(page.title, [_column(page, column) for column in columns])


def cells_of(page: "ListPage", records: Sequence[Any]) -> Iterator[Cells]:
    """Yield what the page's table would show of each row."""
    table = page.table(records, order_by=())
    table.request = page.request
    table.context = Context({"page": page, "request": page.request, "table": table})
    page.dress(table, records)
    names = [column.name for column in table.columns.iterall() if str(column.header).strip()]
    for row in table.rows:
        yield {name: _plain(row.get_cell_value(name)) for name in names}


def _column(page: "ListPage", column: Any) -> Column[Cells]:
    name = column.name
    if isinstance(column.column, Moment):
        head = f"{column.header} ({page.local().zone})"
        return Column(name, head, value=itemgetter(name), kind=Kind.MOMENT)
    if "number" in (column.attrs["td"].get("class") or "").split():
        return Column(name, column.header, value=partial(_number, name), kind=Kind.NUMBER)
    return Column(name, column.header, value=itemgetter(name))


def _plain(value: object) -> object:
    """Return what a cell says, without its marks."""
    if not isinstance(value, SafeString):
        return value
    return " ".join(html.unescape(strip_tags(value)).split())


def _number(name: str, cells: Cells) -> object:
    """Return what a column of numbers has; words in it are text like any other."""
    value = cells[name]
    return value if value is None or isinstance(value, int | float) else defused(str(value))
