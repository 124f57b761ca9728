"""What moving people and taking doors away would do is told before it is done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from doorward.access import consequences
from doorward.access.actions import groups
from doorward.access.consequences import Preview
from doorward.access.jobs import refresh_devices, refresh_people
from doorward.devices.actions import doors as door_actions
from doorward.devices.models import Door
from doorward.kit.pages import bulk
from doorward.people import actions
from doorward.people.actions import PersonForm, create_people
from doorward.people.models import Group, Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from tests.access.terms import Terms, counts, difference, form_of, rights, terms
from tests.cast import BUILDER, OFFICE_HOURS, Cast

pytestmark = pytest.mark.django_db

ACME_CREWS = ["Workshop", "Night shift"]


@pytest.fixture
def at_the_ramp(maple: Site, cast: Cast) -> groups.AccessGroup:
    """The ramp in office hours, for Acme's workshop and all beneath it."""
    form = groups.GroupForm(
        name="At the ramp",
        doors=[cast.door("Ramp")],
        windows=[OFFICE_HOURS],
        people_groups=[cast.crew("Workshop")],
    )
    return groups.create_group(BUILDER, maple, form)


def sentences(preview: Preview) -> list[str]:
    return [line.sentence for line in preview.lines]


# --- The cast -----------------------------------------------------------------------------------


def test_who_comes_into_a_group_of_people_gains_its_doors(
    mona: Actor, cast: Cast, at_the_ramp: groups.AccessGroup
) -> None:
    rita = cast.person("Rita")
    preview = consequences.of_moving(mona, [rita.pk], cast.acme, cast.crew("Night shift"))
    assert preview.sentences() == ["1 person gains Ramp: Rita Rowe."]


def test_who_changes_company_loses_what_the_old_one_s_own_groups_opened(
    mona: Actor, cast: Cast
) -> None:
    rita = cast.person("Rita")
    preview = consequences.of_moving(mona, [rita.pk], cast.birch, None)
    # The site's office hours stay hers, Acme's nights do not.
    assert sentences(preview) == ["Hours change for 1 person at Front door"]


def test_who_is_named_as_well_loses_nothing_by_leaving_the_group_of_people(
    mona: Actor, cast: Cast, at_the_ramp: groups.AccessGroup
) -> None:
    rita = cast.person("Rita")
    actions.move_people(BUILDER, [rita], cast.acme, cast.crew("Workshop"))
    at_the_ramp.people.add(rita)
    assert sentences(consequences.of_moving(mona, [rita.pk], cast.acme, None)) == []


def test_a_group_of_people_that_goes_takes_its_own_doors_along(
    mona: Actor, cast: Cast, at_the_ramp: groups.AccessGroup
) -> None:
    rita = cast.person("Rita")
    actions.move_people(BUILDER, [rita], cast.acme, cast.crew("Night shift"))
    assert sentences(consequences.of_ungrouping(mona, cast.crew("Workshop"))) == [
        "1 person loses Ramp"
    ]
    # The night shift moves up to the workshop, whose door it is.
    assert sentences(consequences.of_ungrouping(mona, cast.crew("Night shift"))) == []


def test_a_door_that_goes_is_lost_by_all_who_may_open_it(mona: Actor, cast: Cast) -> None:
    preview = consequences.of_closing(mona, cast.door("Front door"))
    assert sentences(preview) == ["2 people lose Front door"]


def test_an_administrator_is_told_of_own_people_only(ada: Actor, cast: Cast) -> None:
    preview = consequences.of_closing(ada, cast.door("Front door"))
    assert preview.sentences() == ["1 person loses Front door: Rita Rowe."]


@pytest.mark.parametrize("many", [3, 40])
def test_the_questions_do_not_grow_with_people(
    mona: Actor, cast: Cast, at_the_ramp: groups.AccessGroup, many: int
) -> None:
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(many)]
    keys = [person.pk for person in create_people(BUILDER, told)]
    consequences.of_moving(mona, keys, cast.acme, cast.crew("Workshop"))
    with CaptureQueriesContext(connection) as asked:
        preview = consequences.of_moving(mona, keys, cast.acme, cast.crew("Workshop"))
    assert (preview.people["gains"], len(asked)) == (many, QUESTIONS)


QUESTIONS = 11

