"""A small sheet of people, and files made of it by other hands."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import xlsxwriter

from doorward.kit.sheets import Column, Kind, Local, Order, Sheet, Table

BERLIN = Local(ZoneInfo("Europe/Berlin"), Order.DMY)


@dataclass
class Someone:
    first: str = "Rita"
    last: str = "Moreno"
    number: str = "10001"
    until: datetime | None = None
    status: str = "active"
    count: int | None = None


PEOPLE: Sheet[Someone] = Sheet(
    "People",
    [
        Column("first_name", "First name", value=lambda p: p.first, mandatory=True, example="Eva"),
        Column("last_name", "Last name", value=lambda p: p.last, mandatory=True, example="Sample"),
        Column("personnel_id", "Personnel ID", value=lambda p: p.number, kind=Kind.CODE),
        Column("until", "Valid until", value=lambda p: p.until, kind=Kind.MOMENT, ends_day=True),
        Column(
            "status",
            "Status",
            value=lambda p: p.status,
            kind=Kind.CHOICE,
            choices={"active": "Active", "suspended": "Suspended"},
            help="Suspended people keep their rights and open nothing.",
        ),
        Column("count", "Keys", value=lambda p: p.count, kind=Kind.NUMBER),
    ],
)
HEADS = ("First name", "Last name", "Personnel ID", "Valid until", "Status", "Keys")


def table(content: bytes) -> Table:
    return Table(io.BytesIO(content), PEOPLE, BERLIN)


def workbook(*rows: tuple[object, ...], sheet: str = "People") -> bytes:
    """Return a workbook as a spreadsheet program would save it."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return stream.getvalue()


def csv(*rows: tuple[str, ...], separator: str = ",", encoding: str = "utf-8") -> bytes:
    return "".join(separator.join(row) + "\r\n" for row in rows).encode(encoding)


NAMES = "http://schemas.openxmlformats.org"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="x"/>',
    "_rels/.rels": (
        f'<Relationships><Relationship Id="rId1" Type="{NAMES}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns:r="{NAMES}/relationships"><sheets>'
        '<sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships><Relationship Id="rId1" Type="{NAMES}/worksheet" '
        'Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{NAMES}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>"
    ),
    "xl/sharedStrings.xml": "<sst/>",
}


def inline(ref: str, text: str) -> str:
    return f'<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD_ROW = '<row r="1">{}</row>'.format(
    "".join(inline(f"{letter}1", head) for letter, head in zip("ABCDEF", HEADS, strict=True))
)


def by_hand(
    rows: str = "", *, after: str = "", others: Mapping[str, str | bytes] | None = None
) -> bytes:
    """Return a workbook put together part by part: the header, these rows, other parts."""
    parts: dict[str, str | bytes] = {
        **PARTS,
        "xl/worksheets/sheet1.xml": (
            f"<worksheet><sheetData>{HEAD_ROW}{rows}</sheetData>{after}</worksheet>"
        ),
        **(others or {}),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()
