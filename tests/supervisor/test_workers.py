"""Several front processes behind one port: each kept alive by itself, none missed by who calls."""

import os
import signal
import subprocess
import sys
from collections import Counter
from urllib.request import urlopen

import pytest

from doorward.kit.connections import wanted
from doorward.kit.env import MOST_WORKERS, Environment
from doorward.supervisor.plan import doorward_plan

from .house import FAKE, House, alive, eventually
from .test_pieces import SETTINGS

pytestmark = pytest.mark.process


@pytest.fixture
def shared(house: House) -> House:
    return house.start("--workers", "2")


def test_fronts_share_the_port_and_have_a_name_and_a_process_each(shared: House) -> None:
    assert alive(shared.pid("front-1"))
    assert alive(shared.pid("front-2"))
    eventually(lambda: set(answered(shared, 20)) == {"front-1", "front-2"}, shared)


def test_a_killed_front_is_started_alone_and_no_call_is_lost_meanwhile(shared: House) -> None:
    killed, other = shared.pid("front-1"), shared.pid("front-2")
    os.kill(killed, signal.SIGKILL)
    assert set(answered(shared, 20)) <= {"front-1", "front-2"}
    eventually(lambda: "front-1 ended (signal 9); it starts again" in shared.said, shared)
    eventually(lambda: started_anew(shared, "front-1", killed), shared)
    assert shared.pid("front-2") == other
    assert "front-2 ended" not in shared.said


def test_a_front_that_hangs_keeps_nobody_waiting(shared: House) -> None:
    os.kill(shared.pid("front-1"), signal.SIGSTOP)
    try:
        assert set(answered(shared, 20)) == {"front-2"}
    finally:
        os.kill(shared.pid("front-1"), signal.SIGCONT)


def test_whoever_calls_while_the_only_front_is_away_waits_for_it(house: House) -> None:
    house.start()
    killed = house.pid("front")
    os.kill(killed, signal.SIGKILL)
    assert answered(house, 1) == Counter(["front"])
    assert house.pid("front") != killed


def test_the_database_takes_the_connections_of_all_fronts(plot: House) -> None:
    plot.start("--workers", "8")
    (most,) = plot.ask("SHOW max_connections")[0]
    assert int(str(most)) == wanted(8) > 100


def test_fronts_end_together_however_many(house: House) -> None:
    house.start("--workers", "4")
    pids = [house.pid(f"front-{place}") for place in (1, 2, 3, 4)]
    assert house.end() == 0
    assert not any(alive(pid) for pid in pids)
    assert not list((house.folder / "run").glob("*.pid"))


@pytest.mark.parametrize("count", ["0", "-1", "33", "two", "1.5", "²"])
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_number_of_fronts_that_makes_no_sense_is_refused_with_the_mend(
    house: House, count: str, by: str
) -> None:
    environ = {**os.environ, **({"DOORWARD_WORKERS": count} if by == "environment" else {})}
    words = ["--data", str(house.folder), *([f"--workers={count}"] if by == "option" else [])]
    done = subprocess.run(
        [sys.executable, str(FAKE), *words],
        check=False,
        capture_output=True,
        text=True,
        env=environ,
        timeout=30,
    )
    assert done.returncode == 2
    assert f"must be a number from 1 to {MOST_WORKERS}, not" in done.stderr
    assert "--workers" in done.stderr


def test_the_environment_says_how_many_fronts_there_are(house: House) -> None:
    house.environ = {"DOORWARD_WORKERS": "3"}
    house.start()
    assert alive(house.pid("front-3"))


def test_a_sole_front_needs_no_number() -> None:
    names = [part.name for part in doorward_plan(of_workers(3)).parts]
    assert names[:3] == ["front-1", "front-2", "front-3"]
    assert next(part.name for part in doorward_plan(of_workers(1)).parts) == "front"


def of_workers(count: int) -> Environment:
    return Environment.read(SETTINGS.variables() | {"DOORWARD_WORKERS": str(count)})


def answered(house: House, times: int) -> Counter[str]:
    """Call so often, each time anew; return who answered how often."""
    found: Counter[str] = Counter()
    for _ in range(times):
        with urlopen(f"http://127.0.0.1:{house.port}/healthz", timeout=20) as answer:
            found[answer.read().decode()] += 1
    return found


def started_anew(house: House, part: str, killed: int) -> bool:
    try:
        return house.pid(part) != killed
    except (FileNotFoundError, ValueError):
        return False
