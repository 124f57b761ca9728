"""Files that are kept: sealed on disk, gone when their time is over, nothing left behind."""

import io
import os
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.conf import settings
from django.db import transaction

from doorward.files import folder
from doorward.files.actions import delete_file, forget_expired, store, sweep
from doorward.files.actions.stored import STRAY_AFTER
from doorward.files.folder import Draft
from doorward.files.models import StoredFile
from doorward.files.sealing import CHUNK
from doorward.kit import clock
from doorward.kit.errors import Invalid, Refused
from doorward.tenancy.actor import Actor
from tests.cast import Cast

pytestmark = pytest.mark.django_db

CANARY = b"canary-of-the-file-room"


def kept(actor: Actor, cast: Cast, content: bytes = CANARY, **options: Any) -> StoredFile:
    told: dict[str, Any] = {"name": "Rota.csv", "kind": StoredFile.Kind.EXPORT, **options}
    node = cast.maple.node
    return store(actor, node, content=[content], content_type="text/csv", **told)


def on_disk() -> dict[str, bytes]:
    root: Path = settings.FILES_FOLDER
    return {path.name: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def grown_old(key: object) -> None:
    """Let bytes have been written long ago."""
    (path,) = settings.FILES_FOLDER.rglob(str(key))
    past = (clock.now() - STRAY_AFTER - timedelta(minutes=1)).timestamp()
    os.utime(path, (past, past))


def test_a_file_comes_back_as_it_was(cast: Cast, mona: Actor) -> None:
    content = os.urandom(3 * CHUNK + 7)
    file = kept(mona, cast, content)
    assert folder.read(file.key).read() == content
    assert file.size == len(content)


def test_nothing_of_it_lies_on_disk_in_clear(cast: Cast, mona: Actor) -> None:
    file = kept(mona, cast, CANARY * 10_000)
    lying = on_disk()
    assert str(file.key) in lying
    assert [name for name, content in lying.items() if CANARY in content] == []


def test_only_we_can_read_it(cast: Cast, mona: Actor) -> None:
    place = folder.path_of(kept(mona, cast).key)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_a_file_that_was_tampered_with_is_refused(cast: Cast, mona: Actor) -> None:
    place = folder.path_of((file := kept(mona, cast)).key)
    place.write_bytes(place.read_bytes()[:-1])
    with pytest.raises(Refused, match=r"file\.unreadable"):
        folder.read(file.key)


def test_a_file_in_another_s_place_is_refused(cast: Cast, mona: Actor) -> None:
    mine, other = kept(mona, cast), kept(mona, cast, b"something else")
    folder.path_of(mine.key).write_bytes(folder.path_of(other.key).read_bytes())
    with pytest.raises(Refused, match=r"file\.unreadable"):
        folder.read(mine.key)


def test_too_much_is_refused_and_leaves_nothing(cast: Cast, mona: Actor) -> None:
    before = on_disk().keys()
    with pytest.raises(Invalid) as refusal:
        kept(mona, cast, b"x" * 2000, limit=1000)
    assert refusal.value.faults.keys() == {"file"}
    assert on_disk().keys() == before


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Mona\\Rota.csv", "Rota.csv"),
        ("Ro\x00ta\r\n.csv", "Rota.csv"),
        ("", "File"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_name_is_a_name_and_nothing_else(cast: Cast, mona: Actor, given: str, name: str) -> None:
    assert kept(mona, cast, name=given).name == name


@pytest.mark.django_db(transaction=True)
def test_row_and_bytes_go_together(cast: Cast, mona: Actor) -> None:
    file = kept(mona, cast)
    with transaction.atomic():
        delete_file(file)
        assert folder.path_of(file.key).exists()
    assert not folder.path_of(file.key).exists()
    assert not StoredFile.objects.filter(pk=file.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_keeps_its_bytes(cast: Cast, mona: Actor) -> None:
    file = kept(mona, cast)
    with transaction.atomic():
        delete_file(file)
        transaction.set_rollback(True)
    assert folder.read(file.key).read() == CANARY


@pytest.mark.django_db(transaction=True)
def test_expired_files_go(cast: Cast, mona: Actor) -> None:
    old, fresh = kept(mona, cast), kept(mona, cast)
    photo = kept(mona, cast, kind=StoredFile.Kind.PHOTO)
    assert photo.expires_at is None
    StoredFile.objects.filter(pk=old.pk).update(expires_at=clock.now())
    assert forget_expired() == 1
    assert not folder.path_of(old.key).exists()
    assert {fresh.pk, photo.pk} <= set(StoredFile.objects.values_list("pk", flat=True))


# What a kill leaves, step by step: while bytes are written, before their row is committed, and
# after a row was deleted before its bytes were.


def test_a_kill_while_bytes_are_written_leaves_nothing_for_long() -> None:
    draft = Draft()
    draft.write(CANARY * 10_000)
    assert str(draft.key) in on_disk()
    sweep()
    assert str(draft.key) in on_disk()
    grown_old(draft.key)
    sweep()
    assert str(draft.key) not in on_disk()


def test_a_kill_before_the_row_is_committed_leaves_nothing_for_long() -> None:
    written = folder.write([CANARY])
    assert sweep() == 0
    grown_old(written.key)
    assert sweep() == 1
    assert str(written.key) not in on_disk()


def test_a_kill_between_row_and_bytes_leaves_nothing_for_long(cast: Cast, mona: Actor) -> None:
    file, other = kept(mona, cast), kept(mona, cast)
    StoredFile.objects.filter(pk=file.pk).delete()
    grown_old(file.key)
    grown_old(other.key)
    assert sweep() == 1
    assert str(file.key) not in on_disk()
    assert folder.read(other.key).read() == CANARY


def test_a_stranger_in_the_folder_is_left_alone() -> None:
    place = settings.FILES_FOLDER / "ab"
    place.mkdir(exist_ok=True)
    (place / "notes.txt").write_text("mine")
    os.utime(place / "notes.txt", (0, 0))
    sweep()
    assert (place / "notes.txt").read_text() == "mine"


def test_a_workbook_is_written_straight_into_the_folder() -> None:
    with Draft() as draft:
        writer = io.BufferedWriter(draft)
        book = xlsxwriter.Workbook(writer, {"constant_memory": True})
        book.add_worksheet("People").write_string(0, 0, "Rita")
        book.close()
        writer.flush()
        written = draft.finish()
    with zipfile.ZipFile(folder.read(written.key)) as archive:
        assert "xl/worksheets/sheet1.xml" in archive.namelist()
        assert archive.testzip() is None
