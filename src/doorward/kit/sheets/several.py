"""Several names in one cell, with semicolons between them."""

import csv
import io
from collections.abc import Iterable


def joined(names: Iterable[str]) -> str:
    """Return names as one text; one that holds a semicolon stands in quotation marks."""
    return "; ".join(_quoted(name) for name in names)


def split(text: str) -> list[str]:
    """Return the names in a text, each once and without the blanks around it."""
    line = text.replace("\n", " ").replace("\r", " ")
    cells = next(csv.reader([line], delimiter=";", skipinitialspace=True), [])
    return list(dict.fromkeys(name for cell in cells if (name := cell.strip())))


def _quoted(name: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="").writerow([name])
    return text.getvalue()
