"""An installation without anything in it, and a panel on its wall."""

import json
from collections.abc import Iterator

import pytest
from bench.installation import Installation

from tests.clusters import quick_installation
from tests.journeys.on_site import Panel, panel


@pytest.fixture(scope="module")
def empty() -> Iterator[Installation]:
    with quick_installation(demo=False) as installation:
        told = json.loads((installation.data / "accounts.json").read_text(encoding="utf-8"))
        installation.__dict__["demo"] = told
        yield installation


@pytest.fixture(scope="module")
def lobby(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    with panel(tmp_path_factory.mktemp("panel")) as found:
        yield found
