"""Files that are no sheets, or mean harm, are refused with a reason, in little memory and time."""

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from doorward.kit.sheets import Unreadable
from doorward.kit.sheets.values import trimmed
from tests.kit.sheets.people import HEAD_ROW, HEADS, PARTS, by_hand, csv, inline, table, workbook

RITA = ("Rita", "Moreno", "10001")
MEGABYTE = 1024 * 1024


def refusal(content: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        list(table(content))
    assert str(caught.value.message).endswith(".")
    return caught.value


# --- Other kinds of files ---------------------------------------------------------------------


def _zip(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def _compound(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016) + stream.encode("utf-16-le")


OTHERS = {
    "Excel 97–2003 (.xls)": _compound("Workbook"),
    "Word (.doc)": _compound("WordDocument"),
    "OpenDocument (.ods)": _zip(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
    "Word (.docx)": _zip(word__document="<w/>"),
    "XLSB": _zip(**{"xl__workbook.bin": ""}),
    "ZIP": _zip(people="a"),
    "PDF": b"%PDF-1.7\n",
    "PNG": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "JPEG": b"\xff\xd8\xff\xe0" + bytes(64),
    "gzip": b"\x1f\x8b\x08" + bytes(32),
    "HTML": b"<!doctype html><html><table><tr><td>First name</td></tr></table></html>",
    "JSON": b'{"people": [{"first_name": "Rita"}]}',
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_kind_of_file_is_refused_by_its_name(kind: str) -> None:
    found = refusal(OTHERS[kind])
    assert found.code == "sheet.format"
    assert f"of the kind {kind}." in str(found.message)


@pytest.mark.parametrize("content", [b"", b"  \r\n", b"\n" * 1000])
def test_an_empty_file_is_told(content: bytes) -> None:
    assert refusal(content).code == "sheet.empty"


def test_a_workbook_with_a_password_is_told() -> None:
    assert refusal(_compound("EncryptedPackage")).code == "sheet.encrypted"
    locked = bytearray(by_hand())
    # The flag of each entry in the directory (APPNOTE.TXT 4.4.4).
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert refusal(bytes(locked)).code == "sheet.encrypted"


# --- Broken and lying archives ------------------------------------------------------------------


def test_a_workbook_cut_off_anywhere_is_told() -> None:
    whole = workbook(HEADS[:3], *[RITA] * 50)
    for length in range(4, len(whole) - 1, 97):
        assert refusal(whole[:length]).code in {"sheet.damaged", "sheet.format"}


def test_a_workbook_with_a_byte_turned_is_read_or_told() -> None:
    whole = workbook(HEADS[:3], *[RITA] * 5)
    for place in range(0, len(whole), 53):
        turned = bytearray(whole)
        turned[place] ^= 0xFF
        with suppress(Unreadable):
            list(table(bytes(turned)))


def test_names_that_lead_out_of_the_archive_are_refused() -> None:
    for name in ("../../evil.txt", "/etc/evil.txt", "xl/../../evil.xml"):
        assert refusal(by_hand(others={name: "x"})).code == "sheet.damaged"


def test_a_sheet_that_points_outside_is_no_sheet() -> None:
    rels = PARTS["xl/_rels/workbook.xml.rels"].replace(
        "worksheets/sheet1.xml", "../../../../etc/passwd"
    )
    assert refusal(by_hand(others={"xl/_rels/workbook.xml.rels": rels})).code == "sheet.damaged"


def test_the_same_name_twice_is_refused() -> None:
    stream = io.BytesIO(by_hand())
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(stream, "a") as archive,
    ):
        archive.writestr("xl/workbook.xml", PARTS["xl/workbook.xml"])
    assert refusal(stream.getvalue()).code == "sheet.damaged"


def test_a_way_of_packing_that_takes_memory_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    assert refusal(stream.getvalue()).code == "sheet.damaged"


def test_more_entries_than_a_workbook_has_are_refused_before_they_are_read() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/{number}", b"")
    assert refusal(stream.getvalue()).code == "sheet.too_large"


# --- XML that means harm ------------------------------------------------------------------------

LAUGHS = (
    '<!DOCTYPE sst [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi"))  # noqa: B905
    + "]><sst><si><t>&i;</t></si></sst>"
)
OUTSIDE = '<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'


@pytest.mark.parametrize("strings", [LAUGHS, OUTSIDE, "<sst><si>", "<sst>\x01</sst>", ""])
def test_entities_and_broken_xml_are_refused(strings: str) -> None:
    assert refusal(by_hand(others={"xl/sharedStrings.xml": strings})).code == "sheet.damaged"


def test_elements_without_end_in_elements_are_refused() -> None:
    deep = "<a>" * 100_000
    assert refusal(by_hand(others={"xl/sharedStrings.xml": deep})).code == "sheet.damaged"


def test_a_tag_without_end_and_names_without_end_are_refused() -> None:
    long_tag = f'<sst a="{"x" * 3 * MEGABYTE}"/>'
    names = "<sst>" + "".join(f"<n{number}/>" for number in range(100_000)) + "</sst>"
    for strings in (long_tag, names):
        assert refusal(by_hand(others={"xl/sharedStrings.xml": strings})).code == "sheet.damaged"


@pytest.mark.parametrize(
    "row",
    [
        '<row r="2"><c r="A2" t="s"><v>7</v></c></row>',
        '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>',
        '<row r="2"><c r="ZZZZ2"><v>7</v></c></row>',
        '<row r="2"><c r="Ä2"><v>7</v></c></row>',
        '<row r="9"/><row r="2"/>',
        '<row r="1048577"/>',
    ],
)
def test_cells_that_cannot_be_are_refused(row: str) -> None:
    assert refusal(by_hand(row)).code == "sheet.damaged"


@pytest.mark.parametrize("value", ["nan", "inf", "1e999", "seven", "²"])
def test_a_number_that_is_none_is_told_with_its_cell(value: str) -> None:
    (line,) = table(by_hand(f'<row r="2"><c r="C2"><v>{value}</v></c></row>'))
    assert [fault.cell for fault in line.faults] == ["C2"]


def test_a_text_longer_than_a_cell_takes_is_told_with_its_cell() -> None:
    (line,) = table(by_hand('<row r="2">' + inline("A2", "x" * MEGABYTE) + "</row>"))
    assert [(fault.cell, fault.mend) for fault in line.faults] == [("A2", "Shorten it.")]


@pytest.mark.parametrize("spelled", ["Ri_x0000_ta", "_xD800_"])
def test_a_sign_that_no_database_takes_is_told_with_its_cell(spelled: str) -> None:
    (line,) = table(by_hand('<row r="2">' + inline("A2", spelled) + "</row>"))
    assert [fault.cell for fault in line.faults] == ["A2"]


# --- Text that is none --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (csv(HEADS[:2], ("Ri\0ta", "Moreno")), "sheet.nul"),
        (csv(HEADS[:2]) + b"\x81\x8d", "sheet.characters"),
        ("\ufeffFirst name".encode("utf-16-le") + b"\x00\xd8", "sheet.characters"),
        (csv(HEADS[:2], ('"Rita', "Moreno")), "sheet.quotes"),
        (csv(HEADS[:2], ('"Rita" Rosa', "Moreno")), "sheet.quotes"),
        (csv(HEADS[:2], ('"' + "x\n" * 100_000, "Moreno")), "sheet.quotes"),
        (csv(HEADS[:2], ("x" * 2 * MEGABYTE, "Moreno")), "sheet.line"),
        (bytes(range(256)) * 64, "sheet.characters"),
    ],
)
def test_text_that_is_no_list_is_told(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_a_long_cell_of_a_csv_is_told_with_its_cell() -> None:
    (line,) = table(csv(HEADS[:2], ("x" * 40_000, "Moreno")))
    assert [fault.cell for fault in line.faults] == ["A2"]


# --- Too much -----------------------------------------------------------------------------------


def test_more_rows_than_an_import_takes_are_refused() -> None:
    many = csv(HEADS[:2], *[("Rita", "Moreno")] * 20_001)
    found = refusal(many)
    assert (found.code, "20,000" in str(found.message)) == ("sheet.rows", True)
    assert len(list(table(csv(HEADS[:2], *[("Rita", "Moreno")] * 20_000)))) == 20_000


def test_a_size_that_a_sheet_claims_is_not_believed() -> None:
    sheet = (
        '<worksheet><dimension ref="A1:XFD1048576"/><sheetData>'
        + HEAD_ROW
        + '<row r="1048576">'
        + inline("A1048576", "Rita")
        + "</row></sheetData></worksheet>"
    )
    (line,) = table(by_hand(others={"xl/worksheets/sheet1.xml": sheet}))
    assert line.number == 1_048_576


def test_something_far_to_the_right_is_refused() -> None:
    assert (
        refusal(by_hand('<row r="2">' + inline("XFD2", "x") + "</row>")).code == "sheet.too_large"
    )


# Each of these runs in a process of its own, whose memory is measured.


def _bomb() -> bytes:
    """Return a workbook with a text of 250 megabytes; the directory tells the truth."""
    return _with_strings(f"<sst><si><t>{'A' * 250 * MEGABYTE}</t></si></sst>")


def _lying_bomb() -> bytes:
    """Return one that is called a thousand bytes wherever it says its size."""
    name = b"xl/sharedStrings.xml"
    bomb = bytearray(_bomb())
    directory = bomb.rfind(b"PK\x01\x02", 0, bomb.rfind(name))
    struct.pack_into("<L", bomb, bomb.find(name) - 30 + 22, 1000)
    struct.pack_into("<L", bomb, directory + 24, 1000)
    return bytes(bomb)


def _million_empty_rows() -> bytes:
    rows = (f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 1_048_577))
    rita = '<row r="2">' + inline("A2", "Rita") + inline("B2", "Moreno") + "</row>"
    return by_hand(rita + "".join(rows))


def _millions_of_strings() -> bytes:
    return _with_strings("<sst>" + "<si><t>ab</t></si>" * 2_000_000)


def _one_endless_row() -> bytes:
    cells = "".join(f"<c t='inlineStr'><is><t>{'x' * 32_000}</t></is></c>" for _ in range(1_000))
    return by_hand(f'<row r="2">{cells}</row>')


def _many_cells_in_a_cell() -> bytes:
    return by_hand('<row r="2"><c r="A2">' + "<v>1</v>" * 500_000 + "</c></row>")


def _with_strings(strings: str) -> bytes:
    return by_hand(others={"xl/sharedStrings.xml": strings})


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "bomb": (_bomb, "sheet.too_large"),
    "lying": (_lying_bomb, "sheet.damaged"),
    "empty rows": (_million_empty_rows, "1 rows"),
    "strings": (_millions_of_strings, "sheet.too_large"),
    "endless row": (_one_endless_row, "sheet.too_large"),
    "cell in cell": (_many_cells_in_a_cell, "1 rows"),
}
_CHILD = """
import resource, sys, time
from tests import installation
installation.set_up()
from doorward.kit.sheets import Unreadable
from tests.kit.sheets.people import table
content = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    told = f"{len(list(table(content)))} rows"
except Unreadable as refusal:
    told = refusal.code
used = resource.getrusage(resource.RUSAGE_SELF)
print(told, used.ru_maxrss - before, used.ru_utime, sep="|")
"""


