"""What a change of an access group would do, told before it is done and to whom it concerns."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from doorward.access import consequences
from doorward.access.actions import groups, members
from doorward.access.consequences import Preview
from doorward.access.facts import windows_of
from doorward.access.models import AccessGroup
from doorward.access.preview import Kind
from doorward.devices.models import Door
from doorward.people.actions import PersonForm, create_people, suspend_people
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from tests.access.terms import Terms, counts, difference, form_of, rights, terms
from tests.cast import BUILDER, NIGHTS, OFFICE_HOURS, Cast

pytestmark = pytest.mark.django_db


def form(group: AccessGroup | None, **given: object) -> groups.GroupForm:
    """Return what is said of a group as it stands, but for what is given."""
    known: dict[str, object] = {"name": "New", "doors": (), "windows": (OFFICE_HOURS,)}
    if group:
        known = {"name": group.name, "doors": group.doors.all(), "windows": windows_of(group)}
    return groups.GroupForm(**{**known, **given})  # type: ignore[arg-type]


def told(preview: Preview) -> dict[tuple[Kind, str], tuple[int, tuple[str, ...]]]:
    return {
        (line.kind, door.name): (line.count, tuple(person.first_name for person in line.people))
        for line in preview.lines
        for door in line.doors
    }


# --- The cast ---------------------------------------------------------------------------------


def test_who_has_another_group_loses_nothing_when_one_goes(mona: Actor, cast: Cast) -> None:
    preview = consequences.of_deletion(mona, cast.group("Office hours"))
    # Rita keeps the nights of Acme's own group.
    assert told(preview) == {
        (Kind.LOSES, "Front door"): (1, ("Bob",)),
        (Kind.HOURS, "Front door"): (1, ("Rita",)),
    }
    assert preview.sentences() == [
        "1 person loses Front door: Bob Bell.",
        "Hours change for 1 person at Front door: Rita Rowe.",
    ]
    assert preview.headline == "1 person loses a door and hours change for 1 person"


def test_a_new_door_is_gained_by_all_who_are_in_the_group(
    mona: Actor, maple: Site, cast: Cast, doors: Sequence[Door]
) -> None:
    group = cast.group("Office hours")
    more = doors[:2]
    preview = consequences.of_form(mona, maple, group, form(group, doors=more))
    # Bob parks there already, in the same hours.
    assert told(preview) == {(Kind.GAINS, "Ramp"): (1, ("Rita",))}


def test_other_hours_are_told_to_those_who_have_no_other_group_with_them(
    mona: Actor, maple: Site, cast: Cast
) -> None:
    group = cast.group("Office hours")
    preview = consequences.of_form(mona, maple, group, form(group, windows=(NIGHTS,)))
    assert told(preview) == {(Kind.HOURS, "Front door"): (2, ("Bob", "Rita"))}


def test_a_group_of_people_counts_with_all_beneath_it(
    mona: Actor, cast: Cast, crew: list[Person], maple: Site
) -> None:
    new = form(None, doors=[cast.door("Store")], people_groups=[cast.crew("Workshop")])
    preview = consequences.of_form(mona, maple, None, new)
    assert told(preview) == {(Kind.GAINS, "Store"): (2, ("Al", "Bo"))}


def test_who_is_in_it_by_a_group_of_people_as_well_stays_in_it(
    mona: Actor, cast: Cast, crew: list[Person]
) -> None:
    group = cast.group("Office hours")
    group.people.add(*crew[2:])
    group.people_groups.add(cast.crew("Workshop"))
    preview = consequences.of_leaving(mona, group, [person.pk for person in crew[2:]])
    assert told(preview) == {(Kind.LOSES, "Front door"): (1, ("Cy",))}


def test_a_new_group_gives_what_its_people_have_not_got(
    mona: Actor, maple: Site, cast: Cast, doors: Sequence[Door]
) -> None:
    everyone = [cast.person(name) for name in ("Rita", "Bob")]
    new = form(None, doors=doors, people=everyone)
    preview = consequences.of_form(mona, maple, None, new)
    assert told(preview) == {
        (Kind.GAINS, "Store"): (2, ("Bob", "Rita")),
        (Kind.GAINS, "Ramp"): (1, ("Rita",)),
    }


def test_a_name_alone_changes_nothing(mona: Actor, maple: Site, cast: Cast) -> None:
    group = cast.group("Office hours")
    preview = consequences.of_form(mona, maple, group, form(group, name="Renamed"))
    assert (preview.lines, preview.weighs) == ((), False)
    assert preview.sentences() == ["Nobody gains or loses a door by this."]


def test_who_is_suspended_is_counted_and_said_to_be(mona: Actor, cast: Cast, bob: Person) -> None:
    suspend_people(BUILDER, [bob])
    preview = consequences.of_deletion(mona, cast.group("Birch parking"))
    assert told(preview) == {(Kind.LOSES, "Ramp"): (1, ("Bob",))}
    assert preview.sentences()[1].startswith("1 of these people is suspended")


def test_an_administrator_is_told_of_own_people_and_own_doors_only(
    ada: Actor, mona: Actor, cast: Cast, doors: Sequence[Door]
) -> None:
    group = cast.group("Acme nights")
    # As it may stand in a group that is older than the rule.
    group.people.add(cast.person("Bob"))
    group.doors.add(cast.door("Store"))
    assert told(consequences.of_deletion(ada, group)) == {
        (Kind.HOURS, "Front door"): (1, ("Rita",))
    }
    seen_by_mona = told(consequences.of_deletion(mona, group))
    assert seen_by_mona[Kind.LOSES, "Store"] == (2, ("Bob", "Rita"))


def test_the_mark_changes_with_the_facts_and_only_with_them(
    mona: Actor, cast: Cast, crew: list[Person]
) -> None:
    group = cast.group("Office hours")
    first, second = (consequences.of_deletion(mona, group).mark for _ in range(2))
    group.people.add(crew[2])
    assert first == second != consequences.of_deletion(mona, group).mark


def test_the_questions_do_not_grow_with_people_doors_and_groups(
    mona: Actor, maple: Site, cast: Cast, doors: Sequence[Door]
) -> None:
    def asked() -> int:
        # Which nodes one sees is resolved once a request.
        with CaptureQueriesContext(connection) as questions:
            consequences.of_deletion(mona, cast.group("Office hours"))
        return len(questions)

    asked()
    few = asked()
    form = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Many")) for n in range(30)]
    people = create_people(BUILDER, form)
    cast.group("Office hours").people.add(*people)
    cast.group("Office hours").doors.add(*doors)
    for n in range(5):
        made = groups.GroupForm(name=f"G{n}", doors=doors, people=people[n:], windows=[NIGHTS])
        groups.create_group(BUILDER, maple, made)
    assert (asked(), few) == (15, 15)


# --- Any change -------------------------------------------------------------------------------


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=terms,
    second=terms,
    change=terms,
    deed=some.sampled_from(["create", "change", "delete", "join", "leave"]),
)
def test_what_is_told_is_what_comes(
    mona: Actor,
    maple: Site,
    crew: list[Person],
    doors: list[Door],
    first: Terms,
    second: Terms,
    change: Terms,
    deed: str,
) -> None:
    with transaction.atomic():
        group = groups.create_group(BUILDER, maple, form_of("First", first, crew, doors))
        groups.create_group(BUILDER, maple, form_of("Second", second, crew, doors))
        before = rights(crew, doors)
        preview = _ask(mona, maple, group, deed, form_of("First", change, crew, doors))
        _do(mona, maple, group, deed, form_of("First", change, crew, doors))
        assert counts(preview) == difference(before, rights(crew, doors))
        transaction.set_rollback(True)


def _ask(
    actor: Actor, site: Site, group: AccessGroup, deed: str, form: groups.GroupForm
) -> Preview:
    people = [person.pk for person in form.people]
    if deed == "delete":
        return consequences.of_deletion(actor, group)
    if deed in {"join", "leave"}:
        ask = consequences.of_joining if deed == "join" else consequences.of_leaving
        return ask(actor, group, people)
    return consequences.of_form(actor, site, None if deed == "create" else group, form)


def _do(actor: Actor, site: Site, group: AccessGroup, deed: str, form: groups.GroupForm) -> None:
    if deed == "delete":
        groups.delete_group(actor, group)
    elif deed == "create":
        groups.create_group(actor, site, replace(form, name="Third"))
    elif deed == "change":
        groups.change_group(actor, group, form)
    elif deed == "join":
        members.add_people(actor, group, form.people or ())
    else:
        members.remove_people(actor, group, form.people or ())
