"""What every test may have: a database on demand, the cast, and jobs that run at once."""

from collections.abc import Iterator

import pytest

from tests import installation

installation.set_up()

# After the set-up: these import models.
pytest_plugins = ("tests.jobs", "tests.cast")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start the database when the first test wants it."""
    with installation.database():
        yield
