"""Links to files: for one account in one session, for a few minutes, and for nobody else."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from doorward.files import folder
from doorward.files.actions import store
from doorward.files.links import SECONDS, link_for
from doorward.files.models import StoredFile
from doorward.kit import clock
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Standing
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PICTURE = b"\xff\xd8\xff\xe0 a photo"


@pytest.fixture
def browser(cast: Cast) -> Client:
    return cast.client("mona")


def export(actor: Actor, cast: Cast, name: str = "Rota.csv", kind: str = "text/csv") -> StoredFile:
    return store(
        actor,
        cast.maple.node,
        kind=StoredFile.Kind.EXPORT,
        name=name,
        content=[b"name\nRita\n"],
        content_type=kind,
    )


def photo(actor: Actor, cast: Cast, content_type: str = "image/jpeg") -> StoredFile:
    return store(
        actor,
        cast.maple.node,
        kind=StoredFile.Kind.PHOTO,
        name="Rita.jpg",
        content=[PICTURE],
        content_type=content_type,
    )


def link(file: StoredFile, actor: Actor, browser: Client) -> str:
    return link_for(file.pk, actor, session=browser.session.session_key)


def told(response: HttpResponse) -> tuple[int, bytes]:
    """Return all that a stranger can tell one answer from another by, its tokens apart."""
    return response.status_code, re.sub(rb"\b\w{64}\b", b"", response.content)


def test_a_link_opens_the_file(cast: Cast, mona: Actor, browser: Client) -> None:
    response = browser.get(link(export(mona, cast), mona, browser))
    assert b"".join(response) == b"name\nRita\n"


def test_a_file_does_no_harm_in_a_browser(cast: Cast, mona: Actor, browser: Client) -> None:
    page = export(mona, cast, name="evil.html", kind="text/html")
    response = browser.get(link(page, mona, browser))
    assert response["Content-Disposition"] == 'attachment; filename="evil.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_name_may_have_any_letters(cast: Cast, mona: Actor, browser: Client) -> None:
    file = export(mona, cast, name='Größe "A"; x.csv')
    header = browser.get(link(file, mona, browser))["Content-Disposition"]
    assert header == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe%20%22A%22%3B%20x.csv"


def test_a_photo_is_drawn_and_nothing_else_is(cast: Cast, mona: Actor, browser: Client) -> None:
    drawn = browser.get(link(photo(mona, cast), mona, browser))
    assert drawn["Content-Disposition"].startswith("inline")
    saved = browser.get(link(photo(mona, cast, "image/svg+xml"), mona, browser))
    assert saved["Content-Disposition"].startswith("attachment")


def test_a_photo_is_seen_by_whoever_was_given_the_link(cast: Cast, mona: Actor) -> None:
    ivan = cast.client("ivan")
    response = ivan.get(link(photo(mona, cast), cast.actor("ivan"), ivan))
    assert b"".join(response) == PICTURE


def test_a_link_is_of_no_use_to_anybody_else(cast: Cast, mona: Actor, browser: Client) -> None:
    address = link(photo(mona, cast), mona, browser)
    ivan = cast.client("ivan")
    assert told(ivan.get(address)) == told(ivan.get(reverse("file", args=["no-link"])))
    assert ivan.get(address).status_code == 404


def test_a_link_is_of_no_use_in_another_session(cast: Cast, mona: Actor, browser: Client) -> None:
    address = link(export(mona, cast), mona, browser)
    assert cast.client("mona").get(address).status_code == 404


def test_a_link_is_short_lived(cast: Cast, mona: Actor, browser: Client) -> None:
    address = link(export(mona, cast), mona, browser)
    with time_machine.travel(clock.now() + timedelta(seconds=SECONDS + 1)):
        assert browser.get(address).status_code == 404


def test_a_link_cannot_be_made_up(cast: Cast, mona: Actor, browser: Client) -> None:
    file = export(mona, cast)
    handle = link(file, mona, browser)
    for forged in (
        signing.dumps([file.pk, mona.account.pk, "0" * 32], salt="doorward.file"),
        signing.dumps([file.pk, mona.account.pk, "0" * 32], salt="doorward.live"),
        handle.rstrip("/").rsplit("/", 1)[1][:-1] + "x",
        "",
        "x" * 5000,
    ):
        address = reverse("file", args=[forged or "-"])
        assert browser.get(address).status_code == 404


def test_another_s_export_stays_theirs_even_by_a_link(cast: Cast, mona: Actor) -> None:
    ivan = cast.client("ivan")
    address = link(export(mona, cast), cast.actor("ivan"), ivan)
    assert ivan.get(address).status_code == 404


def test_whoever_stands_there_no_longer_fetches_nothing(
    cast: Cast, mona: Actor, browser: Client
) -> None:
    address = link(export(mona, cast), mona, browser)
    Standing.objects.filter(account=mona.account).delete()
    assert browser.get(address).status_code == 404


def test_what_has_expired_is_not_there(cast: Cast, mona: Actor, browser: Client) -> None:
    file = export(mona, cast)
    address = link(file, mona, browser)
    StoredFile.objects.filter(pk=file.pk).update(expires_at=clock.now())
    assert browser.get(address).status_code == 404


def test_lost_bytes_are_told_in_a_sentence(cast: Cast, mona: Actor, browser: Client) -> None:
    file = export(mona, cast)
    folder.remove(file.key)
    response = browser.get(link(file, mona, browser), follow=True)
    assert "cannot be read any more" in response.content.decode()