# --- Any change ---------------------------------------------------------------------------------


def _move(mona: Actor, crew: list[Person], doors: list[Door], to: str) -> Any:
    cast = Cast()
    company = cast.birch if to == "Studio" else cast.acme
    group = Group.objects.filter(name=to).first()
    moved = crew[1:4]
    keys = [person.pk for person in moved]
    preview = consequences.of_moving(mona, keys, company, group)
    return preview, lambda: (actions.move_people(BUILDER, moved, company, group), keys)


def _rehang(mona: Actor, crew: list[Person], doors: list[Door], to: str) -> Any:
    night, parent = Cast().crew("Night shift"), Group.objects.filter(name=to, name__in=["Crew"])
    preview = consequences.of_rehanging(mona, night, parent.first())
    return preview, lambda: actions.move_group(BUILDER, night, parent.first())


def _ungroup(mona: Actor, crew: list[Person], doors: list[Door], to: str) -> Any:
    group = Cast().crew(to if to in ACME_CREWS else "Workshop")
    preview = consequences.of_ungrouping(mona, group)
    return preview, lambda: actions.delete_group(BUILDER, group)


def _close(mona: Actor, crew: list[Person], doors: list[Door], to: str) -> Any:
    preview = consequences.of_closing(mona, doors[0])
    return preview, lambda: door_actions.delete_door(BUILDER, Door.objects.get(pk=doors[0].pk))


def _grant(mona: Actor, crew: list[Person], doors: list[Door], to: str) -> Any:
    door = Door.objects.get(pk=doors[0].pk)
    granted = {"Workshop": [Cast().acme], "Studio": [Cast().birch]}.get(to, [])
    preview = consequences.of_granting(mona, door, {company.pk for company in granted})
    form = door_actions.DoorForm(name=door.name, device=door.device, companies=granted)
    return preview, lambda: door_actions.change_door(BUILDER, door, form)


def _leave(mona: Actor, crew: list[Person], doors: list[Door], to: str) -> Any:
    gone = crew[1:4]
    preview = consequences.of_removal(mona, gone[0].site, [one.pk for one in gone])
    return preview, lambda: actions.suspend_people(BUILDER, gone)


DEEDS: dict[str, Callable[..., Any]] = {
    "move": _move,
    "rehang": _rehang,
    "ungroup": _ungroup,
    "close": _close,
    "grant": _grant,
    "leave": _leave,
}


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=terms,
    second=terms,
    deed=some.sampled_from(sorted(DEEDS)),
    to=some.sampled_from([*ACME_CREWS, "Studio", "nowhere"]),
)
def test_what_is_told_is_what_comes(
    mona: Actor,
    maple: Site,
    crew: list[Person],
    doors: list[Door],
    first: Terms,
    second: Terms,
    deed: str,
    to: str,
) -> None:
    with transaction.atomic():
        cast = Cast()
        # A deed leaves its mark on who was handed to it, and only the database forgets.
        crew = [Person.objects.get(pk=person.pk) for person in crew]
        groups.create_group(BUILDER, maple, form_of("First", first, crew, doors))
        cast.acme.doors.add(*doors)
        own = form_of("Acme's own", second, [*crew[:1], *crew[2:], crew[0]], doors)
        groups.create_group(BUILDER, maple, own, company=cast.acme)
        before = rights(crew, doors)
        preview, do = DEEDS[deed](mona, crew, doors, to)
        do()
        refresh_people([person.pk for person in crew], [maple.pk])
        refresh_devices([door.device_id for door in doors])
        left = Person.objects.filter(pk__in=[person.pk for person in crew])
        after = rights(list(left.order_by("pk")), doors)
        assert counts(preview) == difference(before, after)
        transaction.set_rollback(True)


# --- On pages -----------------------------------------------------------------------------------


def test_the_form_of_a_person_asks_before_they_lose_a_door(
    cast: Cast, at_the_ramp: groups.AccessGroup
) -> None:
    rita, mona = cast.person("Rita"), cast.client("mona")
    actions.move_people(BUILDER, [rita], cast.acme, cast.crew("Workshop"))
    page = reverse("person-edit", args=[cast.maple.pk, rita.pk])
    typed = {"first_name": "Rita", "last_name": "Rowe", "company": cast.acme.pk, "group": ""}
    asked = mona.post(page, typed)
    assert "1 person loses Ramp" in asked.content.decode()
    rita.refresh_from_db()
    assert rita.group == cast.crew("Workshop")
    mark = asked.context["question"].mark
    assert mona.post(page, {**typed, "looked": mark}).status_code == 302
    rita.refresh_from_db()
    assert rita.group is None


