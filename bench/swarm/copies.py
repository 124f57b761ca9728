"""Rows as copies of one that there is, written by SQL where deeds would take a day."""

from django.db import models
from django.db.backends.utils import CursorWrapper


class Copies:
    """Adds copies of a row, one for each row of a series, with other values in some columns."""

    def __init__(self, cursor: CursorWrapper) -> None:
        self.cursor = cursor

    def of(self, row: models.Model, series: str, **values: str) -> None:
        table = row._meta.db_table
        columns = [f.column for f in row._meta.concrete_fields if not f.generated]
        names = ", ".join(f'"{name}"' for name in columns)
        taken = ", ".join(values.get(name, f'pattern."{name}"') for name in columns)
        rows = series if series.startswith("generate") else f"{series} AS place"
        self.cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {taken}"
            f" FROM {rows}, {table} AS pattern WHERE pattern.id = {row.pk}"
        )
