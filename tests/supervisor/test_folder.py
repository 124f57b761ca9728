"""Whose a data folder is, and what it will not do to others."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from doorward.supervisor.folder import MARKER, SYSTEM_FOLDER, DataFolder, choose_path
from doorward.supervisor.owner import Owner
from doorward.supervisor.postgres import fits_a_socket
from doorward.supervisor.refusal import Refusal


@dataclass(frozen=True)
class Barred(Owner):
    """A database's user that cannot pass through `barred`."""

    barred: Path

    def reaches(self, folder: Path) -> bool:
        return self.barred not in (folder, *folder.parents)


@pytest.fixture
def barred(tmp_path: Path) -> Barred:
    home = tmp_path / "home"
    home.mkdir()
    return Barred(uid=4711, gid=4711, name="doorward-db", barred=home)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    new = DataFolder(tmp_path / "var", None)
    new.settle_in()
    return new


def test_a_new_folder_is_marked_as_ours(folder: DataFolder) -> None:
    assert (folder.path / MARKER).exists()


def test_a_new_folder_is_closed_to_others(folder: DataFolder) -> None:
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_the_root_of_a_file_system_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    DataFolder(tmp_path, None).settle_in()
    assert (tmp_path / MARKER).exists()


def test_a_folder_with_other_things_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(Refusal, match="not a folder of Doorward"):
        DataFolder(tmp_path, None).settle_in()
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_a_place_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match="cannot be made"):
        DataFolder(tmp_path / "file" / "var", None).settle_in()


def test_clearing_keeps_the_marker_and_what_holds_the_lock(folder: DataFolder) -> None:
    lock = folder.lock()
    (folder.path / "emulator").mkdir()
    (folder.path / "emulator" / "spec.json").touch()
    (folder.path / "demo.json").touch()
    folder.clear()
    os.close(lock)
    assert set(os.listdir(folder.path)) == {MARKER, "run", "logs", "secrets"}
    assert os.listdir(folder.run) == ["supervisor.lock"]


def test_clearing_does_not_follow_links_out_of_the_folder(
    folder: DataFolder, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "keep.txt").touch()
    (folder.path / "files").symlink_to(elsewhere)
    folder.clear()
    assert (elsewhere / "keep.txt").exists()


def test_a_secret_is_made_once(folder: DataFolder) -> None:
    first = folder.secret("key", lambda: "first").read_text()
    assert folder.secret("key", lambda: "second").read_text() == first


def test_a_pid_file_half_written_by_somebody_else_names_nobody(folder: DataFolder) -> None:
    (folder.run / "front.pid").write_text("")
    assert folder.pids() == {}


def test_only_a_large_log_is_put_aside(folder: DataFolder) -> None:
    folder.log("front").write_bytes(b"x" * 5_000_001)
    folder.log("worker").write_bytes(b"x")
    folder.rotate_logs()
    assert set(os.listdir(folder.path / "logs")) == {"front.log.1", "worker.log"}


def test_a_deep_folder_puts_its_sockets_where_their_path_is_short(tmp_path: Path) -> None:
    deep = DataFolder(tmp_path / ("d" * 100), None)
    assert not fits_a_socket(deep.run / "pg")
    assert fits_a_socket(deep.sockets)


def test_deep_folders_do_not_share_their_sockets(tmp_path: Path) -> None:
    one, other = (DataFolder(tmp_path / (letter * 100), None) for letter in "ab")
    assert one.sockets != other.sockets


def test_without_a_folder_asked_for_an_unreachable_place_is_left_for_the_systems(
    barred: Barred, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(barred.barred)
    assert choose_path(None, barred) == SYSTEM_FOLDER


def test_a_folder_asked_for_that_is_unreachable_is_refused_with_the_mend(barred: Barred) -> None:
    with pytest.raises(Refusal, match=f"chmod o.x {barred.barred}"):
        choose_path(barred.barred / "deep" / "var", barred)


def test_a_reachable_folder_is_used_as_asked(barred: Barred, tmp_path: Path) -> None:
    assert choose_path(tmp_path / "var", barred) == tmp_path / "var"
