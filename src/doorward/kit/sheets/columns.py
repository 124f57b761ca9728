"""What a sheet is: its columns, how each is named, filled and explained."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from doorward.kit.errors import Text

T = TypeVar("T")

# What a cell of a workbook takes (ECMA-376 leaves it open; Excel's specifications and limits).
MAX_CELL = 32_767
# Rows that an import takes, the header apart.
MAX_ROWS = 20_000


class Kind(StrEnum):
    """What stands in a column's cells.

    MOMENT is an aware datetime, written as wall time. CODE is text made of digits that a
    spreadsheet program must not take for a number: its cells are formatted as text.
    """

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    MOMENT = "moment"
    CHOICE = "choice"


class Order(StrEnum):
    """How a date is written by a site, of which sheets know no more."""

    YMD = "ymd"
    MDY = "mdy"
    DMY = "dmy"


@dataclass(frozen=True)
class Local:
    """How times stand in a sheet: wall time of this zone, dates in this order."""

    zone: ZoneInfo
    order: Order = Order.YMD


@dataclass(frozen=True)
class Column(Generic[T]):
    """A column: `name` in code, `header` on paper, and the `value` of a thing that it shows.

    A value is text, a number, an aware datetime, a choice's code, a list of texts, or None. A
    `choices` column takes labels and codes when it is read; its template offers the labels. A
    date without a time counts from its start, with `ends_day` until its end.
    """

    name: str
    header: Text
    value: Callable[[T], object] = field(kw_only=True)
    kind: Kind = field(default=Kind.TEXT, kw_only=True)
    mandatory: bool = field(default=False, kw_only=True)
    example: str = field(default="", kw_only=True)
    help: Text = field(default="", kw_only=True)
    width: int = field(default=18, kw_only=True)
    choices: Mapping[str, Text] = field(default_factory=dict, kw_only=True)
    ends_day: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """Columns under a title, which is also the name of the workbook's sheet."""

    title: Text
    columns: Sequence[Column[T]]
    # Sentences for whoever fills it in, above the list of columns.
    about: Sequence[Text] = ()
