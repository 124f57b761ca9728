"""What people bring as a sheet is read as they meant it, or told with its cell and its mend."""

import io
from datetime import UTC, date, datetime

import pytest
import python_calamine
import xlsxwriter

from doorward.kit.sheets import (
    CLEARED,
    Line,
    WrongHeader,
    csv_template,
    several,
    write_csv,
    write_template,
    write_xlsx,
)
from tests.kit.sheets.people import (
    BERLIN,
    HEADS,
    PEOPLE,
    Someone,
    by_hand,
    csv,
    inline,
    table,
    workbook,
)

RITA = ("Rita", "Moreno", "10001")


def only(content: bytes) -> Line:
    (line,) = table(content)
    return line


def header_faults(content: bytes) -> list[str]:
    with pytest.raises(WrongHeader) as refusal:
        table(content)
    return [f"{fault.words} {fault.mend}" for fault in refusal.value.faults]


# --- There and back ---------------------------------------------------------------------------

HARD_TEXTS = [
    "=1+1",
    "+49 30 901820",
    "--",
    "-2",
    "@SUM(A1)",
    "'=1",
    "''+1",
    "'t Hooft",
    'O"Neil, "Bob"',
    "a;b\tc|d",
    "two\nlines",
    "00042",
    "1e5",
    "Zoë 张伟 🙂",
    "_x0041_",
    "bell\x07",
    "<b>&amp;</b>",
    "TRUE",
    "2026-01-01",
]


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_is_written_reads_back_as_it_was(write) -> None:  # type: ignore[no-untyped-def]
    people = [
        Someone(first=text, until=datetime(2026, 7, 1, 6, 30, tzinfo=UTC), count=3)
        for text in HARD_TEXTS
    ]
    stream = io.BytesIO()
    write(PEOPLE, people, stream, BERLIN)
    told = [line.told for line in table(stream.getvalue())]
    assert [row["first_name"] for row in told] == HARD_TEXTS
    assert told[0]["until"] == datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    assert (told[0]["status"], told[0]["count"]) == ("active", 3)


def test_no_cell_of_a_csv_begins_like_a_formula() -> None:
    stream = io.BytesIO()
    write_csv(PEOPLE, [Someone(first=text) for text in HARD_TEXTS], stream, BERLIN)
    for line in stream.getvalue().decode("utf-8-sig").splitlines()[1:]:
        assert line.lstrip('"')[:1] not in set("=+-@\t\r")


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    stream = io.BytesIO()
    write_xlsx(PEOPLE, [Someone(first=text) for text in HARD_TEXTS], stream, BERLIN)
    sheet = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue()))
    cells = sheet.get_sheet_by_index(0).to_python()
    assert [row[0] for row in cells[1:]] == HARD_TEXTS


def test_an_empty_template_brings_its_own_example_as_nobody() -> None:
    stream = io.BytesIO()
    write_template(PEOPLE, stream, BERLIN)
    for template in (stream.getvalue(), csv_template(PEOPLE)):
        with pytest.raises(Exception, match=r"sheet\.no_rows"):
            list(table(template))


