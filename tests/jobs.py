"""Running the jobs that actions have written down, in the test's own transaction."""

import json
from collections.abc import Callable

import pytest
from django.db import connection
from procrastinate.contrib.django import app

# A reaction that causes itself would run for ever.
LIMIT = 1000

_TAKE = """
UPDATE procrastinate_jobs SET status = 'doing'
WHERE id = (SELECT id FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id LIMIT 1)
RETURNING id, task_name, args
"""
_DONE = "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s"

RunJobs = Callable[[], list[str]]


def run_all() -> list[str]:
    """Run waiting jobs and the jobs these cause, oldest first; return their names."""
    ran: list[str] = []
    while job := _next():
        key, name, args = job
        app.tasks[name].func(**args)
        with connection.cursor() as cursor:
            cursor.execute(_DONE, [key])
        ran.append(name)
        assert len(ran) < LIMIT, f"jobs without end, lately {ran[-3:]}"
    return ran


def _next() -> tuple[int, str, dict[str, object]] | None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE)
        row = cursor.fetchone()
    return row and (row[0], row[1], json.loads(row[2]))


@pytest.fixture
def run_jobs() -> RunJobs:
    return run_all
