"""A filled installation is as true as one that people built, and is filled whole or not at all."""

import pytest
from django.conf import settings
from django.db import connection

from doorward.access.actions import shelf as rights
from doorward.access.actions.credentials import match_of, pin_match
from doorward.access.models import AccessGroup, Credential, Member
from doorward.activity.models import DoorEvent
from doorward.activity.reasons import Reason
from doorward.demo.sizes import command
from doorward.demo.sizes.filling import Filled, fill
from doorward.demo.sizes.size import Nonsense, Size
from doorward.devices.actions import shelf as settings_of
from doorward.devices.models import Device, Door, ShelfEntry, ShelfHead
from doorward.people.actions import PersonForm, create_person
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

SMALL = Size(sites=3, people=1_000, doors=20, events=2_000)


@pytest.fixture
def filled(cast: Cast) -> Filled:
    return fill(SMALL)


def own(filled: Filled) -> list[Site]:
    first = filled.places.sites
    return list(Site.objects.filter(pk__range=(first, first + filled.size.sites - 1)))


def test_there_is_as_much_as_was_asked_for(filled: Filled) -> None:
    sites = own(filled)
    assert len(sites) == 3
    assert Person.objects.filter(site__in=sites).count() == 1_000
    assert Door.objects.filter(site__in=sites).count() == 20
    assert DoorEvent.objects.filter(site__in=sites).count() == 2_000


def test_what_devices_hold_is_what_the_facts_say(filled: Filled) -> None:
    devices = list(Device.objects.filter(site__in=own(filled)).values_list("pk", flat=True))
    heads = ShelfHead.objects.filter(device__in=devices)
    before = dict(heads.values_list("device", "revision"))
    rights.follow(devices)
    settings_of.refresh_settings(devices, ntp_servers=settings.NTP_SERVERS)
    assert ShelfEntry.objects.filter(device__in=devices, kind="person").count() > 1_000
    assert dict(heads.values_list("device", "revision")) == before


def test_a_reader_finds_every_card_and_a_keypad_every_pin(filled: Filled) -> None:
    held = Credential.objects.filter(site__in=own(filled))
    assert held.cards().count() == 800
    assert held.pins().count() == 40
    for one in held.order_by("-pk")[:50]:
        is_card = one.kind == Credential.Kind.CARD
        found = match_of(one.secret) if is_card else pin_match(one.site_id, one.secret)
        assert bytes(one.match) == found
        assert one.tail == (one.secret[-4:] if is_card else "")


def test_whoever_was_let_in_may_open_the_door(filled: Filled) -> None:
    let_in = DoorEvent.objects.filter(site__in=own(filled), reason=Reason.OK)
    assert let_in.count() > 1_500
    for event in let_in.order_by("pk")[:100]:
        groups = AccessGroup.objects.filter(doors=event.door_id)
        assert Member.objects.filter(person=event.person_id, accessgroup__in=groups).exists()


def test_the_log_says_what_the_people_and_doors_are_called(filled: Filled) -> None:
    event = DoorEvent.objects.filter(site__in=own(filled), reason=Reason.OK).latest("at")
    assert event.person is not None
    assert event.door is not None
    assert event.person_name == str(event.person)
    assert (event.door_name, event.device_id) == (event.door.name, event.door.device_id)
    assert event.company_id == event.person.company_id
    tails = {one.tail for one in event.person.credentials.all() if one.tail}
    assert event.card_tail in tails


def test_every_event_lies_in_its_month(filled: Filled) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM activity_doorevent_default")
        assert cursor.fetchone() == (0,)


def test_sites_belong_to_an_installer_who_sees_them(filled: Filled, ivan: Actor) -> None:
    installer = filled.first_site.installer
    assert all(site.node.path.startswith(installer.path) for site in own(filled))
    assert ivan.places[0].path == installer.path
    assert set(own(filled)) <= set(Site.objects.visible_to(ivan))


def test_a_new_person_gets_the_number_after_the_last(filled: Filled) -> None:
    company = filled.first_company
    highest = max(int(one.personnel_id) for one in company.site.people.all())
    person = create_person(BUILDER, company, PersonForm(first_name="Nils", last_name="New"))
    assert int(person.personnel_id) == highest + 1


def test_the_same_seed_gives_the_same_rows_and_another_others(cast: Cast) -> None:
    told = []
    for seed in (7, 7, 8):
        size = Size(sites=1, people=50, doors=3, events=100, seed=seed)
        site = fill(size).first_site
        people = site.people.order_by("pk").values_list("first_name", "last_name", "valid_until")
        log = DoorEvent.objects.filter(site=site).order_by("pk").values_list("at", "reason")
        pins = Credential.objects.pins().filter(site=site).order_by("pk")
        told.append(
            ([one[:2] for one in people], list(log), [one.secret for one in pins], site.city)
        )
    assert told[0] == told[1]
    assert all(one != other for one, other in zip(told[1][:3], told[2][:3], strict=True))


@pytest.mark.parametrize(
    ("wrong", "mend"),
    [
        ({"sites": 0}, "--sites takes a number from 1"),
        ({"people": 10_000_001}, "--people takes a number from 0 to 10,000,000"),
        ({"events": 5, "people": 5}, "give --people and --doors"),
        ({"sites": 9, "people": 9, "doors": 8, "events": 5}, "as many --doors as --sites"),
        ({"seed": -1}, "--seed takes a number from 0"),
        ({"companies": 21}, "1 to 20 companies"),
    ],
)
def test_a_size_that_cannot_be_is_refused_with_the_mend(wrong: dict[str, int], mend: str) -> None:
    with pytest.raises(Nonsense, match=mend):
        Size(**wrong)  # type: ignore[arg-type]


def test_what_makes_no_sense_changes_nothing(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Site.objects.count()
    assert command.main(["--people", "1k", "--doors", "0", "--events", "1M"]) == 2
    assert "give --people and --doors" in capsys.readouterr().err
    assert Site.objects.count() == before


def test_without_an_installer_there_is_no_place_for_sites(cast: Cast) -> None:
    Node.objects.filter(kind=Node.Kind.INSTALLER).update(kind=Node.Kind.DISTRIBUTOR)
    with pytest.raises(Nonsense, match="Start this installation once"):
        fill(Size())


def test_the_command_tells_how_far_it_is_and_whom_to_sign_in_as(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["--people", "1_0", "--doors", "1", "--events", "20"]) == 0
    told = capsys.readouterr().out
    assert "people: 10 of 10" in told
    assert "events: 20 of 20" in told
    login = told.split("Sign in as ")[1].split()[0]
    assert Account.objects.get(username=login).standings.get().node.kind == Node.Kind.SITE
