"""Deeds on many rows: asked first, on exactly what one sees and may change."""

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from doorward.devices.actions.macs import register_mac
from doorward.devices.models import MacEntry
from doorward.kit.pages import bulk
from doorward.tenancy.models import AuditEntry
from tests.cast import BUILDER, FREE_MAC, LOBBY_MAC, OAK_MAC, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def macs(cast: Cast) -> list[int]:
    """Twenty-five free MACs of Ivan's, and one of Oscar's that is free too."""
    for number in range(25):
        register_mac(BUILDER, cast.maple.installer, mac=f"0C1105FF00{number:02X}")
    register_mac(BUILDER, cast.oak.installer, mac="0C1105FF00FF")
    mine = MacEntry.objects.filter(mac__startswith="0C1105FF00", node=cast.maple.installer)
    return list(mine.values_list("pk", flat=True))


def send(
    client: Client, query: str = "", *, htmx: bool = False, **body: object
) -> HttpResponseBase:
    headers = {"HX-Request": "true"} if htmx else {}
    address = f"{reverse('macs')}?{query}"
    return client.post(address, {"deed": "remove", **body}, headers=headers)


def said(client: Client) -> list[str]:
    response = client.get(reverse("macs"))
    return [str(message) for message in response.context["messages"]]


def test_a_deed_is_asked_about_before_it_is_done(cast: Cast, macs: list[int]) -> None:
    response = send(cast.client("ivan"), ids=macs[:3])
    text = response.content.decode()
    assert "Remove 3 MACs" in text
    assert "cannot be added until it is registered again" in text
    assert MacEntry.objects.filter(pk__in=macs).count() == len(macs)


def test_once_confirmed_it_is_done_and_recorded(cast: Cast, macs: list[int]) -> None:
    ivan = cast.client("ivan")
    send(ivan, ids=macs[:3], confirmed=3)
    assert said(ivan) == ["3 MACs were removed."]
    assert MacEntry.objects.filter(pk__in=macs).count() == len(macs) - 3
    assert AuditEntry.objects.filter(verb="remove", subject_id__in=macs[:3]).count() == 3


def test_all_that_match_are_those_of_the_address_and_of_the_actor(
    cast: Cast, macs: list[int]
) -> None:
    ivan = cast.client("ivan")
    assert "Remove 25 MACs" in send(ivan, "q=FF00&state=free", all="yes").content.decode()
    send(ivan, "q=FF00&state=free", all="yes", confirmed=25)
    left = set(MacEntry.objects.values_list("mac", flat=True))
    assert {FREE_MAC, LOBBY_MAC, OAK_MAC, "0C1105FF00FF"} <= left
    assert not MacEntry.objects.filter(pk__in=macs).exists()


def test_when_the_number_has_changed_it_is_asked_again(cast: Cast, macs: list[int]) -> None:
    ivan = cast.client("ivan")
    register_mac(BUILDER, cast.maple.installer, mac="0C1105FF00EE")
    text = send(ivan, "q=FF00", all="yes", confirmed=25).content.decode()
    assert "Remove 26 MACs" in text
    assert "the number has changed" in text
    assert MacEntry.objects.filter(pk__in=macs).count() == len(macs)


def test_an_address_that_means_nothing_is_not_acted_on(cast: Cast, macs: list[int]) -> None:
    ivan = cast.client("ivan")
    for query in ("stat=free", "state=fre"):
        send(ivan, query, all="yes", confirmed=len(macs))
    assert MacEntry.objects.filter(pk__in=macs).count() == len(macs)


def test_a_stranger_s_row_answers_like_one_that_never_was(cast: Cast) -> None:
    oak = MacEntry.objects.get(mac="0C1105CCDD01").pk
    answers = []
    for key in (oak, 987654321):
        ivan = cast.client("ivan")
        answers.append((send(ivan, ids=[key], confirmed=1).status_code, said(ivan)))
    assert answers[0] == answers[1]
    assert MacEntry.objects.filter(pk=oak).exists()


@pytest.mark.parametrize("who", ["sven", "mona", "ada", "rita"])
def test_whoever_may_not_do_it_is_refused_and_offered_nothing(
    cast: Cast, macs: list[int], who: str
) -> None:
    client = cast.client(who)
    assert send(client, all="yes", confirmed=len(macs)).status_code == 403
    assert 'name="deed"' not in client.get(reverse("macs")).content.decode()
    assert MacEntry.objects.filter(pk__in=macs).count() == len(macs)


def test_nothing_chosen_is_said_to_be_nothing(cast: Cast) -> None:
    ivan = cast.client("ivan")
    send(ivan)
    (sentence,) = said(ivan)
    assert sentence.startswith("Nothing was chosen")


def test_a_page_s_script_gets_the_question_alone(cast: Cast, macs: list[int]) -> None:
    text = send(cast.client("ivan"), htmx=True, ids=macs[:1]).content.decode()
    assert text.strip().startswith("<dialog")
    assert "Remove 1 MAC?" in text


def test_a_deed_that_the_list_has_not_is_not_there(cast: Cast, macs: list[int]) -> None:
    response = cast.client("ivan").post(reverse("macs"), {"deed": "sell", "ids": macs})
    assert response.status_code == 404


def test_more_than_one_waits_for_is_not_begun_in_the_page(
    cast: Cast, macs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 20)
    ivan = cast.client("ivan")
    send(ivan, "q=FF00", all="yes", confirmed=25)
    assert MacEntry.objects.filter(pk__in=macs).count() == len(macs)


def test_a_list_offers_its_deeds_by_name(cast: Cast) -> None:
    text = cast.client("ivan").get(reverse("macs")).content.decode()
    assert 'name="deed" value="remove"' in text
