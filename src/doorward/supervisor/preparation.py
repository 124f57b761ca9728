"""Whether the set-up has anything to do: a prepared installation starts without it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import doorward
from doorward.kit.env import Environment
from doorward.supervisor.folder import DataFolder

PREPARED = "prepared"


def is_prepared(folder: DataFolder, settings: Environment) -> bool:
    """Say whether the set-up has run for this code, these settings and this very cluster."""
    mark = _mark(folder)
    return mark.exists() and mark.read_text(encoding="ascii") == _fingerprint(settings)


def note_prepared(folder: DataFolder, settings: Environment) -> None:
    """Remember that the set-up succeeded; the note lies with the cluster and goes with it."""
    _mark(folder).write_text(_fingerprint(settings), encoding="ascii")


def _mark(folder: DataFolder) -> Path:
    return folder.postgres / PREPARED


def _fingerprint(settings: Environment) -> str:
    told = [doorward.__version__, settings.base_url, str(settings.demo), *_migrations()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _migrations() -> Iterator[str]:
    """Name every migration with its size: an edited one counts as another."""
    root = Path(doorward.__file__).parent
    for file in sorted(root.glob("*/migrations/0*.py")):
        yield f"{file.relative_to(root)} {file.stat().st_size}"
