"""What a list has, as a file: CSV or XLSX, with every column or with those that are shown."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, ClassVar
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.text import slugify

from doorward.kit import clock
from doorward.kit.errors import Refused, Text
from doorward.kit.pages.asked import Fault
from doorward.kit.pages.doing import ActingPage
from doorward.kit.sheets import Local, Sheet, write_csv, write_xlsx

# Label, value and field of a filter that is on.
Chip = tuple[Text, Text, str]
# Rows that are fetched and completed at once, so that any number of them takes the same memory.
PORTION = 500

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": _WORKBOOK}
_WRITERS: dict[str, Callable[..., None]] = {"csv": write_csv, "xlsx": write_xlsx}


# Any: rows of every kind, and what stands in a sheet for them.
@dataclass(frozen=True)
class Paper:
    """A sheet, and what turns a portion of a list's rows into lines of it."""

    sheet: Sheet[Any]
    lines: Callable[[Sequence[Any]], Iterable[Any]]


class ExportPage(ActingPage):
    """A list that can be had as a file."""

    # Every column that the file may have; its names are those of the list's own columns.
    sheet: ClassVar[Sheet[Any] | None] = None

    def ordered(self) -> QuerySet[Any]:
        """Return the rows that match the address, in the order it asks for."""
        raise NotImplementedError

    def paper(self, *, whole: bool) -> Paper:
        """Return the sheet with every column there is, or with those that are shown."""
        raise NotImplementedError

    def faults(self) -> Sequence[Fault]:
        """Return what the address asks for that the list does not have, once rows were asked."""
        raise NotImplementedError

    def faults_in(self, query: QueryDict) -> Sequence[Fault]:
        """Return what another address asks for that the list does not have."""
        return ()

    def chips(self) -> list[Chip]:
        """Return (label, value, field) of what the rows are narrowed to."""
        raise NotImplementedError

    def complete(self, records: Sequence[Any]) -> Sequence[Any]:
        """Fetch, for all of these rows at once, what `sheet` has beside their own fields."""
        return records

    def names(self) -> Iterable[Text]:
        """Return what a file of the list is called."""
        return [self.title]

    def local(self) -> Local:
        """Return how times stand in a file of the list."""
        return Local(ZoneInfo("UTC"))


@dataclass(frozen=True)
class Export:
    """A list as a file of one of `CONTENT_TYPES`; `whole` is with every column there is."""

    page: ExportPage
    form: str
    whole: bool

    @property
    def name(self) -> str:
        title = slugify(" ".join(map(str, self.page.names()))) or "list"
        return f"{title}-{clock.now().astimezone(self.page.local().zone):%Y-%m-%d}.{self.form}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.form]

    def count(self, limit: int | None = None) -> int:
        """Count the rows; with a limit, no further than to one above it."""
        rows = self._rows().order_by().values("pk")
        return (rows if limit is None else rows[: limit + 1]).count()

    def write(self, stream: BinaryIO, told: Callable[[int], None] = lambda _count: None) -> int:
        """Write the file and return how many rows are in it, telling of each portion.

        In a transaction the rows come from one cursor, as of one moment.
        """
        rows, paper = self._rows(), self.page.paper(whole=self.whole)
        written = 0

        def lines() -> Iterable[Any]:
            nonlocal written
            found = rows.iterator(chunk_size=PORTION)
            while portion := list(islice(found, PORTION)):
                yield from paper.lines(portion)
                written += len(portion)
                told(len(portion))

        _WRITERS[self.form](paper.sheet, lines(), stream, self.page.local())
        return written

    def _rows(self) -> QuerySet[Any]:
        rows = self.page.ordered()
        if faults := self.page.faults():
            raise Refused("list.address", " ".join(str(fault.text) for fault in faults))
        return rows


def without(sheet: Sheet[Any], barred: Iterable[str]) -> Sheet[Any]:
    """Return a sheet without the columns that somebody may not see."""
    columns = [column for column in sheet.columns if column.name not in set(barred)]
    return Sheet(sheet.title, columns, sheet.about)
