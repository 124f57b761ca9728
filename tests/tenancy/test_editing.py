"""Two editors of one thing, and a form that is sent twice: nothing is lost, nothing doubled."""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from doorward.access.actions import groups
from doorward.access.facts import windows_of
from doorward.access.models import AccessGroup
from doorward.devices.models import Device, Door
from doorward.people.models import Person
from doorward.sites.models import Company
from doorward.tenancy.models import AuditEntry, IdempotencyKey
from tests.cast import NIGHTS, Cast
from tests.house.addresses import address_of, page_names, typed

pytestmark = pytest.mark.django_db

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
# A policy is the operator's alone, whom these tests do not play.
EDITS = [name for name in page_names() if name.endswith("-edit") and name != "policy-edit"]


def drawn(browser: Client, address: str) -> dict[str, str]:
    """Return what a form carries along unseen."""
    page = browser.get(address).content.decode()
    return carried(page)


def carried(page: str) -> dict[str, str]:
    (form,) = re.findall(r'<form class="form-page.*?</form>', page, re.DOTALL)
    return dict(HIDDEN.findall(form))


def person_typed(person: Person, **changed: object) -> dict[str, object]:
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": person.company_id,
        **changed,
    }


@pytest.fixture
def editing(cast: Cast) -> str:
    return address_of("person-edit", cast)


@pytest.mark.parametrize("name", EDITS)
def test_every_form_over_a_thing_carries_its_version(name: str, cast: Cast) -> None:
    assert drawn(cast.client(editors(name)[0]), address_of(name, cast))["version"]


def editors(name: str) -> tuple[str, str]:
    """Return two who may both change what a page is about."""
    pairs = {
        "site-edit": ("ivan", "iris"),
        "organisation-edit": ("dora", "otto"),
        # From two places: nobody else writes for an installer of one.
        "message-edit": ("ivan", "ivan"),
    }
    return pairs.get(name, ("ivan", "mona"))


@pytest.mark.parametrize("name", EDITS)
def test_whoever_is_second_to_change_a_name_is_asked(name: str, cast: Cast) -> None:
    one, other = editors(name)
    address, ivan = address_of(name, cast), cast.client(one)
    form = drawn(ivan, address)
    field = next(one for one in ("name", "title", "first_name") if one in typed(name, cast))
    first = {**typed(name, cast), field: "Firstly"}
    second = {**typed(name, cast), field: "Secondly", **form}
    assert cast.client(other).post(address, first).url
    entries = AuditEntry.objects.count()
    page = ivan.post(address, second)
    text = page.content.decode()
    assert page.status_code == 409
    assert "Firstly" in text
    assert "Secondly" in text
    assert AuditEntry.objects.count() == entries


def test_the_page_says_who_saved_and_what(cast: Cast, editing: str) -> None:
    rita, ivan = cast.person("Rita"), cast.client("ivan")
    form = drawn(ivan, editing)
    cast.client("mona").post(editing, person_typed(rita, last_name="Rowan"))
    text = ivan.post(editing, person_typed(rita, last_name="Rolf", **form)).content.decode()
    assert "Mona saved it:" in text
    assert "Rowan" in text
    assert "Rolf" in text
    assert 'name="take-last_name"' in text
    assert 'name="take-first_name"' not in text


@pytest.mark.parametrize(("take", "last_name"), [("mine", "Rolf"), ("theirs", "Rowan")])
def test_what_was_chosen_is_saved_with_all_that_was_typed(
    cast: Cast, editing: str, take: str, last_name: str
) -> None:
    rita, ivan = cast.person("Rita"), cast.client("ivan")
    form = drawn(ivan, editing)
    cast.client("mona").post(editing, person_typed(rita, last_name="Rowan"))
    mine = person_typed(rita, first_name="Ritva", last_name="Rolf", **form)
    asked = carried(ivan.post(editing, mine).content.decode())
    assert ivan.post(editing, {**asked, "take-last_name": take}).status_code == 302
    rita.refresh_from_db()
    assert (rita.first_name, rita.last_name) == ("Ritva", last_name)


def test_who_has_not_chosen_is_asked_again(cast: Cast, editing: str) -> None:
    rita, ivan = cast.person("Rita"), cast.client("ivan")
    form = drawn(ivan, editing)
    cast.client("mona").post(editing, person_typed(rita, last_name="Rowan"))
    page = ivan.post(editing, person_typed(rita, last_name="Rolf", **form))
    asked = carried(page.content.decode())
    cast.client("mona").post(editing, person_typed(rita, last_name="Rosen"))
    again = ivan.post(editing, {**asked, "take-last_name": "mine"})
    assert again.status_code == 409
    assert "Rosen" in again.content.decode()


def test_what_only_the_other_has_changed_stays(cast: Cast, editing: str) -> None:
    rita, ivan = cast.person("Rita"), cast.client("ivan")
    form = drawn(ivan, editing)
    cast.client("mona").post(editing, person_typed(rita, last_name="Rowan"))
    saved = ivan.post(editing, person_typed(rita, first_name="Ritva", **form), follow=True)
    rita.refresh_from_db()
    assert (rita.first_name, rita.last_name) == ("Ritva", "Rowan")
    assert "it stays: Last name" in saved.content.decode()


def test_two_who_typed_the_same_do_not_quarrel(cast: Cast, editing: str) -> None:
    rita, ivan = cast.person("Rita"), cast.client("ivan")
    form = drawn(ivan, editing)
    cast.client("mona").post(editing, person_typed(rita, last_name="Rowan"))
    assert ivan.post(editing, person_typed(rita, last_name="Rowan", **form)).status_code == 302


