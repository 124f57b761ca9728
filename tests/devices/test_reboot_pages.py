"""Reboots on the pages: asked about with what follows, and told how far they are."""

from datetime import timedelta

import pytest
import time_machine
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from doorward.devices.actions import orders, reboots
from doorward.devices.models import Command, Device
from doorward.devices.models.commands import RETURN_WITHIN
from doorward.kit import clock
from doorward.protocols import neutral
from doorward.tenancy.actor import Actor
from tests.cast import Cast, reach
from tests.devices.test_commands import settled

pytestmark = pytest.mark.django_db
SHUT = "cannot be opened from outside until their device is back, usually after about a minute"


def under_way() -> int:
    return Command.objects.reboots_under_way().count()


def send(client: Client, cast: Cast, **body: object) -> HttpResponseBase:
    keys = [cast.device(name).pk for name in ("Lobby", "Garage")]
    address = reverse("devices", args=[cast.maple.pk])
    return client.post(address, {"deed": "reboot", "ids": keys, **body})


def page(client: Client, device: Device) -> str:
    return client.get(reverse("device", args=[device.site_id, device.pk])).content.decode()


def test_a_selection_is_asked_about_with_its_doors(cast: Cast) -> None:
    cast.power_on()
    text = send(cast.client("mona"), cast).content.decode()
    assert "Reboot 2 devices" in text
    assert f"3 doors {SHUT}" in text
    assert "two seconds apart" in text
    assert under_way() == 0


def test_a_selection_is_rebooted_once_confirmed_but_for_what_is_away(cast: Cast) -> None:
    cast.power_on("Lobby")
    mona = cast.client("mona")
    assert "1 is left as it is: offline" in send(mona, cast).content.decode()
    response = send(mona, cast, confirmed=2)
    said = [str(one) for one in mona.get(response["Location"]).context["messages"]]
    assert said == [
        "1 reboot is ordered. 1 is left as it is: offline, not bound yet, or being rebooted"
        " already."
    ]
    assert under_way() == 1


def test_too_many_are_refused_before_anything_is_confirmed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.power_on()
    monkeypatch.setattr(reboots, "MOST", 1)
    mona = cast.client("mona")
    assert "Choose fewer" in mona.get(send(mona, cast)["Location"]).content.decode()
    assert under_way() == 0


def test_a_selection_of_which_nothing_can_be_rebooted_is_refused(cast: Cast) -> None:
    mona = cast.client("mona")
    assert "The order was not sent" in mona.get(send(mona, cast)["Location"]).content.decode()


def test_a_form_that_is_sent_twice_orders_one(cast: Cast, lobby: Device) -> None:
    cast.power_on("Lobby")
    mona = cast.client("mona")
    address = reverse("device-reboot", args=[lobby.site_id, lobby.pk])
    answers = [mona.post(address, {"once": "a-page-s-own"}).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert under_way() == 1


def test_a_device_that_is_away_says_why_it_cannot_be_rebooted(cast: Cast, lobby: Device) -> None:
    text = page(cast.client("mona"), lobby)
    assert "The order was not sent; try again when it is back." in text
    assert "Reboot device" not in text


def test_the_page_tells_how_far_it_is(cast: Cast, mona: Actor, lobby: Device) -> None:
    cast.power_on("Lobby")
    client = cast.client("mona")
    command = reboots.reboot_device(mona, lobby)
    assert "The device has not answered yet" in page(client, lobby)
    orders.claim_commands({command.connector_id: clock.now()}, [command.connector_id])
    settled(command)
    assert "took the order of" in page(client, lobby)
    reach(lobby, online=False, problem=neutral.Problem.UNREACHABLE)
    with time_machine.travel(clock.now() + RETURN_WITHIN + timedelta(seconds=1)):
        orders.expire_commands()
        assert "was not back within five minutes" in page(client, lobby)
        reach(lobby)
        assert "the device was back at" in page(client, lobby)
    with time_machine.travel(clock.now() + timedelta(minutes=30)):
        assert "the device was back at" not in page(client, lobby)


@pytest.mark.parametrize(
    ("sent", "told"), [(False, "The connector did not take the order"), (True, "nobody knows")]
)
def test_the_page_tells_what_became_of_an_order_without_an_answer(
    cast: Cast, mona: Actor, lobby: Device, sent: bool, told: str
) -> None:
    cast.power_on("Lobby")
    command = reboots.reboot_device(mona, lobby)
    if sent:
        orders.claim_commands({command.connector_id: clock.now()}, [command.connector_id])
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        orders.expire_commands()
        assert told in page(cast.client("mona"), lobby)
