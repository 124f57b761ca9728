"""PostgreSQL's programs where the database's user cannot come."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from doorward.supervisor.binaries import postgres_programs
from doorward.supervisor.owner import Owner
from doorward.supervisor.refusal import Refusal


@dataclass(frozen=True)
class Confined(Owner):
    """A user that can run nothing outside `home`."""

    home: Path

    def runs(self, *command: str) -> bool:
        return Path(command[0]).is_relative_to(self.home) and super().runs(*command)


def confined(home: Path) -> Confined:
    return Confined(os.geteuid(), os.getegid(), "", home)


def test_programs_out_of_reach_are_copied_once_and_run_from_there(tmp_path: Path) -> None:
    owner = confined(tmp_path)
    programs = postgres_programs(tmp_path / "pgsql", owner)
    assert owner.runs(str(programs / "initdb"), "--version")
    copied = (programs / "postgres").stat().st_ino
    assert postgres_programs(tmp_path / "pgsql", owner) == programs
    assert (programs / "postgres").stat().st_ino == copied


def test_programs_within_reach_are_run_where_they_are(tmp_path: Path) -> None:
    postgres_programs(tmp_path / "pgsql", confined(Path("/")))
    assert not (tmp_path / "pgsql").exists()


def test_a_place_where_nothing_can_be_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="--data"):
        postgres_programs(tmp_path / "pgsql", confined(tmp_path / "nowhere"))
