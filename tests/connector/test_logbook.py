"""No row of a device's log is lost or counted twice, whatever the log goes through."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.connector.logbook import Line, Mark, begin, follow, resume


class Device:
    """A log that grows, is cleared with ids that begin anew, and answers with repeated rows."""

    def __init__(self) -> None:
        self.rows: list[Line] = []
        self.serial = 0
        self.next_id = 1

    def scan(self) -> str:
        self.serial += 1
        self.rows.insert(0, Line(self.next_id, f"row {self.serial}"))
        self.next_id += 1
        return f"row {self.serial}"

    def clear(self) -> None:
        self.rows.clear()
        self.next_id = 1

    def read(self, page: int | None, repeats: int) -> tuple[list[Line], bool]:
        rows = [row for row in self.rows for _ in range(repeats)]
        shown = rows if page is None else rows[: page * 10]
        return shown, len(shown) == len(rows)


def poll(mark: Mark, device: Device, repeats: int) -> tuple[list[tuple[int, Line]], Mark]:
    for page in (1, 5, None):
        lines, complete = device.read(page, repeats)
        reading = follow(mark, lines, complete=complete)
        if reading.whole:
            found = [(one.generation, lines[one.position]) for one in reading.fresh]
            return found, reading.mark
    raise AssertionError("a whole log is always enough")


steps = st.lists(
    st.one_of(
        st.integers(1, 80).map(lambda count: ("scan", count)),
        st.integers(1, 3).map(lambda repeats: ("poll", repeats)),
        st.just(("clear", 0)),
    ),
    max_size=25,
)


@given(st.integers(0, 30), steps)
def test_every_row_is_told_exactly_once_and_in_order(
    before: int, events: list[tuple[str, int]]
) -> None:
    device = Device()
    for _ in range(before):
        device.scan()
    mark = begin(device.read(1, 1)[0])
    expected: list[str] = []
    unread: list[str] = []
    told: list[tuple[int, Line]] = []
    for kind, count in [*events, ("poll", 1)]:
        if kind == "scan":
            unread += [device.scan() for _ in range(count)]
        elif kind == "clear":
            # What was not read when the log was cleared is gone for good.
            device.clear()
            unread.clear()
        else:
            found, mark = poll(mark, device, count)
            told += found
            expected += unread
            unread.clear()
    assert [line.fingerprint for _, line in told] == expected
    names = [(generation, line.number) for generation, line in told]
    assert len(set(names)) == len(names)
    assert [generation for generation, _ in names] == sorted(generation for generation, _ in names)


def test_ids_that_begin_anew_over_old_rows_are_another_generation() -> None:
    mark = begin([Line(501, "b"), Line(500, "a")])
    lines = [Line(1, "c"), Line(501, "b"), Line(500, "a")]
    reading = follow(mark, lines, complete=True)
    assert [(one.position, one.generation) for one in reading.fresh] == [(0, 1)]


def test_an_old_row_repeated_in_front_does_not_end_the_reading() -> None:
    mark = begin([Line(3, "c"), Line(2, "b"), Line(1, "a")])
    page = [Line(1, "a"), *(Line(number, f"n{number}") for number in range(14, 5, -1))]
    assert not follow(mark, page, complete=False).whole
    whole = [*page, Line(5, "n5"), Line(4, "n4"), Line(3, "c"), Line(2, "b"), Line(1, "a")]
    reading = follow(mark, whole, complete=True)
    assert [whole[one.position].number for one in reading.fresh] == list(range(4, 15))


def test_a_log_that_rolled_past_the_mark_is_a_gap() -> None:
    mark = begin([Line(3, "c")])
    reading = follow(mark, [Line(9, "i"), Line(8, "h")], complete=True)
    assert reading.gap
    assert [one.generation for one in reading.fresh] == [0, 0]


def test_a_row_without_a_number_counts_once() -> None:
    mark = begin([])
    reading = follow(mark, [Line(None, "x"), Line(1, "a")], complete=True)
    assert len(reading.fresh) == 2
    again = follow(reading.mark, [Line(None, "x"), Line(1, "a")], complete=True)
    assert again.fresh == ()


def test_another_reader_goes_on_behind_the_row_that_is_known() -> None:
    lines = [Line(number, f"n{number}") for number in range(9, 3, -1)]
    mark = resume(2, 6, lines)
    reading = follow(mark, lines, complete=True)
    assert [lines[one.position].number for one in reading.fresh] == [7, 8, 9]
    assert {one.generation for one in reading.fresh} == {2}


def test_another_reader_of_a_log_that_began_anew_reads_all_of_it() -> None:
    lines = [Line(2, "b"), Line(1, "a")]
    reading = follow(resume(2, 500, lines), lines, complete=True)
    assert [one.generation for one in reading.fresh] == [3, 3]
