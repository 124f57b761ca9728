"""Whoever sees several installers' MACs finds one of them, however many they are."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from doorward.devices.actions.macs import register_mac
from doorward.devices.models import Connector, Device, MacEntry
from doorward.kit import offers, rows
from doorward.tenancy.models import Node
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

CHOICES = 'data-search-url="/macs/installers/"'


def shown(browser: Client, **asked: object) -> tuple[str, list[str]]:
    page = browser.get(reverse("macs"), asked)
    macs = [row.record.mac for row in page.context["table"].paginated_rows]
    return page.content.decode(), macs


@pytest.mark.parametrize("carried", [300, 1])
def test_a_library_is_narrowed_to_one_installer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, carried: int
) -> None:
    monkeypatch.setattr(offers, "CARRIED", carried)
    register_mac(BUILDER, cast.oak.installer, mac="0C1105EEEE01")
    browser, oak = cast.client("otto"), cast.oak.installer
    text, _macs = shown(browser)
    assert (CHOICES in text) is (carried == 1)
    offered = escape(oak.name) in text.partition("<table")[0]
    assert offered is (carried == 300)
    text, macs = shown(browser, installer=oak.pk)
    assert set(macs) == set(MacEntry.objects.filter(node=oak).values_list("mac", flat=True))
    assert f'<option value="{oak.pk}" selected>{escape(oak.name)}</option>' in text


@pytest.mark.parametrize("asked", ["0", "x", "99999999999999999999"])
def test_an_installer_who_is_none_is_a_fault_and_no_filter(cast: Cast, asked: str) -> None:
    page = cast.client("otto").get(reverse("macs"), {"installer": asked})
    assert [fault.field for fault in page.context["faults"]] == ["installer"]
    assert page.context["page_count"] == "0"


def test_the_picker_finds_installers_in_view_alone(cast: Cast) -> None:
    def found(login: str, words: str) -> list[str]:
        answer = cast.client(login).get(reverse("mac-installer-choices"), {"q": words})
        return [one["label"] for one in answer.json()]

    own, foreign = cast.maple.installer.name, cast.oak.installer.name
    assert found("otto", "") == list(
        Node.objects.filter(kind="installer").order_by("name").values_list("name", flat=True)
    )
    assert found("otto", foreign[:4]) == [foreign]
    assert found("ivan", "") == [own]
    assert found("ada", "") == []


@pytest.mark.parametrize("few", [1_000, 0])
@pytest.mark.parametrize(
    ("page", "words", "names"),
    [
        ("macs", "maple", {"Garage", "Lobby"}),
        ("macs", "lobby", {"Lobby"}),
        ("macs", "nobody", set()),
        ("all-devices", "maple", {"Garage", "Lobby"}),
        ("all-devices", "OAK", {"Oak"}),
    ],
)
def test_very_many_are_found_as_few_are(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, page: str, words: str, names: set[str], few: int
) -> None:
    monkeypatch.setattr(rows, "_KNOWN", few)
    shown = cast.client("otto").get(reverse(page), {"q": words})
    records = [row.record for row in shown.context["table"].paginated_rows]
    assert {(one.device if page == "macs" else one).name for one in records} == names


@pytest.mark.parametrize("few", [1_000, 0])
def test_devices_are_offline_by_themselves_or_behind_a_connector_that_is_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    cast.power_on()
    Device.objects.filter(name="Garage").update(reachable=False)
    Connector.objects.filter(devices__name="Oak").update(last_seen_at=None)
    monkeypatch.setattr(rows, "_KNOWN", few)

    def in_state(state: str) -> set[str]:
        page = cast.client("otto").get(reverse("all-devices"), {"state": state})
        return {row.record.name for row in page.context["table"].paginated_rows}

    assert in_state("offline") == {"Garage", "Oak"}
    assert in_state("online") == {"Lobby"}
    Device.objects.filter(name="Oak").update(seen_at=None, binding=Device.Binding.WAITING)
    assert (in_state("offline"), in_state("never")) == ({"Garage"}, {"Oak"})
