"""What every test may have: a database on demand, the cast, and jobs that run at once."""

import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

# What is compiled is kept for the next run, and for the processes that tests start: without
# that, each of them takes longer to compile the product than to start it.
COMPILED = str(Path(__file__).parent.parent / "build" / "pycache")
sys.dont_write_bytecode, sys.pycache_prefix = False, COMPILED
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = COMPILED

# Only now: these import the product.
from messages.compile import compile_stale  # noqa: E402

from tests import installation  # noqa: E402

# Before the first page is drawn: what is in no language yet stays so in this process.
compile_stale()
installation.set_up()
# A busy machine is no fault of what is tried.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

from doorward.tenancy import audit  # noqa: E402
from doorward.tenancy.actor import Actor  # noqa: E402
from doorward.tenancy.models import AuditEntry  # noqa: E402
from doorward.tenancy.wording import SUBJECTS  # noqa: E402

# What is loaded by now stays for good; looked through again and again, it would cost each test.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

# After the set-up: these import models.
pytest_plugins = ("tests.jobs", "tests.at_home", "tests.workers", "tests.postmaster")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """Start the database when the first test wants it."""
    with installation.database():
        yield


# What looks at every page takes as long as all else that drives a browser.
_LOOKS = ("tests/browser/test_pages_look.py", "tests/browser/test_german.py")


class Together(LoadFileScheduling):
    """Keeps a file in one process, and what drives a browser in two, each with an installation."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file in _LOOKS:
            return "tests/browser: looks"
        return "tests/browser" if file.startswith("tests/browser/") else file


def pytest_xdist_auto_num_workers() -> int:
    """Use a process more than there are cores: one or another always waits for something."""
    return (os.cpu_count() or 1) + 1


# What waits most begins first: whatever else there is then fills the time beside it.
_FIRST = ("tests/browser/", "tests/journeys/", "tests/connector/", "tests/supervisor/")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the longest begin first where several processes share the tests."""
    if not hasattr(config, "workerinput"):
        return
    sizes = Counter(_file(item) for item in items)
    ranks = {file: (not file.startswith(_FIRST), -size) for file, size in sizes.items()}
    items.sort(key=lambda item: ranks[_file(item)])


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    return Together(config, log)


@pytest.fixture(autouse=True, scope="session")
def every_object_of_the_trail_has_its_word() -> Iterator[None]:
    """Let no test record a deed on a kind of thing that the trail has no word for."""
    recorded = audit._entry

    def checked(actor: Actor, verb: str, deed: audit.Deed) -> AuditEntry:
        entry = recorded(actor, verb, deed)
        assert entry.subject in SUBJECTS, f"tenancy/wording.py: no word for a {entry.subject}"
        return entry

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(audit, "_entry", checked)
        yield


@pytest.fixture(autouse=True)
def language_of_now() -> Iterator[None]:
    """Let no test begin in the language in which the one before it ended."""
    yield
    translation.deactivate()
