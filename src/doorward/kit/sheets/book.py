"""Writing XLSX row by row straight into its archive, so that no row lies anywhere in between.

What is written is the least that makes a workbook (Office Open XML, ECMA-376 part 1, chapter 18):
one sheet with inline texts, whose header stays in sight.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from django.utils.translation import gettext as _

from doorward.kit.errors import Refused
from doorward.kit.sheets.letters import letters_of

# Places among the formats of `_STYLES`.
PLAIN, HEAD, MUST, TEXT, LIVE, MOMENT = range(6)
# A value of a cell with its format; an empty text is no cell.
Cell = tuple[str | float | datetime, int]

_TITLE = 31
# What a sheet of a workbook takes, its header included.
_MOST_ROWS = 1_048_576
# What a part of an archive takes that every program opens, in bytes.
_MOST_BYTES = (1 << 31) - (1 << 20)
# As many rows are put together before they are packed.
_AT_ONCE = 200
_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook knows no zones
# Signs that XML cannot hold, and texts that look as if they stood for one (18.4.9).
_HARD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|\r")

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KINDS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KINDS}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KINDS}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KINDS}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
}
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFF3CD"/></patternFill></fill></fills>'
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    '<border><left/><right/><top/><bottom style="thin"/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="6"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    + "".join(
        f'<xf numFmtId="0" fontId="1" fillId="{fill}" borderId="1" xfId="0" applyFont="1"'
        ' applyFill="1" applyBorder="1" applyAlignment="1"><alignment wrapText="1"/></xf>'
        for fill in (0, 2)
    )
    + "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="0" xfId="0"'
        f' applyNumberFormat="1"{quoted}/>'
        for number, quoted in ((49, ""), (49, ' quotePrefix="1"'), (164, ""))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>"
)


def write_book(
    title: str, columns: Sequence[tuple[int, int]], rows: Iterable[Sequence[Cell]], stream: BinaryIO
) -> None:
    """Write a workbook of one sheet; `columns` are widths and formats, the first row is its header.

    Raise `Refused` for more than a workbook takes.
    """
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        parts = {**_PARTS, "xl/styles.xml": _STYLES, "xl/workbook.xml": _workbook(title)}
        for name, content in parts.items():
            archive.writestr(name, _XML + content)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            size, waiting = 0, [_XML + _beginning(columns)]
            for number, row in enumerate(rows, 1):
                waiting.append(_row(number, row))
                if number % _AT_ONCE == 0:
                    size += part.write("".join(waiting).encode())
                    waiting.clear()
                if number > _MOST_ROWS or size > _MOST_BYTES:
                    raise _too_many()
            part.write("".join([*waiting, "</sheetData></worksheet>"]).encode())


def _workbook(title: str) -> str:
    name = quoteattr(_spelled(title[:_TITLE]))
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        f'<sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _beginning(columns: Sequence[tuple[int, int]]) -> str:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{width}" style="{form}" customWidth="1"/>'
        for place, (width, form) in enumerate(columns, 1)
    )
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>"
    )


def _row(number: int, row: Sequence[Cell]) -> str:
    cells = (
        _cell(f"{letters_of(place)}{number}", value, form)
        for place, (value, form) in enumerate(row)
        if value != ""
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: str | float | datetime, form: int) -> str:
    if isinstance(value, str):
        text = f'<is><t xml:space="preserve">{_spelled(value)}</t></is>'
        return f'<c r="{place}" s="{form}" t="inlineStr">{text}</c>'
    number = (value - _DAY_0).total_seconds() / 86_400 if isinstance(value, datetime) else value
    return f'<c r="{place}" s="{form}"><v>{number!r}</v></c>'


def _spelled(text: str) -> str:
    """Return a text as XML, with the signs that it cannot hold as `_x0007_`."""
    return escape(_HARD.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _too_many() -> Refused:
    message = _("A workbook takes a million rows. Choose CSV, or filter the list.")
    return Refused("sheet.rows", message)
