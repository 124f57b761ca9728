"""What somebody sends: sealed on its way in, kept as it is, forgotten if nobody keeps it."""

import io
import os

import pytest
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from doorward.files import folder, uploads
from doorward.files.actions import store
from doorward.files.models import StoredFile
from doorward.files.sealing import CHUNK
from doorward.files.uploads import SealedUpload
from doorward.kit.errors import Invalid
from doorward.tenancy.actor import Actor
from tests.cast import Cast

CONTENT = b"canary-of-the-upload," * 20_000


def sent(content: bytes = CONTENT, name: str = "People.xlsx") -> HttpRequest:
    file = io.BytesIO(content)
    file.name = name
    return RequestFactory().post("/", {"file": file, "words": "beside it"})


def upload_of(request: HttpRequest) -> SealedUpload:
    upload = request.FILES["file"]
    assert isinstance(upload, SealedUpload)
    return upload


def lying() -> list[bytes]:
    return [path.read_bytes() for path in settings.FILES_FOLDER.rglob("*") if path.is_file()]


def test_an_upload_is_read_like_any_other() -> None:
    request = sent()
    upload = upload_of(request)
    assert isinstance(upload, UploadedFile)
    assert (upload.name, upload.size) == ("People.xlsx", len(CONTENT))
    assert b"".join(upload.chunks()) == CONTENT
    upload.seek(CHUNK)
    assert upload.read(10) == CONTENT[CHUNK : CHUNK + 10]
    assert request.POST["words"] == "beside it"


def test_nothing_of_it_lies_on_disk_in_clear() -> None:
    request = sent()
    assert upload_of(request).size == len(CONTENT)
    assert lying()
    assert [content for content in lying() if b"canary" in content] == []


def test_what_nobody_keeps_goes_with_the_request() -> None:
    before = len(lying())
    request = sent()
    upload_of(request)
    assert len(lying()) == before + 1
    request.close()
    assert len(lying()) == before


@pytest.mark.django_db
def test_what_is_kept_stays_and_is_not_sealed_twice(cast: Cast, mona: Actor) -> None:
    request = sent()
    upload = upload_of(request)
    file = store(
        mona,
        cast.maple.node,
        kind=StoredFile.Kind.IMPORT,
        name=upload.name,
        content=upload,
        content_type="text/csv",
    )
    assert file.key == upload.kept.key
    request.close()
    assert folder.read(file.key).read() == CONTENT


@pytest.mark.django_db
def test_too_much_is_told_at_its_field_and_not_kept(
    cast: Cast, mona: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 100_000)
    before = len(lying())
    upload = upload_of(sent())
    # How large it was is known, to be told; what it was is not.
    assert upload.size == len(CONTENT)
    assert len(lying()) == before
    with pytest.raises(Invalid) as refusal:
        store(
            mona,
            cast.maple.node,
            kind=StoredFile.Kind.IMPORT,
            name=upload.name,
            content=upload,
            content_type="text/csv",
        )
    assert refusal.value.faults.keys() == {"file"}
    with pytest.raises(Invalid):
        upload.open()


@pytest.mark.django_db
def test_a_kind_may_take_less_than_the_most(cast: Cast, mona: Actor) -> None:
    upload = upload_of(sent(os.urandom(5000)))
    with pytest.raises(Invalid):
        store(
            mona,
            cast.maple.node,
            kind=StoredFile.Kind.PHOTO,
            name=upload.name,
            content=upload,
            content_type="image/png",
            limit=1000,
        )
    assert not folder.path_of(upload.kept.key).exists()


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    before = len(lying())
    whole = sent()
    half = whole.body[: len(whole.body) // 2]
    broken = RequestFactory().generic("POST", "/", half, content_type=whole.META["CONTENT_TYPE"])
    assert "file" not in broken.FILES
    assert len(lying()) <= before


def test_an_empty_file_is_an_empty_file() -> None:
    assert b"".join(upload_of(sent(b"")).chunks()) == b""
