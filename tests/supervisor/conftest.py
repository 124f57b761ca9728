"""A house that all tests share, and plots where nothing has been built."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorward.supervisor.leftovers import postgres_of

from .house import House, eventually, free_port


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder that the database's user can pass through, as pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="doorward-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture(scope="session")
def _built(ground: Path) -> House:
    return House(ground / "house", free_port())


@pytest.fixture
def house(_built: House) -> Iterator[House]:
    """The house that all tests share; nobody is in it, but it may have been lived in before."""
    yield from _vacated(_built)


@pytest.fixture
def plot(ground: Path) -> Iterator[House]:
    """A place where nothing has been built yet."""
    new = House(Path(tempfile.mkdtemp(dir=ground)) / "house", free_port())
    new.folder.parent.chmod(0o711)
    yield from _vacated(new)
    shutil.rmtree(new.folder.parent)


def _vacated(house: House) -> Iterator[House]:
    house.environ = {}
    house.forget_set_up()
    yield house
    if house.running is not None:
        house.end(signal.SIGKILL)
        eventually(lambda: not postgres_of(house.cluster), house)