def test_a_version_covers_the_doors_of_an_access_group(cast: Cast) -> None:
    office, store = cast.group("Office hours"), cast.door("Store")
    address, ivan = reverse("group-edit", args=[cast.maple.pk, office.pk]), cast.client("ivan")
    form = drawn(ivan, address)
    _leave(cast, office, list(windows_of(office)), doors=[store])
    page = ivan.post(address, {**_group_typed(cast, office), "doors": [], **form})
    assert page.status_code == 409
    assert "Store" in page.content.decode()
    assert set(office.doors.all()) == {store}


def test_who_is_added_meanwhile_stays_when_a_form_is_saved(cast: Cast) -> None:
    office = cast.group("Office hours")
    address, ivan = reverse("group-edit", args=[cast.maple.pk, office.pk]), cast.client("ivan")
    form = {**_group_typed(cast, office), **drawn(ivan, address)}
    people = reverse("group-people", args=[cast.maple.pk, office.pk])
    cast.client("mona").post(people, typed("group-people", cast))
    assert ivan.post(address, form).status_code == 302
    assert {one.first_name for one in office.people.all()} == {"Rita", "Bob", "Nina"}


def test_hours_are_compared_in_words(cast: Cast) -> None:
    office = cast.group("Office hours")
    address, ivan = reverse("group-edit", args=[cast.maple.pk, office.pk]), cast.client("ivan")
    form = drawn(ivan, address)
    _leave(cast, office, [NIGHTS])
    week = '[{"days":[5],"start":"09:00","end":"12:00"}]'
    text = ivan.post(address, {**_group_typed(cast, office), "windows": week, **form})
    page = text.content.decode()
    assert "Weekdays 22:00 to 06:00 the next day" in page or "22:00" in page
    assert "Saturday 09:00" in page


def test_a_password_that_another_has_changed_is_not_lost_silently(cast: Cast) -> None:
    address, ivan = address_of("device-edit", cast), cast.client("ivan")
    form = drawn(ivan, address)
    body = {**typed("device", cast), "mac": cast.device("Lobby").mac}
    cast.client("mona").post(address, {**body, "password": "monas-word"})
    page = ivan.post(address, {**body, "password": "ivans-word", **form})
    text = page.content.decode()
    assert page.status_code == 409
    assert "monas-word" not in text
    assert "ivans-word" not in text
    assert "give passwords and files once more: no page sends them back" in text
    device = Device.objects.get(name="Gate phone")
    assert device.password == "monas-word"
    again = {**carried(text), "password": "ivans-word"}
    assert ivan.post(address, again).status_code == 302
    device.refresh_from_db()
    assert device.password == "ivans-word"


def test_a_thing_that_was_deleted_meanwhile_is_gone(cast: Cast, editing: str) -> None:
    rita, ivan = cast.person("Rita"), cast.client("ivan")
    form = drawn(ivan, editing)
    cast.client("mona").post(address_of("person-delete", cast))
    assert ivan.post(editing, person_typed(rita, last_name="Rolf", **form)).status_code == 404


def test_a_form_that_is_sent_twice_is_done_once(cast: Cast) -> None:
    address, ivan = reverse("company-new", args=[cast.maple.pk]), cast.client("ivan")
    form = drawn(ivan, address)
    first, second = (ivan.post(address, {"name": "Cedar", **form}) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.url == second.url
    assert Company.objects.filter(name="Cedar").count() == 1


def test_a_mended_form_is_done(cast: Cast) -> None:
    address, ivan = reverse("company-new", args=[cast.maple.pk]), cast.client("ivan")
    form = drawn(ivan, address)
    assert ivan.post(address, {"name": "Acme", **form}).status_code == 422
    assert ivan.post(address, {"name": "Cedar", **form}).status_code == 302


def test_a_deed_that_is_clicked_twice_leads_to_the_same_place(cast: Cast) -> None:
    address, ivan = address_of("person-delete", cast), cast.client("ivan")
    first, second = (ivan.post(address, {"once": "k1"}) for _ in range(2))
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert cast.client("mona").post(address, {"once": "k1"}).status_code == 404


def test_what_is_kept_of_a_form_is_where_it_led(cast: Cast) -> None:
    address, ivan = address_of("card-add", cast), cast.client("ivan")
    ivan.post(address, {"number": "CAFEBABE", "once": "k1"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_idempotencykey::text FROM tenancy_idempotencykey")
        (row,) = cursor.fetchall()
    assert "CAFEBABE" not in row[0]
    assert IdempotencyKey.objects.get().body.keys() == {"url"}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_is_asked(cast: Cast) -> None:
    editing, rita = address_of("person-edit", cast), cast.person("Rita")
    browsers = [cast.client(name) for name in ("ivan", "mona", "iris")]
    forms = [drawn(browser, editing) for browser in browsers]
    start = Barrier(len(browsers))

    def save(place: int) -> HttpResponse:
        start.wait()
        try:
            body = person_typed(rita, last_name=f"Row {place}", **forms[place])
            return browsers[place].post(editing, body)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(browsers)) as threads:
        answers = sorted(page.status_code for page in threads.map(save, range(len(browsers))))
    assert answers == [302, 409, 409]


def _group_typed(cast: Cast, group: AccessGroup) -> dict[str, object]:
    return {
        "name": group.name,
        "windows": '[{"days":[0,1,2,3,4],"start":"08:00","end":"18:00"}]',
        "doors": [door.pk for door in group.doors.all()],
    }


def _leave(cast: Cast, group: AccessGroup, week: list, doors: Iterable[Door] | None = None) -> None:
    """Let Mona change when a group lets in, and where."""
    opened = list(group.doors.all() if doors is None else doors)
    form = groups.GroupForm(name=group.name, doors=opened, windows=week)
    groups.change_group(cast.actor("mona"), group, form)
