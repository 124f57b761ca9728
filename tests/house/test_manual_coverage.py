"""What the reference says of the vendor's manual is so: its numbers, and that its tests exist."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
REFERENCE = TESTS.parent / "docs" / "reference"
COVERAGE = (REFERENCE / "manual-coverage.md").read_text(encoding="utf-8")
CELLS = re.compile(r"(?<=\|) (.*?) (?=\|)")
OWN_PLACE = "has its own place later"


def rows() -> list[list[str]]:
    """Return the cells of each row: manual, stored, shown, takes effect, tested."""
    lines = [line for line in COVERAGE.splitlines() if line.startswith("| ")]
    return [cells for line in lines if (cells := CELLS.findall(line))[0] != "manual"]


def waits(cells: list[str]) -> bool:
    return bool(re.search(r"which comes? later", " ".join(cells)))


def lacks(cells: list[str]) -> bool:
    return any(cell == "no" or "partly" in cell for cell in cells[1:])


def test_the_numbers_of_its_head_are_those_of_its_rows() -> None:
    placed = [cells for cells in rows() if OWN_PLACE in cells]
    told = [cells for cells in rows() if OWN_PLACE not in cells]
    waiting = [cells for cells in told if waits(cells)]
    lacking = [cells for cells in told if lacks(cells) and not waits(cells)]
    bare = [cells for cells in waiting + lacking if cells[1] == cells[2] == cells[4] == "no"]
    complete = len(told) - len(waiting) - len(lacking)
    assert f"{complete} of {len(told)} rows are complete:" in COVERAGE
    assert f"; {len(waiting)} wait for a part that comes later" in COVERAGE
    assert f"; {len(lacking)} lack something else." in COVERAGE
    head = f"Of {len(bare)} of these {len(waiting) + len(lacking)} nothing at all is there yet"
    assert f"{head}, and {len(placed)} more lines stand" in COVERAGE


def test_every_row_has_its_five_cells() -> None:
    assert [cells[0] for cells in rows() if len(cells) != 5] == []


@pytest.mark.parametrize("file", sorted(set(re.findall(r"`([\w/]+\.py)::", COVERAGE))))
def test_the_tests_that_it_names_are_there(file: str) -> None:
    named = set(re.findall(rf"`{file}::(\w+)`", COVERAGE))
    parsed = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    assert named <= {one.name for one in parsed.body if isinstance(one, functions)}
