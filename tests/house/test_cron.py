"""The table of what is done when: each line names a job that can be asked by the clock."""

import inspect

import pytest
from procrastinate.contrib.django import app

from doorward.cron import LINES


@pytest.mark.parametrize("job", [line.job for line in LINES])
def test_a_job_of_the_clock_takes_the_time_that_it_is_given(job: str) -> None:
    taken = inspect.signature(app.tasks[job].func).parameters
    asked = [name for name, one in taken.items() if one.default is inspect.Parameter.empty]
    assert set(asked) <= {"context", "timestamp"}
    assert "timestamp" in taken
