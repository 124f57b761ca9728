"""Questions that every request asks: put together once, not each time."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

# Stands for the key while a question is put together; no row has it.
_MARK = -987_654_321


class Prepared:
    """Asks for plain values by one key: `Prepared(question)(key)`.

    Django puts a query together in Python each time it is asked; for a small one that takes longer
    than the answer. So `question` must give the same query for each key but for the key itself, and
    values that the database's driver understands by itself: numbers, texts, truths, lists of them.
    """

    # Any: whatever columns are asked for.
    def __init__(self, question: Callable[[int], QuerySet[Any, tuple[Any, ...]]]) -> None:
        self._question = question
        self._statement: tuple[str, tuple[Any, ...]] | None = None

    def __call__(self, key: int) -> list[tuple[Any, ...]]:
        # Two threads may both put it together: it comes out the same.
        if self._statement is None:
            text, given = self._question(_MARK).query.sql_with_params()
            self._statement = text, tuple(given)
        text, given = self._statement
        with connection.cursor() as cursor:
            cursor.execute(text, [key if value == _MARK else value for value in given])
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
