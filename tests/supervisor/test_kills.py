"""What survives a kill: the data. What does not: any process."""

import os
import signal
from pathlib import Path

import pytest

from .house import House, alive, eventually

pytestmark = pytest.mark.process


@pytest.fixture
def lived_in(house: House) -> House:
    """A running house with one row that was acknowledged."""
    house.start()
    house.ask("DROP TABLE IF EXISTS doors")
    house.ask("CREATE TABLE doors AS SELECT 'lobby' AS name")
    return house


def test_nothing_outlives_a_killed_supervisor_and_the_next_start_takes_over(
    lived_in: House,
) -> None:
    pids = lived_in.pids()
    lived_in.end(signal.SIGKILL)
    eventually(lambda: not any(alive(pid) for pid in pids), lived_in, seconds=5)
    lived_in.start()
    assert lived_in.ask("SELECT name FROM doors") == [("lobby",)]


def test_a_start_right_after_a_kill_succeeds(lived_in: House) -> None:
    lived_in.end(signal.SIGKILL)
    lived_in.start()
    assert lived_in.healthy()


def test_a_database_that_outlived_its_supervisor_is_ended_first(lived_in: House) -> None:
    leftover = lived_in.pid("postgres")
    os.kill(leftover, signal.SIGSTOP)  # deaf to the signal that ties its life to the supervisor's
    lived_in.end(signal.SIGKILL)
    assert alive(leftover)
    lived_in.start()
    assert not alive(leftover)
    assert lived_in.ask("SELECT name FROM doors") == [("lobby",)]


def test_a_part_that_outlived_its_supervisor_is_ended_first(lived_in: House) -> None:
    lived_in.end()
    told = {"DOORWARD_DATA": str(lived_in.folder), "DOORWARD_PART": "worker"}
    leftover = os.posix_spawn("/bin/sleep", ["sleep", "600"], told)
    (lived_in.folder / "run" / "worker.pid").write_text(f"{leftover}\n")
    lived_in.start()
    assert os.waitpid(leftover, 0)[1] == signal.SIGKILL


def test_a_pid_file_that_names_a_stranger_harms_nobody(lived_in: House) -> None:
    lived_in.end()
    stranger = os.getpid()
    (lived_in.folder / "run" / "front.pid").write_text(f"{stranger}\n")
    write_as_owner(lived_in.cluster / "postmaster.pid", f"{stranger}\n{lived_in.cluster}\n")
    lived_in.start()
    assert lived_in.ask("SELECT name FROM doors") == [("lobby",)]


def test_a_killed_part_is_started_again_and_the_terminal_says_so(lived_in: House) -> None:
    killed = lived_in.pid("front")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: lived_in.healthy() and lived_in.pid("front") != killed, lived_in)
    assert "front ended (signal 9); it starts again in 0.2 s" in lived_in.said


def test_a_killed_database_is_started_again_with_its_rows(lived_in: House) -> None:
    os.kill(lived_in.pid("postgres"), signal.SIGKILL)
    eventually(lambda: "postgres ended (signal 9)" in lived_in.said, lived_in)
    eventually(lambda: lived_in.answers("SELECT 1"), lived_in)
    assert lived_in.ask("SELECT name FROM doors") == [("lobby",)]


def test_all_parts_killed_at_once_come_back(lived_in: House) -> None:
    killed = [pid for pid in lived_in.pids() if pid != lived_in.pid("supervisor")]
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: lived_in.said.count("starts again") == len(killed), lived_in)
    eventually(lived_in.healthy, lived_in)
    eventually(lambda: lived_in.answers("SELECT name FROM doors"), lived_in)


def write_as_owner(file: Path, text: str) -> None:
    file.write_text(text)
    above = file.parent.stat()
    os.chown(file, above.st_uid, above.st_gid)