def test_a_group_of_people_is_deleted_once_its_losses_were_seen(
    cast: Cast, at_the_ramp: groups.AccessGroup
) -> None:
    mona, workshop = cast.client("mona"), cast.crew("Workshop")
    actions.move_people(BUILDER, [cast.person("Rita")], cast.acme, workshop)
    page = reverse("people-group-delete", args=[cast.maple.pk, workshop.pk])
    blind = mona.post(page)
    assert "1 person loses Ramp" in blind.content.decode()
    assert Group.objects.filter(pk=workshop.pk).exists()
    assert mona.post(page, {"looked": blind.context["preview"].mark}).status_code == 302
    assert not Group.objects.filter(pk=workshop.pk).exists()


def test_a_door_is_deleted_once_its_losses_were_seen(cast: Cast) -> None:
    mona, door = cast.client("mona"), cast.door("Front door")
    page = reverse("door-delete", args=[cast.maple.pk, door.pk])
    blind = mona.post(page)
    assert "2 people lose Front door" in blind.content.decode()
    assert Door.objects.filter(pk=door.pk).exists()
    assert mona.post(page, {"looked": blind.context["preview"].mark}).status_code == 302
    assert not Door.objects.filter(pk=door.pk).exists()


def test_a_company_that_is_granted_a_door_no_more_is_told_what_it_loses(cast: Cast) -> None:
    mona, door = cast.client("mona"), cast.door("Front door")
    page = reverse("door-edit", args=[cast.maple.pk, door.pk])
    form = mona.get(page).context["form"]
    typed = {name: form[name].value() for name in ("name", "relay", "hold_seconds")}
    typed |= {"device": door.device_id, "companies": [cast.birch.pk], "look": "yes"}
    # Rita keeps office hours by a group of the site.
    assert "Hours change for 1 person at Front door" in mona.post(page, typed).content.decode()


def test_moving_many_tells_of_doors_and_does_what_was_seen(
    cast: Cast, at_the_ramp: groups.AccessGroup
) -> None:
    mona, page = cast.client("mona"), reverse("people", args=[cast.maple.pk])
    body = {"deed": "move", "ids": [cast.person("Rita").pk], "confirmed": 1}
    body |= {"company": cast.acme.pk, "group": cast.crew("Workshop").pk}
    shown = mona.post(page, body)
    assert "1 person gains Ramp: Rita Rowe." in shown.content.decode()
    mona.post(page, {**body, "looked": shown.context["looked"]})
    assert cast.person("Rita").group == cast.crew("Workshop")


def test_deleting_people_tells_what_they_lose(cast: Cast) -> None:
    page = reverse("people", args=[cast.maple.pk])
    body = {"deed": "delete", "ids": [cast.person("Bob").pk]}
    text = cast.client("mona").post(page, body).content.decode()
    assert "1 person loses Front door and Ramp: Bob Bell." in text


def test_what_has_changed_since_it_was_seen_is_not_done_in_the_background(
    cast: Cast,
    at_the_ramp: groups.AccessGroup,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    run_jobs: Any,
) -> None:
    settings.WORKS = "doorward.works.WORKS"
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    mona, page = cast.client("mona"), reverse("people", args=[cast.maple.pk])
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(2)]
    keys = [person.pk for person in create_people(BUILDER, told)]
    body = {"deed": "join", "ids": keys, "confirmed": 2, "group": at_the_ramp.pk}
    shown = mona.post(page, body)
    assert "2 people gain Ramp" in shown.content.decode()
    mona.post(page, {**body, "looked": shown.context["looked"]})
    at_the_ramp.doors.add(cast.door("Store"))
    run_jobs()
    assert not at_the_ramp.people.exists()
    again = mona.post(page, body)
    mona.post(page, {**body, "looked": again.context["looked"]})
    run_jobs()
    assert at_the_ramp.people.count() == 2