@pytest.mark.parametrize("name", BOMBS)
def test_what_unpacks_to_a_flood_takes_little_memory(name: str, tmp_path: Path) -> None:
    make, expected = BOMBS[name]
    file = tmp_path / "bomb.xlsx"
    file.write_bytes(make())
    told, kilobytes = _measured(file)
    assert told == expected
    assert kilobytes < 100 * 1024


def _measured(file: Path) -> tuple[str, int]:
    answer = subprocess.run(
        [sys.executable, "-c", _CHILD, str(file)], capture_output=True, text=True, check=True
    )
    told, kilobytes, _seconds = answer.stdout.strip().split("|")
    return told, int(kilobytes)


# --- Small files that say much ------------------------------------------------------------------


def test_blanks_within_a_text_are_gone_through_once() -> None:
    # Begun anew at each of them, this would take days.
    text = "a" + " " * 10_000_000 + "a"
    assert trimmed(f" \u200b{text}\ufeff\n") == text


def test_one_long_text_in_every_cell_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    content = csv(HEADS, *[("x" * 500, *[""] * (len(HEADS) - 1))] * 4)
    assert len(list(table(content))) == 4
    monkeypatch.setattr("doorward.kit.sheets.table.MOST_TEXT", 1_999)
    assert refusal(content).code == "sheet.too_large"


def test_a_sheet_of_nothing_but_faults_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (f'<row r="{row}">{inline(f"Z{row}", "x")}</row>' for row in (2, 3, 4))
    content = by_hand("".join(rows))
    assert [len(line.faults) for line in table(content)] == [1, 1, 1]
    monkeypatch.setattr("doorward.kit.sheets.table.MOST_FAULTS", 2)
    assert refusal(content).code == "sheet.too_wrong"