def test_rows_of_a_workbook_lie_nowhere_while_it_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_told: object, **_options: object) -> None:
        raise AssertionError("a file in between")

    for maker in ("mkstemp", "TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(f"tempfile.{maker}", refuse)
    stream = io.BytesIO()
    write_xlsx(PEOPLE, [Someone()] * 1_000, stream, BERLIN)
    assert len(list(table(stream.getvalue()))) == 1_000


def test_another_reader_sees_the_same_in_a_workbook() -> None:
    """Read a file with many kinds of cells by this reader and by an independent one."""
    rows = [(f"First {n}", f"Last {n}", f"{n:05}", None, "Active", n) for n in range(300)]
    content = workbook(HEADS, *rows)
    other = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    expected = other.get_sheet_by_index(0).to_python()[1:]
    for line, theirs in zip(table(content), expected, strict=True):
        told = line.told
        assert [told["first_name"], told["last_name"], told["personnel_id"]] == theirs[:3]
        assert told["count"] == theirs[5]


@pytest.mark.parametrize("names", [[], ["A"], ["A", "B c"], ["A;B", 'C "D"'], ["A, B", "C"]])
def test_several_names_in_a_cell_come_apart_again(names: list[str]) -> None:
    assert several.split(several.joined(names)) == names


# --- As people meant it -----------------------------------------------------------------------


def test_stray_blanks_of_every_kind_are_left_out() -> None:
    line = only(workbook(HEADS[:3], ("\u00a0Rita\u200b ", "\tMoreno\n", "\ufeff10001 ")))
    assert line.told == dict(zip(("first_name", "last_name", "personnel_id"), RITA, strict=True))


def test_a_hyphen_alone_empties_and_an_empty_cell_says_nothing() -> None:
    line = only(csv(HEADS[:4], ("Rita", "", "-", " - ")))
    assert line.told == {"first_name": "Rita", "personnel_id": CLEARED, "until": CLEARED}


def test_columns_may_stand_in_any_order_and_some_be_missing() -> None:
    line = only(workbook(("last NAME *", "first_name"), ("Moreno", "Rita")))
    assert line.told == {"last_name": "Moreno", "first_name": "Rita"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("31.12.2026 18:00", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("31/12/2026 6:00 pm", datetime(2026, 12, 31, 17, tzinfo=UTC)),
        ("2026-12-31T18:00:30", datetime(2026, 12, 31, 17, 0, 30, tzinfo=UTC)),
        # A day counts to its end.
        ("31.12.2026", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        # The hour that comes twice is the first of them.
        ("25.10.2026 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_the_site_writes_it(typed: str, expected: datetime) -> None:
    assert only(csv(HEADS[:4], (*RITA, typed))).told["until"] == expected


@pytest.mark.parametrize(
    "typed",
    [
        "31.02.2026",
        "12/31/2026",
        "31.12.26",
        "soon",
        "1.1.9999",
        "29.03.2026 02:30",
        "1.1.2026 25:00",
    ],
)
def test_a_moment_that_never_comes_is_told_with_its_mend(typed: str) -> None:
    line = only(csv(HEADS[:4], (*RITA, typed)))
    (fault,) = line.faults
    assert (fault.sheet, fault.row, fault.column, fault.cell) == ("People", 2, "Valid until", "D2")
    assert fault.words
    assert fault.mend


@pytest.mark.parametrize("since_1904", [False, True])
def test_a_date_cell_is_read_by_its_format(since_1904: bool) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"date_1904": since_1904}) as book:
        page = book.add_worksheet("People")
        page.write_row(0, 0, HEADS[:4])
        for row, code in ((1, "dd.mm.yyyy"), (2, "dd.mm.yyyy hh:mm"), (3, '"m"0.0')):
            page.write_row(row, 0, RITA)
            shown = book.add_format({"num_format": code})
            if row < 3:
                page.write_datetime(row, 3, date(2026, 7, 1), shown)
            else:
                page.write_number(row, 3, 46000, shown)
    day, moment, number = table(stream.getvalue())
    assert day.told["until"] == datetime(2026, 7, 1, 22, tzinfo=UTC)
    assert moment.told["until"] == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert number.faults[0].cell == "D4"


def test_digits_that_became_a_number_are_read_as_they_are_shown() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("People")
        page.write_row(0, 0, HEADS[:3])
        page.write_row(1, 0, ("Rita", "Moreno", 10001))
        page.write_row(2, 0, ("Bob", "Birch"))
        page.write_number(2, 2, 42, book.add_format({"num_format": "00000"}))
        page.write_row(3, 0, ("Ada", "Young", 12345678901234567))
    plain, padded, rounded = table(stream.getvalue())
    assert (plain.told["personnel_id"], padded.told["personnel_id"]) == ("10001", "00042")
    (fault,) = rounded.faults
    assert (fault.cell, "rounded" in fault.words, "as text" in fault.mend) == ("C4", True, True)


def test_runs_of_a_text_are_joined_and_how_it_is_read_aloud_left_out() -> None:
    rich = '<row r="2"><c r="A2" t="s"><v>0</v></c>' + inline("B2", "Moreno") + "</row>"
    strings = "<sst><si><r><t>Ri</t></r><r><rPr/><t>ta</t></r><rPh><t>reeta</t></rPh></si></sst>"
    line = only(by_hand(rich, others={"xl/sharedStrings.xml": strings}))
    assert line.told["first_name"] == "Rita"


def test_cells_and_rows_without_an_address_follow_one_another() -> None:
    row = "<row><c t='inlineStr'><is><t>Rita</t></is></c><c t='str'><v>Moreno</v></c></row>"
    line = only(by_hand(row))
    assert (line.number, line.told["last_name"]) == (2, "Moreno")


# --- CSV as programs save it -------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_is_read_in_any_usual_encoding_and_with_any_separator(
    encoding: str, separator: str
) -> None:
    content = csv(HEADS[:3], ("Zoë", "Müller", "10001"), separator=separator, encoding=encoding)
    assert only(content).told["last_name"] == "Müller"


def test_a_line_that_tells_excel_the_separator_is_no_header() -> None:
    line = only(b"sep=;\r\n" + csv(HEADS[:3], RITA, separator=";"))
    assert (line.number, line.told["first_name"]) == (3, "Rita")


def test_quoted_cells_hold_separators_quotes_and_lines() -> None:
    line = only(csv(HEADS[:2], ('"Rita, ""R"""', '"Mor\neno"')))
    assert line.told == {"first_name": 'Rita, "R"', "last_name": "Mor\neno"}


def test_rows_are_numbered_as_on_screen_and_blank_ones_count() -> None:
    lines = list(table(csv(HEADS[:2], RITA[:2], ("",), (" ", ""), ("Bob", "Birch"))))
    assert [line.number for line in lines] == [2, 5]


# --- Headers ----------------------------------------------------------------------------------


def test_a_header_says_what_is_missing_strange_and_twice() -> None:
    faults = header_faults(workbook(("First name", "Frist name", "Colour", "First name"), RITA))
    assert faults == [
        "Column B is called “Frist name”, which is none of ours. Did you mean “First name”? "
        "Write it so.",
        "Column C is called “Colour”, which is none of ours. Rename it as in the template, or "
        "delete it.",
        "“First name” stands twice, in columns A and D. Delete one of them.",
        "The column “Last name” is missing. Add it as in the template.",
    ]


def test_a_header_below_the_first_row_is_found_and_told() -> None:
    (fault,) = header_faults(workbook(("All our people",), (), HEADS, RITA))
    assert fault == (
        "The names of the columns stand in row 3. Delete the rows above: they belong in row 1."
    )


def test_a_list_without_a_header_is_told_which_names_it_needs() -> None:
    (fault,) = header_faults(workbook(RITA))
    assert fault.startswith("The first row does not name the columns. Copy the template's")
    assert "Valid until" in fault


def test_what_stands_outside_the_named_columns_is_told() -> None:
    line = only(workbook(HEADS[:3], (*RITA, None, "stray")))
    assert [(fault.cell, fault.column) for fault in line.faults] == [("E2", "E")]


def test_of_several_sheets_the_one_of_our_name_is_read() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("Notes").write_row(0, 0, ("hello",))
        page = book.add_worksheet("people")
        page.write_row(0, 0, HEADS[:3])
        page.write_row(1, 0, RITA)
    assert only(stream.getvalue()).told["first_name"] == "Rita"


# --- Cells that nobody may read ---------------------------------------------------------------


def test_formulas_and_errors_are_told_with_their_cell_even_with_a_result() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("People")
        page.write_row(0, 0, HEADS[:3])
        page.write_row(1, 0, RITA)
        page.write_formula("B2", '="Mor"&"eno"', value="Moreno")
    errors = by_hand('<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><f>A1</f></c></row>')
    (formula,) = only(stream.getvalue()).faults
    assert (formula.cell, formula.words) == ("B2", "This cell holds a formula.")
    assert [fault.words for fault in only(errors).faults] == [
        "This cell holds the error #N/A.",
        "This cell holds a formula.",
    ]


def test_merged_cells_are_told_with_their_range() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet("People")
        page.write_row(0, 0, HEADS[:3])
        page.write_row(1, 0, RITA)
        page.merge_range("A3:B4", "Two of them")
    read = table(stream.getvalue())
    list(read)
    assert [(fault.cell, fault.words) for fault in read.merged] == [("A3:B4", "Cells are merged.")]


def test_a_choice_that_is_none_and_a_number_that_is_none_are_told() -> None:
    faults = only(csv(HEADS, (*RITA, "", "resting", "many"))).faults
    assert [(fault.cell, fault.mend) for fault in faults] == [
        ("E2", "Choose one of: Active, Suspended."),
        ("F2", "Write it with digits, such as 12 or 2.5."),
    ]


def test_a_date_in_a_column_of_text_is_text_as_the_site_writes_it() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"default_date_format": "dd/mm/yyyy"}) as book:
        page = book.add_worksheet("People")
        page.write_row(0, 0, HEADS[:2])
        page.write_row(1, 0, ("Rita",))
        page.write_datetime(1, 1, date(2026, 7, 1))
    assert only(stream.getvalue()).told["last_name"] == "01.07.2026"
