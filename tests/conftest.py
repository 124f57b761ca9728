"""What every test may have: a database on demand, the cast, and jobs that run at once."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# What is compiled is kept for the next run, and for the processes that tests start: without
# that, each of them takes longer to compile the product than to start it.
COMPILED = str(Path(__file__).parent.parent / "build" / "pycache")
sys.dont_write_bytecode, sys.pycache_prefix = False, COMPILED
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = COMPILED

# Only now: these import the product.
from tests import installation  # noqa: E402

installation.set_up()

# After the set-up: these import models.
pytest_plugins = ("tests.jobs", "tests.cast", "tests.workers")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start the database when the first test wants it."""
    with installation.database():
        yield
