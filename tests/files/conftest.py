"""Work of the tests' own kinds."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _kinds(settings: Any) -> None:
    # Any: what pytest-django gives has no public name.
    settings.WORKS = "tests.files.kinds.WORKS"
