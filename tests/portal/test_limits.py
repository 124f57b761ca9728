"""What the operator bounds: by the least that counts, whoever comes at once, and whom to ask."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from doorward.devices.actions import devices, macs
from doorward.devices.models import Device
from doorward.files.models import Work
from doorward.kit.errors import Forbidden, Hidden, Invalid, Refused
from doorward.people.actions import PersonForm, create_people, create_person
from doorward.people.models import Person
from doorward.portal.importing.asking import ask_for_check
from doorward.portal.importing.plan import Choices
from doorward.sites.actions import SiteForm, create_site, delete_site, restore_site
from doorward.sites.models import Site
from doorward.tenancy.actions.limits import LimitsForm, change_limits
from doorward.tenancy.actor import Actor
from doorward.tenancy.limits import Limit, most_of
from doorward.tenancy.models import AuditEntry, Limits, Node
from tests.cast import BUILDER, Cast
from tests.house.addresses import typed
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def installer(cast: Cast) -> Node:
    return cast.maple.installer


def office(name: str) -> SiteForm:
    return SiteForm(name=name, zone="Europe/Berlin")


def somebody(number: int) -> PersonForm:
    return PersonForm(first_name="Extra", last_name=str(number))


def test_without_limits_nothing_is_bounded(cast: Cast) -> None:
    assert [most_of(limit, cast.oak.node) for limit in Limit] == [None, None, None]


def test_the_least_of_all_above_counts(otto: Actor, cast: Cast, installer: Node) -> None:
    above = installer.parent
    assert above is not None
    change_limits(otto, Node.root(), LimitsForm(sites=50, people=900))
    change_limits(otto, above, LimitsForm(sites=20))
    change_limits(otto, installer, LimitsForm(sites=30, devices=5))
    assert [most_of(limit, installer) for limit in Limit] == [20, 5, 900]
    assert most_of(Limit.DEVICES, cast.maple.node) == 5
    # Oscar stands elsewhere.
    assert [most_of(limit, cast.oak.node) for limit in Limit] == [50, None, 900]


def test_one_site_too_many_is_refused_and_names_the_limit_and_whom_to_ask(
    otto: Actor, ivan: Actor, installer: Node
) -> None:
    change_limits(otto, installer, LimitsForm(sites=2))
    create_site(ivan, installer, office("Ash"))
    nodes = Node.objects.count()
    with pytest.raises(Refused) as refusal:
        create_site(ivan, installer, office("Elm"))
    assert refusal.value.code == "limit.sites"
    told = str(refusal.value.message)
    assert "The limit of sites for Ivan's installations is 2, and this would make 3" in told
    assert f"ask {Node.root().name}, who operates this platform" in told
    assert Node.objects.count() == nodes


def test_a_deleted_site_makes_room_and_comes_back_only_into_room(
    otto: Actor, ivan: Actor, installer: Node
) -> None:
    ash = create_site(ivan, installer, office("Ash"))
    change_limits(otto, installer, LimitsForm(sites=2))
    delete_site(ivan, ash)
    create_site(ivan, installer, office("Elm"))
    with pytest.raises(Refused) as refusal:
        restore_site(ivan, ash)
    assert refusal.value.code == "limit.sites"
    assert Site.objects.get(pk=ash.pk).deleted_at is not None
    change_limits(otto, installer, LimitsForm(sites=3))
    restore_site(ivan, ash)


def test_one_device_too_many_is_refused(otto: Actor, ivan: Actor, cast: Cast) -> None:
    count = Device.objects.filter(site=cast.maple).count()
    change_limits(otto, Node.root(), LimitsForm(devices=count))
    macs.register_mac(BUILDER, cast.maple.installer, mac="0C1105AC0001")
    form = devices.DeviceForm(
        name="Gate", mac="0C1105AC0001", connector=cast.connector("Basement"), address="10.0.0.9"
    )
    with pytest.raises(Refused) as refusal:
        devices.create_device(ivan, cast.maple, form)
    assert refusal.value.code == "limit.devices"
    assert "The limit of devices for Maple Court is" in str(refusal.value.message)
    change_limits(otto, Node.root(), LimitsForm(devices=count + 1))
    devices.create_device(ivan, cast.maple, form)


def test_people_are_counted_with_all_that_come_at_once(
    otto: Actor, mona: Actor, cast: Cast
) -> None:
    count = Person.objects.filter(site=cast.maple).count()
    change_limits(otto, Node.root(), LimitsForm(people=count + 2))
    crowd = [(cast.acme, somebody(number)) for number in range(3)]
    with pytest.raises(Refused) as refusal:
        create_people(mona, crowd)
    assert refusal.value.code == "limit.people"
    assert Person.objects.filter(site=cast.maple).count() == count
    create_people(mona, crowd[:2])
    with pytest.raises(Refused):
        create_person(mona, cast.acme, somebody(3))


def test_what_is_beyond_a_limit_already_stays_and_can_be_changed(
    otto: Actor, mona: Actor, cast: Cast
) -> None:
    change_limits(otto, Node.root(), LimitsForm(people=1, devices=1, sites=1))
    cast.client("mona").post(
        reverse("person-edit", args=[cast.maple.pk, cast.person("Rita").pk]),
        {"first_name": "Rika", "last_name": "Roe", "company": cast.acme.pk},
    )
    assert Person.objects.filter(site=cast.maple, first_name="Rika").exists()


def test_the_api_answers_a_problem_with_its_code(otto: Actor, cast: Cast) -> None:
    change_limits(otto, Node.root(), LimitsForm(people=1))
    answer = Client(headers={"Authorization": f"Bearer {cast.token('mona')}"}).post(
        "/api/v1/people",
        {"first_name": "Nils", "last_name": "New", "company": cast.acme.pk},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "limit.people")


def test_the_form_shows_the_refusal_and_keeps_what_was_typed(otto: Actor, cast: Cast) -> None:
    change_limits(otto, Node.root(), LimitsForm(devices=1))
    page = reverse("device-new", args=[cast.maple.pk])
    answer = cast.client("ivan").post(page, typed("device-new", cast))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "The limit of devices for Maple Court is 1, and this would make 3" in text
    assert 'value="Gate phone"' in text


# --- The pages --------------------------------------------------------------------------------


def test_the_operator_sees_and_changes_them(cast: Cast, installer: Node) -> None:
    operator = cast.client("otto")
    assert operator.post(reverse("limits"), {"sites": "40", "people": ""}).status_code == 302
    own = reverse("organisation-limits", args=[installer.pk])
    assert operator.post(own, {"sites": "10"}).status_code == 302
    text = operator.get(reverse("limits")).content.decode()
    assert 'value="40"' in text
    assert f'href="{own}"' in text
    assert "sites: 10" in text
    shown = operator.get(reverse("organisation", args=[installer.pk])).content.decode()
    assert own in shown
    assert "of 10 at most" in shown
    entry = AuditEntry.objects.latest("id")
    assert (entry.subject, entry.node, entry.after["sites"]) == ("limits", installer, 10)
    # Emptied, nothing is bounded there by itself.
    operator.post(own, {})
    assert most_of(Limit.SITES, installer) == 40
    assert "sites: 10" not in operator.get(reverse("limits")).content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 12])
def test_what_is_no_number_is_said_at_its_field(cast: Cast, number: str) -> None:
    answer = cast.client("otto").post(reverse("limits"), {"sites": number})
    assert answer.status_code == 422
    assert not Limits.objects.filter(node__parent=None).exists()


def test_the_deed_takes_no_nonsense_either(otto: Actor) -> None:
    with pytest.raises(Invalid):
        change_limits(otto, Node.root(), LimitsForm(sites=0))


@pytest.mark.parametrize("name", ["dora", "ivan", "mona", "ada", "oscar"])
def test_nobody_else_bounds_anything(name: str, cast: Cast, installer: Node) -> None:
    with pytest.raises(Forbidden):
        change_limits(cast.actor(name), installer, LimitsForm(sites=1))


@pytest.mark.parametrize("name", ["dora", "ivan", "iris", "mona"])
def test_the_trail_tells_a_limit_to_the_operator_alone(
    name: str, otto: Actor, cast: Cast, installer: Node
) -> None:
    change_limits(otto, installer, LimitsForm(sites=7))
    told = AuditEntry.objects.filter(subject="limits", node=installer)
    assert told.visible_to(otto).count() == 1
    assert not told.visible_to(cast.actor(name)).exists()
    with pytest.raises(Hidden):
        AuditEntry.objects.find(cast.actor(name), told.get().pk)


# --- At once ----------------------------------------------------------------------------------


def at_once(deed: Callable[[int], object], times: int) -> Iterator[str]:
    """Do a deed several times at the same moment; yield how each ended."""
    start = Barrier(times)

    def run(number: int) -> str:
        try:
            start.wait(10)
            deed(number)
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(times) as pool:
        yield from pool.map(run, range(times))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_come_at_once_no_more_get_in_than_there_is_room(cast: Cast) -> None:
    otto, mona, ivan = (cast.actor(name) for name in ("otto", "mona", "ivan"))
    people = Person.objects.filter(site=cast.maple).count()
    sites = Site.objects.filter(installer=cast.maple.installer, deleted_at=None).count()
    change_limits(otto, Node.root(), LimitsForm(people=people + 2, sites=sites + 1))
    acme, installer = cast.acme, cast.maple.installer
    came = list(at_once(lambda number: create_person(mona, acme, somebody(number)), 5))
    assert sorted(came) == ["done"] * 2 + ["limit.people"] * 3
    built = list(at_once(lambda number: create_site(ivan, installer, office(f"A{number}")), 4))
    assert sorted(built) == ["done"] + ["limit.sites"] * 3
    assert Person.objects.filter(site=cast.maple).count() == people + 2


def test_a_look_at_a_file_says_that_it_brings_too_many_people(
    otto: Actor, maple: Site, run_jobs: RunJobs, cast: Cast
) -> None:
    count = Person.objects.filter(site=maple).count()
    change_limits(otto, Node.root(), LimitsForm(people=count))
    sent = SimpleUploadedFile(
        "people.csv", b"First name,Last name,Company\nNils,New,Acme\n", "text/csv"
    )
    work = ask_for_check(cast.actor("mona"), maple, sent, Choices(update=False))
    run_jobs()
    work.refresh_from_db()
    assert work.state == Work.State.FAILED
    assert f"this would make {count + 1}" in work.error
