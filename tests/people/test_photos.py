"""A person's photo: seen by whoever sees the person, and gone when the person goes."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from doorward.files import folder
from doorward.files.models import StoredFile
from doorward.people.actions import (
    delete_person,
    move_people,
    remove_photo,
    restore_people,
    set_photo,
)
from doorward.people.models import Person, Photo
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.at_home import SignedIn
from tests.cast import BUILDER

pytestmark = pytest.mark.django_db


def jpeg() -> bytes:
    written = BytesIO()
    Image.new("RGB", (400, 400), (10, 90, 10)).save(written, "JPEG")
    return written.getvalue()


def page(name: str, person: Person) -> str:
    return reverse(name, args=[person.site_id, person.pk])


def upload(browser: Client, person: Person, content: bytes, name: str = "me.jpg") -> int:
    sent = {"file": SimpleUploadedFile(name, content)}
    return browser.post(page("person-photo", person), sent).status_code


def shown(browser: Client, address: str) -> str | None:
    """Return where the first face on a page is."""
    text = browser.get(address).content.decode()
    found = re.search(rf'<img src="({reverse("file", args=["x"])[:-2]}[^"]+)"', text)
    return found[1] if found else None


def test_a_photo_is_seen_on_the_page_and_in_the_list(signed_in: SignedIn, rita: Person) -> None:
    mona = signed_in("mona")
    assert upload(mona, rita, jpeg()) == 302
    for address in (page("person", rita), reverse("people", args=[rita.site_id])):
        link = shown(mona, address)
        assert link
        answer = mona.get(link)
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert Image.open(BytesIO(content)).format == "JPEG"
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_link_is_good_for_its_reader_alone(signed_in: SignedIn, rita: Person) -> None:
    set_photo(BUILDER, rita, jpeg())
    mona = signed_in("mona")
    link = shown(mona, page("person", rita))
    assert link
    for other in (signed_in("ada"), signed_in("oscar"), signed_in("mona")):
        assert other.get(link).status_code == 404
    assert Client().get(link).status_code in {302, 404}


def test_what_is_kept_is_sealed(signed_in: SignedIn, rita: Person) -> None:
    photo = set_photo(BUILDER, rita, jpeg())
    with folder.read(photo.large.key) as kept:
        assert kept.read(3) == b"\xff\xd8\xff"
    on_disk = [p.read_bytes() for p in folder.path_of(photo.large.key).parent.glob("*")]
    assert on_disk
    assert not any(b"JFIF" in one for one in on_disk)


@pytest.mark.parametrize("content", [b"", b"<svg/>", jpeg()[:200], b"PK\x03\x04"])
def test_what_is_no_photo_is_told_at_the_field(
    signed_in: SignedIn, rita: Person, content: bytes
) -> None:
    assert upload(signed_in("mona"), rita, content) == 422
    assert not Photo.objects.exists()
    assert not StoredFile.objects.filter(kind=StoredFile.Kind.PHOTO).exists()


@pytest.mark.parametrize("size", [(5 << 20) + 1, (20 << 20) + 1])
def test_a_file_that_is_too_large_is_told_at_the_field(
    signed_in: SignedIn, rita: Person, size: int
) -> None:
    sent = {"file": SimpleUploadedFile("me.jpg", jpeg() + bytes(size))}
    answer = signed_in("mona").post(page("person-photo", rita), sent)
    assert answer.status_code == 422
    assert "at most 5 MB" in answer.content.decode()


def test_another_photo_takes_the_place_of_the_first(mona: Actor, rita: Person) -> None:
    first = set_photo(mona, rita, jpeg())
    second = set_photo(mona, rita, jpeg())
    assert list(Photo.objects.all()) == [second]
    assert not StoredFile.objects.filter(pk__in=[first.large_id, first.small_id]).exists()


def test_a_photo_is_removed_and_both_deeds_are_kept(mona: Actor, rita: Person) -> None:
    set_photo(mona, rita, jpeg())
    remove_photo(mona, rita)
    assert not StoredFile.objects.filter(kind=StoredFile.Kind.PHOTO).exists()
    verbs = AuditEntry.objects.filter(subject="person", subject_id=rita.pk, verb__contains="photo")
    assert set(verbs.values_list("verb", flat=True)) == {"set photo", "remove photo"}


def test_who_leaves_takes_the_photo_along_for_good(mona: Actor, rita: Person) -> None:
    set_photo(mona, rita, jpeg())
    removed = delete_person(mona, rita)
    assert not StoredFile.objects.filter(kind=StoredFile.Kind.PHOTO).exists()
    assert removed
    restore_people(mona, removed.pk)
    assert Person.objects.filter(pk=rita.pk).exists()
    assert not Photo.objects.exists()


def test_a_photo_moves_with_its_person(
    mona: Actor, ada: Actor, rita: Person, birch: Company
) -> None:
    photo = set_photo(mona, rita, jpeg())
    assert Photo.objects.visible_to(ada).exists()
    move_people(mona, [rita], birch)
    assert not Photo.objects.visible_to(ada).exists()
    photo.refresh_from_db()
    assert {photo.node, photo.large.node, photo.small.node} == {birch.node}


def test_nobody_sends_a_photo_of_somebody_else_s_people(signed_in: SignedIn, bob: Person) -> None:
    assert upload(signed_in("ada"), bob, jpeg()) == 404
    assert upload(signed_in("otto"), bob, jpeg()) == 403
