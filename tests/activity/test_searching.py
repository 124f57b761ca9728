"""Words are looked for in the log a stretch at a time, and the page says how far it came."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from doorward.activity.actions import log as actions
from doorward.activity.models import DoorEvent
from doorward.activity.pages import log
from doorward.activity.reasons import Reason
from doorward.files.models import Work
from doorward.kit import clock
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "STRETCH", 4)


@pytest.fixture
def lines(cast: Cast) -> list[DoorEvent]:
    """Add ten lines above all others, newest first; the seventh is Greta’s, the others Hans’s."""
    newest = clock.now() + timedelta(days=1)
    found = [line(cast, newest - timedelta(minutes=place), place) for place in range(10)]
    found[6].person_name = "Greta Green"
    actions.record(found)
    return list(DoorEvent.objects.filter(local_id__startswith="sought-").order_by("-at"))


def line(cast: Cast, at: datetime, place: int) -> DoorEvent:
    door = cast.door("Ramp")
    return DoorEvent(
        at=at,
        node=door.node,
        site=door.site,
        door=door,
        door_name=door.name,
        person_name="Hans Hall",
        card_tail="",
        method=DoorEvent.Method.CARD,
        accepted=True,
        reason=Reason.OK,
        local_id=f"sought-{place}",
    )


@pytest.fixture
def mona(cast: Cast) -> Client:
    return cast.client("mona")


def address(cast: Cast, query: str) -> str:
    return f"{reverse('door-log', args=[cast.maple.pk])}?{query}"


def further(text: str) -> str:
    found = re.search(r'href="([^"]*)"[^>]*>Look further back', text)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.usefixtures("lines")
def test_a_name_further_down_is_found_by_looking_further_back(cast: Cast, mona: Client) -> None:
    first = mona.get(address(cast, "q=greta")).content.decode()
    assert "Greta Green" not in first
    assert "Looked through 4 lines, back to" in first
    way = address(cast, "").removesuffix("?") + further(first)
    assert "Greta Green" in mona.get(way).content.decode()


@pytest.mark.usefixtures("lines")
def test_at_the_end_of_the_log_there_is_nothing_further_back(cast: Cast, mona: Client) -> None:
    way, seen = address(cast, "q=greta"), 0
    for _ in range(10):
        text = mona.get(way).content.decode()
        seen += text.count("data-row")
        if "Look further back" not in text:
            break
        way = address(cast, "").removesuffix("?") + further(text)
    assert "Look further back" not in text
    assert seen == 1


def test_what_is_new_is_looked_for_in_the_newest_lines(
    cast: Cast, mona: Client, lines: list[DoorEvent]
) -> None:
    place = str(log.Key.of(lines[-1]))
    near = mona.get(address(cast, f"q=hans&after={place}")).content.decode()
    assert near.count("data-row") == 4
    far = mona.get(address(cast, f"q=greta&after={place}")).content.decode()
    assert far.count("data-row") == 0


@pytest.mark.usefixtures("lines")
def test_without_words_all_of_it_is_there(cast: Cast, mona: Client) -> None:
    text = mona.get(address(cast, "")).content.decode()
    assert text.count("data-row") >= 10
    assert "Looked through" not in text


@pytest.mark.usefixtures("lines")
def test_a_file_of_what_was_searched_is_made_apart(cast: Cast, mona: Client) -> None:
    mona.post(address(cast, "q=greta"), {"export": "csv"})
    assert Work.objects.filter(kind="export").count() == 1
