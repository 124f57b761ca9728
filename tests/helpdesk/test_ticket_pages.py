"""Pages of tickets: what is filled in, how words and pictures are shown, what the list finds."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from doorward.helpdesk.actions import TicketForm, answer_ticket, open_ticket
from doorward.helpdesk.models import Ticket
from doorward.tenancy.actor import Actor
from tests.cast import LOBBY_MAC, Cast
from tests.people.test_portraits import picture

pytestmark = pytest.mark.django_db

NEW = reverse("ticket-new")


def referer(path: str) -> dict[str, str]:
    return {"HTTP_REFERER": f"http://testserver{path}"}


def asked(actor: Actor, subject: str = "The gate", text: str = "It stays open.") -> Ticket:
    return open_ticket(actor, actor.places[0], TicketForm(subject=subject, text=text))


def test_the_menu_tells_whoever_answers_how_many_wait(cast: Cast, mona: Actor) -> None:
    Ticket.objects.all().delete()
    ticket, ivan = asked(mona), cast.client("ivan")
    now = reverse("tickets-now")
    assert f'hx-get="{now}"' in ivan.get(reverse("macs")).content.decode()
    assert "1 waits for an answer" in ivan.get(now).content.decode()
    # Whoever asked waits for nothing of theirs, and a neighbour hears nothing of it.
    for who in ("mona", "oscar", "rita"):
        assert "answer" not in cast.client(who).get(now).content.decode()
    assert f'hx-get="{now}"' not in cast.client("ada").get("/").content.decode()
    answer_ticket(cast.actor("ivan"), ticket, "On my way.")
    assert "answer" not in ivan.get(now).content.decode()


def test_colleagues_hear_that_there_is_one_less_to_answer(
    cast: Cast, mona: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ticket.objects.all().delete()
    ticket, now = asked(mona), reverse("tickets-now")
    assert "1 waits for an answer" in cast.client("iris").get(now).content.decode()
    told: set[str] = set()
    monkeypatch.setattr("doorward.kit.live.publish", told.update)
    answer_ticket(cast.actor("ivan"), ticket, "On my way.")
    topic_of = {name: cast.actor(name).topics[0] for name in ("iris", "mona", "oscar", "dora")}
    assert {name for name, topic in topic_of.items() if topic in told} == {"iris", "mona"}
    assert "answer" not in cast.client("iris").get(now).content.decode()


def test_page_and_device_are_filled_in_from_where_one_was(cast: Cast) -> None:
    lobby, browser = cast.device("Lobby"), cast.client("mona")
    here = reverse("device", args=[cast.maple.pk, lobby.pk])
    form = browser.get(NEW, **referer(f"{here}?q=0A1B2C3D"))
    assert LOBBY_MAC in form.content.decode()
    assert "0A1B2C3D" not in form.content.decode()
    typed = {"subject": "Dark", "text": "No light.", "page": form.context["origin"].path}
    browser.post(NEW, typed)
    ticket = Ticket.objects.get(subject="Dark")
    assert (ticket.page, ticket.device) == (here, lobby)
    assert LOBBY_MAC in ticket.device_label


def test_the_device_behind_a_door_is_meant(cast: Cast) -> None:
    here = reverse("door", args=[cast.maple.pk, cast.door("Front door").pk])
    found = cast.client("mona").get(NEW, **referer(here)).context["origin"]
    assert found.device == cast.device("Lobby")


@pytest.mark.parametrize(
    "path",
    [
        *("//evil.example/", "https://evil.example/", "javascript:alert(1)", "/no/such/page/"),
        *("/password/a-link-that-lets-in/", "/" + "x" * 300, "\\evil", "/api/v1/doors"),
    ],
)
def test_what_is_no_page_of_ours_is_not_sent_along(cast: Cast, path: str) -> None:
    cast.client("mona").post(NEW, {"subject": "Dark", "text": "No light.", "page": path})
    ticket = Ticket.objects.get(subject="Dark")
    assert (ticket.page, ticket.device) == ("", None)


def test_a_page_elsewhere_tells_nothing_of_its_device(cast: Cast) -> None:
    here = reverse("device", args=[cast.oak.pk, cast.device("Oak").pk])
    page = cast.client("mona").get(NEW, **referer(here))
    assert page.context["origin"].device is None
    assert "Oak" not in page.content.decode()


def test_words_are_shown_as_text_with_their_lines(cast: Cast, mona: Actor) -> None:
    ticket = asked(mona, "<i>Gate</i>", "<img src=x onerror=alert(1)>\nsecond line")
    text = cast.client("ivan").get(reverse("ticket", args=[ticket.pk])).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;<br>second line" in text
    assert "<i>Gate" not in text


def test_pictures_are_sent_and_seen_by_both_sides_alone(cast: Cast) -> None:
    sent = [SimpleUploadedFile(f"{n}.jpg", picture(), "image/jpeg") for n in range(2)]
    cast.client("mona").post(NEW, {"subject": "Dark", "text": "Look.", "pictures": sent})
    ticket = Ticket.objects.get(subject="Dark")
    ivan = cast.client("ivan")
    ((_message, shown),) = ivan.get(reverse("ticket", args=[ticket.pk])).context["thread"]
    assert len(shown) == 2
    address = shown[0][0]
    answer = ivan.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert {cast.client(who).get(address).status_code for who in ("oscar", "mona", "otto")} == {404}


def test_pictures_beside_a_fault_elsewhere_are_asked_for_again(cast: Cast) -> None:
    """No page sends a file back: the form would look as if they were still chosen."""
    sent = SimpleUploadedFile("x.jpg", picture(), "image/jpeg")
    answer = cast.client("mona").post(NEW, {"subject": "", "text": "Look.", "pictures": sent})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"subject", "pictures"}
    assert "Choose it again" in str(answer.context["form"].errors["pictures"])
    without = cast.client("mona").post(NEW, {"subject": "", "text": "Look."})
    assert set(without.context["form"].errors) == {"subject"}


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no picture", "no JPEG or PNG"), (picture() + b"\x00" * (5 << 20), "at most 5 MB")],
)
def test_what_is_no_picture_is_told_at_its_field(cast: Cast, content: bytes, words: str) -> None:
    sent = SimpleUploadedFile("x.jpg", content, "image/jpeg")
    typed = {"subject": "Dark", "text": "Look.", "pictures": sent}
    answer = cast.client("mona").post(NEW, typed)
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["pictures"])
    assert answer.context["form"]["text"].value() == "Look."
    assert not Ticket.objects.filter(subject="Dark").exists()


def test_a_form_that_is_sent_twice_asks_once(cast: Cast) -> None:
    typed = {"subject": "Dark", "text": "No light.", "once": "one-and-the-same"}
    browser = cast.client("mona")
    answers = [browser.post(NEW, typed) for _time in range(2)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Ticket.objects.filter(subject="Dark").count() == 1


def test_the_list_finds_by_words_number_state_side_and_unread(
    cast: Cast, mona: Actor, ivan: Actor
) -> None:
    mine = asked(mona, "Dark", "The lamp of the lobby")
    rita = cast.actor("rita")
    theirs = asked(rita, "Late", "My card")
    answer_ticket(ivan, mine, "Which lamp?")
    browser, old = cast.client("mona"), Ticket.objects.get(subject="The lobby stays dark")

    def found(**query: str) -> set[int]:
        table = browser.get(reverse("tickets"), query).context["table"]
        return {row.record.pk for row in table.page.object_list}

    assert found() == {mine.pk, theirs.pk, old.pk}
    assert found(q="lamp") == {mine.pk}
    assert found(q=f"#{theirs.pk}") == {theirs.pk}
    assert found(state="waiting") == {mine.pk}
    assert found(side="answered") == {theirs.pk}
    assert found(side="asked") == {mine.pk, old.pk}
    assert found(unread="unread") == {mine.pk, theirs.pk}
    browser.get(reverse("ticket", args=[mine.pk]))
    assert found(unread="unread") == {theirs.pk}


def test_a_search_finds_no_words_of_other_people_s_tickets(cast: Cast, rita: object) -> None:
    asked(cast.actor("rita"), "Late", "A word of mine")
    for who in ("ivan", "ada", "otto"):
        page = cast.client(who).get(reverse("tickets"), {"q": "word of mine"})
        assert not page.context["table"].page.object_list


def test_the_list_can_be_had_as_a_file(cast: Cast, mona: Actor) -> None:
    asked(mona, "=1+1")
    answer = cast.client("mona").post(reverse("tickets"), {"export": "csv"})
    text = answer.content.decode()
    assert "'=1+1" in text
    assert "Ivan's installations" in text


def test_the_operator_is_told_that_nobody_is_above(cast: Cast) -> None:
    otto = cast.client("otto")
    assert otto.get(NEW).status_code == 403
    assert NEW not in otto.get(reverse("tickets")).content.decode()
