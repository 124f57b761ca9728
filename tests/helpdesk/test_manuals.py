"""Technical manuals: kept by the operator, taken home from a device's page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from doorward.files.models import StoredFile
from doorward.helpdesk.actions import put_manual, remove_manual
from doorward.helpdesk.models import Manual
from doorward.kit.errors import Forbidden, Invalid
from doorward.tenancy.actor import Actor
from tests.cast import MANUAL, Cast

pytestmark = pytest.mark.django_db

NEWER = b"%PDF-1.7\nsecond edition\n%%EOF"


def kept() -> int:
    return StoredFile.objects.filter(kind=StoredFile.Kind.MANUAL).count()


def test_a_device_s_page_leads_to_the_manual_of_its_model(cast: Cast) -> None:
    browser, manual = cast.client("mona"), Manual.objects.get()
    device = cast.device("Lobby")
    page = browser.get(reverse("device", args=[cast.maple.pk, device.pk])).content.decode()
    assert reverse("manual", args=[manual.pk]) in page
    answer = browser.get(reverse("manual", args=[manual.pk]), follow=True)
    assert b"".join(answer.streaming_content) == MANUAL  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/pdf"
    # A reader of its own opens it, not the portal's page.
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_model_without_a_manual_leads_nowhere(cast: Cast, otto: Actor) -> None:
    remove_manual(otto, Manual.objects.get())
    device = cast.device("Lobby")
    page = cast.client("mona").get(reverse("device", args=[cast.maple.pk, device.pk]))
    assert "Technical manual<" not in page.content.decode()
    assert kept() == 0


def test_a_second_takes_the_place_of_the_first(otto: Actor) -> None:
    put_manual(otto, " x916 ", NEWER)
    manual = Manual.objects.get()
    assert (manual.model, manual.file.size, kept()) == ("X916", len(NEWER), 1)


@pytest.mark.parametrize("who", ["dora", "ivan", "mona", "rita"])
def test_nobody_but_the_operator_keeps_them(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        put_manual(cast.actor(who), "R20A", MANUAL)
    with pytest.raises(Forbidden):
        remove_manual(cast.actor(who), Manual.objects.get())


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"MZ%PDF-1.4 %%EOF", b"%PDF-1.4 cut off", b"%PDF-1.4 %%EOF" + b"x" * 3_000],
)
def test_what_is_no_whole_pdf_is_refused(otto: Actor, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        put_manual(otto, "R20A", content)
    assert [*refusal.value.faults] == ["file"]
    assert (Manual.objects.count(), kept()) == (1, 1)


@pytest.mark.parametrize("model", ["../X916", "<b>", "-X", "X" * 33])
def test_what_is_no_model_is_refused_and_no_file_kept(otto: Actor, model: str) -> None:
    with pytest.raises(Invalid) as refusal:
        put_manual(otto, model, MANUAL)
    assert [*refusal.value.faults] == ["model"]
    assert (Manual.objects.count(), kept()) == (1, 1)


def test_a_file_that_is_too_large_is_told_at_its_field(cast: Cast) -> None:
    sent = SimpleUploadedFile("x.pdf", MANUAL + b"x" * (20 << 20), "application/pdf")
    answer = cast.client("otto").post(reverse("manual-new"), {"model": "R20A", "file": sent})
    assert answer.status_code == 422
    assert "at most 20 MB" in str(answer.context["form"].errors["file"])
