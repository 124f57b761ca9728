"""The looks that the operator gives the platform: for everybody, and nothing that misleads."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from doorward.files.actions.brand import BrandForm, change_brand
from doorward.kit import brand, clock, outbox
from doorward.kit.errors import Forbidden, Invalid
from doorward.kit.models import Brand, Mail
from doorward.portal.signin.adapter import WHERE
from doorward.tenancy.actions import policies
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import BUILDER, Cast
from tests.tenancy.test_editing import carried

pytestmark = pytest.mark.django_db

ACCENT = "#7a2048"


def drawing(width: int = 64, height: int = 64, form: str = "PNG") -> bytes:
    written = BytesIO()
    # What lets something through is shown on white.
    mode, colour = ("RGBA", (200, 30, 60, 0)) if form == "PNG" else ("RGB", (200, 30, 60))
    Image.new(mode, (width, height), colour).save(written, form)
    return written.getvalue()


@pytest.fixture
def operator(cast: Cast) -> Client:
    return cast.client("otto")


def test_everybody_sees_the_name_the_logo_and_the_accent(
    otto: Actor, cast: Cast, operator: Client
) -> None:
    change_brand(otto, BrandForm(name="Maple Doors", accent=ACCENT, logo=drawing()))
    look = brand.look()
    for browser, page in (
        (Client(), reverse("account_login")),
        (cast.client("ivan"), reverse("sites")),
        (operator, reverse("branding")),
    ):
        text = browser.get(page).content.decode()
        assert "<span>Maple Doors</span>" in text
        assert "Maple Doors</title>" in text
        assert look.logo_url in text
        assert f'<link rel="stylesheet" href="{look.style_url}">' in text
        assert "Doorward</title>" not in text
    # Also where nothing is to be seen.
    assert "Maple Doors</title>" in Client().get("/nothing/").content.decode()


def test_without_a_brand_the_product_shows_its_own(cast: Cast) -> None:
    text = cast.client("ivan").get(reverse("sites")).content.decode()
    assert "<span>Doorward</span>" in text
    assert "/brand/" not in text


def test_mails_carry_it_in_every_language(otto: Actor) -> None:
    change_brand(otto, BrandForm(name="Maple & Sons", accent=ACCENT, logo=drawing(300, 60)))
    with transaction.atomic():
        outbox.send(
            to="nora@example.com",
            template="tenancy/email/invitation",
            context={"inviter": "Ivan", "days": 7},
            language="de",
        )
    mail = Mail.objects.latest("pk")
    assert "Maple & Sons" in mail.subject
    assert "Maple & Sons" in (mail.text or "")
    assert "Doorward" not in mail.subject + (mail.text or "") + (mail.html or "")
    assert f"background: {ACCENT}" in (mail.html or "")
    assert 'alt="Maple &amp; Sons"' in (mail.html or "")
    assert brand.look().logo_url in (mail.html or "")


def test_the_policy_names_the_platform(otto: Actor, cast: Cast) -> None:
    policies.publish(BUILDER, policies.begin_draft(BUILDER))
    change_brand(otto, BrandForm(name="Maple Doors"))
    assert "Maple Doors" in cast.client("oscar").get(reverse("welcome-policy")).content.decode()


@pytest.mark.parametrize("pale", ["#ffcc00", "#ffffff", "#8ab4ff"])
def test_a_pale_accent_is_refused_with_the_nearest_that_is_not(otto: Actor, pale: str) -> None:
    with pytest.raises(Invalid) as refusal:
        change_brand(otto, BrandForm(accent=pale))
    said = str(refusal.value.faults["accent"])
    assert "4.5 to 1" in said
    darker = said.rstrip(".").rsplit(" ", 1)[1]
    assert not Brand.objects.exists()
    change_brand(otto, BrandForm(accent=darker))
    assert brand.look().accent == darker


@pytest.mark.parametrize("typed", ["red", "#12345", "4453d8;}", "#44 53d8"])
def test_what_is_no_colour_is_refused(otto: Actor, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        change_brand(otto, BrandForm(accent=typed))
    assert list(refusal.value.faults) == ["accent"]


def test_a_colour_is_spelled_one_way(otto: Actor) -> None:
    assert change_brand(otto, BrandForm(accent=" 7A2048 ")).accent == ACCENT


@pytest.mark.parametrize(
    "content", [b"", b"no picture", b"<svg/>", drawing(8, 8), drawing(64, 64)[:60]]
)
def test_what_is_no_logo_is_refused_and_changes_nothing(otto: Actor, content: bytes) -> None:
    change_brand(otto, BrandForm(name="Maple", logo=drawing()))
    before = Brand.objects.values().get()
    with pytest.raises(Invalid) as refusal:
        change_brand(otto, BrandForm(name="Oak", logo=content))
    assert list(refusal.value.faults) == ["logo"]
    assert Brand.objects.values().get() == before


def test_the_logo_is_written_anew_and_sent_to_anybody(otto: Actor) -> None:
    change_brand(otto, BrandForm(logo=drawing(2000, 1000) + b"and something behind it"))
    answer = Client().get(brand.look().logo_url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "immutable" in answer["Cache-Control"]
    assert b"something behind" not in answer.content
    with Image.open(BytesIO(answer.content)) as picture:
        assert (picture.size, picture.mode) == ((240, 120), "RGB")
        assert picture.getpixel((0, 0)) == (255, 255, 255)


def test_a_logo_stays_until_it_is_removed_or_replaced(otto: Actor) -> None:
    change_brand(otto, BrandForm(name="Maple", logo=drawing()))
    first = brand.look().logo_url
    change_brand(otto, BrandForm(name="Oak"))
    assert brand.look().logo_url == first
    change_brand(otto, BrandForm(name="Oak", logo=drawing(100, 50, "JPEG")))
    assert brand.look().logo_url not in ("", first)
    assert Client().get(first).status_code == 404
    change_brand(otto, BrandForm(name="Oak", drops_logo=True))
    assert brand.look().logo_url == ""


def test_a_style_sheet_says_colours_and_nothing_else() -> None:
    sheet = Client().get(reverse("brand-accent", args=["7a2048"]))
    assert sheet["Content-Type"].startswith("text/css")
    assert f"--brand: light-dark({ACCENT}" in sheet.content.decode()
    for strange in ("ffcc00", "7A2048", "7a20489", "red"):
        assert Client().get(reverse("brand-accent", args=[strange])).status_code == 404


def test_the_page_keeps_what_was_typed_and_says_what_to_mend(operator: Client) -> None:
    page = reverse("branding")
    logo = SimpleUploadedFile("logo.png", drawing())
    answer = operator.post(page, {"name": "Maple <b>", "accent": "#ffcc00", "logo": logo})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Maple &lt;b&gt;"' in text
    assert "White letters on #ffcc00 cannot be read" in text
    assert "Choose it again" in str(answer.context["form"].errors["logo"])
    logo.seek(0)
    told = {"name": "Maple <b>", "accent": ACCENT, "logo": logo}
    assert operator.post(page, told).status_code == 302
    text = operator.get(page).content.decode()
    assert "<span>Maple &lt;b&gt;</span>" in text
    assert 'name="drops_logo"' in text


def test_a_conflict_says_that_the_logo_has_to_be_chosen_again(
    operator: Client, otto: Actor
) -> None:
    page = reverse("branding")
    form = carried(operator.get(page).content.decode())
    change_brand(otto, BrandForm(name="Oak"))
    logo = SimpleUploadedFile("logo.png", drawing())
    answer = operator.post(page, {"name": "Maple", "logo": logo, **form})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Choose your file again" in text
    assert 'enctype="multipart/form-data"' in text
    logo.seek(0)
    told = {**carried(text), "take-name": "mine", "logo": logo}
    assert operator.post(page, told).status_code == 302
    assert brand.look().name == "Maple"
    assert brand.look().logo_url


def test_another_logo_that_was_saved_meanwhile_is_not_replaced_unasked(
    operator: Client, otto: Actor
) -> None:
    page = reverse("branding")
    form = carried(operator.get(page).content.decode())
    change_brand(otto, BrandForm(logo=drawing(80, 40)))
    theirs = brand.look().logo_url
    mine = SimpleUploadedFile("logo.png", drawing())
    answer = operator.post(page, {"name": "", "logo": mine, **form})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Another one was saved. Choose yours again" in text
    assert brand.look().logo_url == theirs
    # Without a file theirs stays; with one it is what was asked for.
    assert operator.post(page, carried(text)).status_code == 302
    assert brand.look().logo_url == theirs
    mine.seek(0)
    assert operator.post(page, {**carried(text), "once": "x", "logo": mine}).status_code == 302
    assert brand.look().logo_url not in {"", theirs}


def test_another_logo_than_was_seen_is_not_removed_unasked(operator: Client, otto: Actor) -> None:
    change_brand(otto, BrandForm(logo=drawing()))
    page = reverse("branding")
    form = carried(operator.get(page).content.decode())
    change_brand(otto, BrandForm(logo=drawing(80, 40)))
    theirs = brand.look().logo_url
    answer = operator.post(page, {"drops_logo": "on", **form})
    assert answer.status_code == 409
    assert brand.look().logo_url == theirs
    told = {**carried(answer.content.decode()), "take-drops_logo": "mine"}
    assert operator.post(page, told).status_code == 302
    assert not brand.look().logo_url


def test_it_is_recorded_and_only_the_operator_does_it(otto: Actor, cast: Cast) -> None:
    change_brand(otto, BrandForm(name="Maple", accent=ACCENT))
    entry = AuditEntry.objects.latest("id")
    assert (entry.subject, entry.verb) == ("brand", "change")
    assert entry.after == {"name": "Maple", "accent": ACCENT}
    for name in ("dora", "ivan", "mona", "ada", "rita"):
        with pytest.raises(Forbidden):
            change_brand(cast.actor(name), BrandForm(name="Mine"))


def test_another_process_sees_it_within_seconds(
    otto: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand.keep(brand.Look(), brand.FRESH)
    # Somebody else's process wrote it.
    Brand.objects.create(pk=1, name="Maple")
    assert brand.look().name == "Doorward"
    monkeypatch.setattr(brand._Memory, "until", 0.0)
    assert brand.look().name == "Maple"


def test_another_thread_may_forget_it_while_it_is_asked_for(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand.keep(brand.Look(name="Maple"), brand.FRESH)
    now = brand.monotonic

    def forgotten_meanwhile() -> float:
        brand.forget()
        return now()

    monkeypatch.setattr(brand, "monotonic", forgotten_meanwhile)
    assert brand.look().name == "Maple"


def test_no_cookie_comes_with_what_every_cache_keeps(otto: Actor, operator: Client) -> None:
    change_brand(otto, BrandForm(accent=ACCENT, logo=drawing()))
    look = brand.look()
    # Seen so long ago, any page notes anew in the session when that was.
    session = operator.session
    seen = (clock.now() - timedelta(minutes=11)).timestamp()
    session[WHERE] = {"since": seen, "seen": seen, "address": ""}
    session.save()
    for address in (look.logo_url, look.style_url):
        answer = operator.get(address)
        assert "public" in answer["Cache-Control"]
        assert not answer.cookies
    assert "sessionid" in operator.get(reverse("branding")).cookies
