"""What is not ready at a site is said, with who, how many and where it is mended."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.access.actions import credentials
from doorward.access.models import AccessGroup, Credential
from doorward.devices.actions import devices, doors, macs
from doorward.devices.models import Device, MacEntry
from doorward.kit import clock
from doorward.people.actions import PersonForm, create_person
from doorward.portal import readiness
from doorward.portal.readiness import facts
from doorward.portal.readiness.lines import Check, Level
from doorward.protocols.neutral import (
    Capability,
    CapabilityProfile,
    Fitness,
    Operation,
    Verdict,
)
from doorward.protocols.wire import pack
from doorward.sites.actions import SiteForm, create_site
from doorward.sites.models import Site
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(cast: Cast) -> Site:
    """Maple Court, where all that can be checked is well."""
    cast.power_on()
    devices_here = Device.objects.filter(site=cast.maple)
    devices_here.update(tied_to="none", profile=profile(Fitness.FIT))
    store = cast.door("Store")
    for group in AccessGroup.objects.filter(name="Office hours"):
        group.doors.add(store)
    return cast.maple


def profile(fitness: str, *, refused: Operation | None = None) -> object:
    verdict = (Capability(refused.value, Verdict.REFUSED),) if refused else ()
    found = CapabilityProfile(
        clock.now(),
        "0C1105AABB01",
        "108.30.10.9",
        verdict,
        fitness=fitness,
        oldest_fit="108.30.10.144",
    )
    return pack(found)


def lines(cast: Cast, site: Site, who: str = "ivan") -> dict[str, Check]:
    found = readiness.checks(cast.actor(who), site, clock.now())
    return {line.name: line for line in found}


def test_where_all_is_well_every_line_says_so(cast: Cast, ready: Site) -> None:
    found = lines(cast, ready)
    assert list(found) == ["macs", "firmware", "tie", "online", "doors", "people"]
    assert {name: line.level for name, line in found.items()} == dict.fromkeys(found, Level.GOOD)


def test_an_empty_site_is_told_what_comes_first(cast: Cast) -> None:
    MacEntry.objects.filter(device=None).delete()
    site = create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    found = lines(cast, site)
    assert (found["macs"].level, found["macs"].url) == (Level.BAD, reverse("mac-new"))
    assert found["online"].url == reverse("connector-new", args=[site.pk])
    assert found["people"].url == reverse("person-new", args=[site.pk])
    assert found["firmware"].level is found["tie"].level is found["doors"].level is Level.LATER
    macs.register_mac(BUILDER, site.installer, mac="0C1105FF0001")
    assert lines(cast, site)["macs"].url == reverse("device-new", args=[site.pk])


def test_a_device_that_states_another_mac_is_named_with_it(cast: Cast, ready: Site) -> None:
    Device.objects.filter(name="Lobby").update(binding="refused", stated_mac="0C1105AABB99")
    line = lines(cast, ready)["macs"]
    assert line.level is Level.BAD
    assert line.url.endswith("?binding=refused")
    assert [(case.name, case.more) for case in line.cases] == [("Lobby", "0C1105AABB99")]


def test_a_device_that_lost_its_mac_is_named_with_it(cast: Cast, ready: Site) -> None:
    lobby = cast.device("Lobby")
    Device.objects.filter(pk=lobby.pk).update(mac_entry=None, release="taken", freed_mac=lobby.mac)
    line = lines(cast, ready)["macs"]
    assert line.level is Level.BAD
    assert [(case.name, case.more) for case in line.cases] == [("Lobby", lobby.mac)]


def test_old_firmware_is_named_with_what_it_needs(cast: Cast, ready: Site) -> None:
    Device.objects.filter(name="Garage").update(
        profile=profile(Fitness.TOO_OLD), firmware="108.30.10.9"
    )
    line = lines(cast, ready)["firmware"]
    assert line.level is Level.BAD
    assert [case.more for case in line.cases] == ["108.30.10.9, needs 108.30.10.144 or newer"]


def test_firmware_that_cannot_hold_people_is_not_enough(cast: Cast, ready: Site) -> None:
    unable = profile(Fitness.UNKNOWN, refused=Operation.PEOPLE)
    Device.objects.filter(name="Garage").update(profile=unable)
    line = lines(cast, ready)["firmware"]
    assert line.level is Level.BAD
    assert [case.name for case in line.cases] == ["Garage"]
    assert "needs" not in line.cases[0].more


def test_no_oldest_version_is_made_up(cast: Cast, ready: Site) -> None:
    Device.objects.filter(name="Garage").update(profile=profile(Fitness.UNKNOWN))
    line = lines(cast, ready)["firmware"]
    assert line.level is Level.GOOD
    assert "For 1 of them no oldest version is known." in line.told


@pytest.mark.parametrize(
    ("tied_to", "level"),
    [
        ("on_premise", Level.BAD),
        ("", Level.WARN),
        ("vendor_cloud", Level.GOOD),
        ("none", Level.GOOD),
    ],
)
def test_only_the_on_premise_manager_is_in_the_way(
    cast: Cast, ready: Site, tied_to: str, level: Level
) -> None:
    Device.objects.filter(name="Lobby").update(tied_to=tied_to)
    line = lines(cast, ready)["tie"]
    assert line.level is level
    assert [case.name for case in line.cases] == ([] if level is Level.GOOD else ["Lobby"])


def test_who_is_away_is_counted_and_named(cast: Cast, ready: Site) -> None:
    Device.objects.filter(name="Lobby").update(reachable=False, problem="unreachable")
    line = lines(cast, ready)["online"]
    assert line.level is Level.BAD
    assert "1 of 2 are online" in line.told
    assert line.url.endswith("?state=offline")
    assert [case.name for case in line.cases] == ["Lobby"]


def test_a_door_that_nobody_opens_is_named(cast: Cast, ready: Site) -> None:
    cast.group("Office hours").doors.remove(cast.door("Store"))
    line = lines(cast, ready)["doors"]
    assert [case.name for case in line.cases] == ["Store"]


def test_people_without_access_or_card_are_named(cast: Cast, ready: Site) -> None:
    nina = create_person(BUILDER, cast.acme, PersonForm(first_name="Nina", last_name="Nye"))
    line = lines(cast, ready)["people"]
    assert (line.level, [case.name for case in line.cases]) == (Level.WARN, ["Nina Nye"])
    cast.group("Office hours").people.add(nina)
    line = lines(cast, ready)["people"]
    assert "neither card nor PIN" in line.told
    credentials.add_card(BUILDER, nina, number="CAFEBABE")
    assert lines(cast, ready)["people"].level is Level.GOOD


def test_of_very_many_people_the_last_are_looked_at(
    cast: Cast, ready: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    Credential.objects.filter(person=cast.person("Rita")).delete()
    assert lines(cast, ready)["people"].level is Level.WARN
    monkeypatch.setattr(facts, "LOOKED_AT", 1)
    line = lines(cast, ready)["people"]
    assert line.level is Level.GOOD
    assert line.told.startswith("Of the 1 who were added last")


def test_whoever_may_not_mend_is_led_nowhere(cast: Cast, ready: Site) -> None:
    dora = lines(cast, ready, "dora")
    # A distributor sees devices, but neither doors nor people.
    assert list(dora) == ["macs", "firmware", "tie", "online"]
    site = create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    assert {line.url for line in lines(cast, site, "dora").values()} == {""}


def test_a_site_of_many_devices_costs_no_more_questions(cast: Cast, ready: Site) -> None:
    def asked() -> int:
        ivan = cast.actor("ivan")
        with CaptureQueriesContext(connection) as found:
            readiness.checks(ivan, ready, clock.now())
        return len(found)

    few = asked()
    for number in range(12):
        mac = f"0C1105AD{number:04X}"
        macs.register_mac(BUILDER, ready.installer, mac=mac)
        form = devices.DeviceForm(
            name=f"Extra {number}",
            mac=mac,
            connector=cast.connector("Basement"),
            address="10.0.0.9",
        )
        device = devices.create_device(BUILDER, ready, form)
        door = doors.DoorForm(name=f"Extra {number}", device=device, companies=[])
        cast.group("Office hours").doors.add(doors.create_door(BUILDER, ready, door))
    Device.objects.filter(site=ready).update(
        tied_to="none", profile=profile(Fitness.FIT), firmware="1", reachable=True
    )
    assert asked() == few


def test_the_overview_shows_what_is_left_and_leads_to_all(cast: Cast, ready: Site) -> None:
    ivan = cast.client("ivan")
    address = reverse("site", args=[ready.pk])
    text = ivan.get(address).content.decode()
    assert reverse("site-readiness", args=[ready.pk]) in text
    assert "on-premise manager (SDMC)" not in text
    Device.objects.filter(name="Lobby").update(tied_to="on_premise")
    assert "on-premise manager (SDMC)" in ivan.get(address).content.decode()
    page = ivan.get(reverse("site-readiness", args=[ready.pk])).content.decode()
    assert "CONNECT.ServerMode" in page
    assert reverse("device", args=[ready.pk, cast.device("Lobby").pk]) in page
    # A company's administrator looks after people, not devices.
    assert "Readiness" not in cast.client("ada").get(address).content.decode()
