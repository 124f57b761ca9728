"""What a person at the terminal may rely on: start, refusal, orderly end."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from doorward.supervisor.postgres import running_cluster

from .house import FAKE, PARTS, House, alive, eventually

pytestmark = pytest.mark.process


def test_a_start_runs_every_part_and_says_where_to_sign_in(house: House) -> None:
    house.start()
    assert house.healthy()
    assert all(alive(pid) for pid in house.pids())
    assert f"Sign in at http://127.0.0.1:{house.port}" in house.said
    assert "floors poured" in house.said


def test_a_prepared_house_is_not_set_up_again(house: House) -> None:
    house.start()
    house.end()
    house.start()
    assert "set up" not in house.said


def test_sigterm_ends_every_part_within_ten_seconds_even_a_deaf_one(house: House) -> None:
    pids = house.start().pids()
    begun = time.monotonic()
    assert house.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 10
    assert not any(alive(pid) for pid in pids)
    assert not list((house.folder / "run").glob("*.pid"))
    assert not (house.cluster / "postmaster.pid").exists()


def test_ctrl_c_during_the_set_up_ends_everything(house: House) -> None:
    house.environ = {"PRETEND_SETUP": "slow"}
    house.begin()
    eventually(lambda: "pouring" in house.said, house)
    postgres = house.pid("postgres")
    assert house.end(signal.SIGINT) == 0
    assert not alive(postgres)


def test_a_failed_set_up_is_told_with_its_reason(house: House) -> None:
    house.environ = {"PRETEND_SETUP": "bad"}
    assert "the ground is frozen" in house.refusal()
    assert not (house.folder / "run" / "postgres.pid").exists()


def test_a_second_start_on_the_same_folder_is_refused_and_the_first_goes_on(house: House) -> None:
    house.start()
    said = house.refusal()
    assert f"(process {house.pid('supervisor')})" in said
    assert "--data" in said
    assert house.healthy()


def test_a_port_in_use_is_refused_before_anything_is_made(plot: House) -> None:
    with socket.create_server(("127.0.0.1", plot.port)):
        said = plot.refusal()
    assert f"Port {plot.port} on 127.0.0.1 is in use" in said
    assert "--port" in said
    assert not (plot.folder / "postgres").exists()


def test_a_port_in_use_keeps_fresh_from_deleting(house: House) -> None:
    house.start()
    house.end()
    with socket.create_server(("127.0.0.1", house.port)):
        house.refusal("--fresh")
    assert (house.cluster / "PG_VERSION").exists()


def test_fresh_forgets_everything(plot: House) -> None:
    plot.start()
    plot.ask("CREATE TABLE tenants ()")
    key = plot.secret("master.key")
    plot.end()
    plot.start("--fresh")
    assert plot.secret("master.key") != key
    assert plot.ask("SELECT to_regclass('tenants')") == [(None,)]


def test_fresh_leaves_a_folder_alone_that_is_not_ours(plot: House) -> None:
    plot.folder.mkdir()
    thesis = plot.folder / "thesis.txt"
    thesis.write_text("chapter one")
    assert "not a folder of Doorward" in plot.refusal("--fresh")
    assert list(plot.folder.iterdir()) == [thesis]


def test_a_folder_that_cannot_be_used_is_refused_with_the_mend(plot: House) -> None:
    closed = plot.folder.parent / "closed"
    closed.mkdir()
    # Root may write anywhere, but its database's user may not pass; others may not write.
    mode = 0o700 if os.geteuid() == 0 else 0o500
    closed.chmod(mode)
    plot.folder = closed / "house"
    said = plot.refusal()
    assert str(closed) in said
    assert "--data" in said
    assert closed.stat().st_mode & 0o777 == mode


def test_a_database_given_by_its_address_is_used_instead_of_our_own(plot: House) -> None:
    with running_cluster() as url:
        plot.environ = {"DATABASE_URL": url}
        plot.start()
        assert f"DATABASE_URL={url}".encode() in environ_of(plot.pid("front"))
        assert not (plot.folder / "postgres").exists()
        plot.end()


def test_passwords_stand_in_no_command_line(house: House) -> None:
    house.start()
    passwords = [house.secret(name) for name in ("database.password", "postgres.password")]
    for pid in house.pids():
        words = Path(f"/proc/{pid}/cmdline").read_text()
        assert not any(password in words for password in passwords)


def test_secrets_are_readable_by_their_owner_alone(house: House) -> None:
    house.start()
    secrets = list((house.folder / "secrets").iterdir())
    assert {file.name for file in secrets} == {
        "master.key",
        "database.password",
        "postgres.password",
    }
    assert {file.stat().st_mode & 0o777 for file in secrets} == {0o600}
    for private in ("secrets", "logs", "postgres", "run/pg"):
        assert (house.folder / private).stat().st_mode & 0o777 == 0o700


def test_a_stranger_asking_for_help_gets_the_options() -> None:
    asked = [sys.executable, str(FAKE), "--help"]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("--demo", "--data", "--fresh", "--port"))


def environ_of(pid: int) -> list[bytes]:
    """Return what a process was told; it has nothing yet in the moment in which it begins."""
    told = Path(f"/proc/{pid}/environ")
    deadline = time.monotonic() + 10
    while not (found := told.read_bytes()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return found.split(b"\0")


def test_every_part_is_told_the_same_settings(house: House) -> None:
    house.start()
    for part in set(PARTS) - {"supervisor", "postgres"}:
        told = environ_of(house.pid(part))
        assert f"DOORWARD_DATA={house.folder}".encode() in told
        assert f"DOORWARD_BASE_URL=http://127.0.0.1:{house.port}".encode() in told
        assert f"DOORWARD_MASTER_KEY_FILE={house.folder}/secrets/master.key".encode() in told
