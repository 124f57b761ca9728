"""Who is in an access group: people it names, and whoever is in a group of people it names."""

import pytest
from django.db import connection

from doorward.access import headcount
from doorward.access.actions import groups, members
from doorward.access.facts import windows_of
from doorward.access.models import AccessGroup, Member
from doorward.access.openable import open_now, openers
from doorward.devices.models import Device, ShelfEntry
from doorward.kit import clock
from doorward.kit.errors import Invalid
from doorward.people.actions import (
    PersonForm,
    change_person,
    create_people,
    delete_group,
    move_group,
    move_people,
)
from doorward.people.models import Person
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import BUILDER, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def ramp(mona: Actor, maple: Site, cast: Cast) -> AccessGroup:
    """An access group of the site that lets Acme's workshop up the ramp."""
    form = groups.GroupForm(
        name="Workshop at the ramp",
        doors=[cast.door("Ramp")],
        windows=windows_of(cast.group("Office hours")),
        people_groups=[cast.crew("Workshop")],
    )
    return groups.create_group(mona, maple, form)


def regroup(actor: Actor, group: AccessGroup, **changes: object) -> None:
    known = {"name": group.name, "doors": list(group.doors.all()), "windows": windows_of(group)}
    groups.change_group(actor, group, groups.GroupForm(**{**known, **changes}))


def names(group: AccessGroup) -> set[str]:
    people = Person.objects.filter(memberships__accessgroup=group)
    return set(people.values_list("first_name", flat=True))


def known_at(device: Device) -> set[int]:
    held = ShelfEntry.objects.filter(device=device, kind=ShelfEntry.Kind.PERSON, gone=False)
    return set(held.values_list("key", flat=True))


def move(cast: Cast, person: Person, crew: str | None) -> None:
    move_people(BUILDER, [person], person.company, cast.crew(crew) if crew else None)


def test_who_is_in_a_group_of_people_or_below_it_is_in(
    cast: Cast, ramp: AccessGroup, rita: Person
) -> None:
    assert names(ramp) == set()
    move(cast, rita, "Workshop")
    assert names(ramp) == {"Rita"}
    move(cast, rita, "Night shift")
    assert names(ramp) == {"Rita"}
    move(cast, rita, None)
    assert names(ramp) == set()


def test_who_is_named_twice_and_thrice_is_in_once(
    mona: Actor, cast: Cast, ramp: AccessGroup, rita: Person
) -> None:
    move(cast, rita, "Night shift")
    crews = [cast.crew("Workshop"), cast.crew("Night shift")]
    regroup(mona, ramp, people=[rita], people_groups=crews)
    assert Member.objects.filter(accessgroup=ramp).count() == 1
    assert headcount.members([ramp.pk], Person.objects.all()) == {ramp.pk: 1}
    door = cast.door("Ramp")
    assert headcount.openers([door.pk], Person.objects.all()) == {door.pk: 2}


def test_a_door_hears_of_it_when_a_person_joins_a_group_of_people_and_leaves_it(
    cast: Cast, ramp: AccessGroup, garage: Device, rita: Person, run_jobs: RunJobs
) -> None:
    move(cast, rita, "Night shift")
    run_jobs()
    assert rita.pk in known_at(garage)
    assert set(openers(Person.objects.all(), cast.door("Ramp"))) == {rita, cast.person("Bob")}
    move(cast, rita, None)
    run_jobs()
    assert rita.pk not in known_at(garage)
    assert open_now([rita], [cast.door("Ramp")], clock.now()) == {rita.pk: set()}


def test_a_door_hears_of_it_when_the_tree_changes(
    cast: Cast, ramp: AccessGroup, garage: Device, rita: Person, run_jobs: RunJobs
) -> None:
    move(cast, rita, "Night shift")
    move_group(BUILDER, cast.crew("Night shift"), None)
    run_jobs()
    assert rita.pk not in known_at(garage)
    move_group(BUILDER, cast.crew("Night shift"), cast.crew("Workshop"))
    run_jobs()
    assert rita.pk in known_at(garage)


def test_who_was_let_in_by_a_group_that_is_deleted_is_let_in_no_more(
    cast: Cast, ramp: AccessGroup, garage: Device, rita: Person, run_jobs: RunJobs
) -> None:
    move(cast, rita, "Workshop")
    run_jobs()
    delete_group(BUILDER, cast.crew("Workshop"))
    run_jobs()
    assert rita.pk not in known_at(garage)


def test_who_leaves_a_company_leaves_its_groups_of_people(
    cast: Cast,
    ramp: AccessGroup,
    garage: Device,
    rita: Person,
    birch: Company,
    run_jobs: RunJobs,
) -> None:
    move(cast, rita, "Workshop")
    change_person(BUILDER, rita, birch, PersonForm(first_name="Rita", last_name="Rowe"))
    run_jobs()
    assert rita.pk not in known_at(garage)


# --- What may be named ------------------------------------------------------------------------


def test_only_groups_of_people_of_the_site_are_named(
    mona: Actor, cast: Cast, ramp: AccessGroup
) -> None:
    with pytest.raises(Invalid) as fault:
        regroup(mona, ramp, people_groups=[cast.crew("Crew")])
    assert set(fault.value.faults) == {"people_groups"}


def test_a_company_s_access_group_names_groups_of_the_company(mona: Actor, cast: Cast) -> None:
    nights = cast.group("Acme nights")
    regroup(mona, nights, people_groups=[cast.crew("Workshop")])
    with pytest.raises(Invalid) as fault:
        regroup(mona, nights, people_groups=[cast.crew("Studio")])
    assert set(fault.value.faults) == {"people_groups"}


def test_an_administrator_names_groups_of_their_own_company_only(ada: Actor, cast: Cast) -> None:
    with pytest.raises(Invalid) as fault:
        regroup(ada, cast.group("Acme nights"), people_groups=[cast.crew("Studio")])
    assert set(fault.value.faults) == {"people_groups"}


def test_what_is_not_spoken_of_stays(mona: Actor, ramp: AccessGroup, rita: Person) -> None:
    members.add_people(mona, ramp, [rita])
    regroup(mona, ramp, name="Renamed")
    assert (ramp.people.get(), ramp.people_groups.get().name) == (rita, "Workshop")


# --- Many at once -----------------------------------------------------------------------------


def test_people_are_added_and_removed_many_at_once(
    mona: Actor, cast: Cast, ramp: AccessGroup, rita: Person, bob: Person, garage: Device
) -> None:
    assert members.add_people(mona, ramp, [rita, bob]) == 2
    assert members.add_people(mona, ramp, [rita]) == 0
    assert {rita.pk, bob.pk} <= known_at(garage)
    assert members.remove_people(mona, ramp, [rita]) == 1
    assert members.remove_people(mona, ramp, [rita]) == 0
    assert rita.pk not in known_at(garage)
    verbs = AuditEntry.objects.filter(subject="accessgroup", subject_id=ramp.pk)
    assert [entry.after for entry in verbs.order_by("pk")][1:] == [
        {"people added": ["Bob Bell", "Rita Rowe"]},
        {"people removed": ["Rita Rowe"]},
    ]


def test_a_stranger_among_many_stops_them_all(
    mona: Actor, cast: Cast, ramp: AccessGroup, rita: Person
) -> None:
    for deed in (members.add_people, members.remove_people):
        with pytest.raises(Invalid) as fault:
            deed(mona, ramp, [rita, cast.person("Olga")])
        assert set(fault.value.faults) == {"people"}
    assert not ramp.people.exists()


def test_a_thousand_people_cost_a_handful_of_statements(
    mona: Actor, cast: Cast, ramp: AccessGroup, django_assert_max_num_queries: object
) -> None:
    told = [(cast.acme, PersonForm(first_name=f"P{n}", last_name="Crew")) for n in range(1_000)]
    many = create_people(BUILDER, told)
    # One of them asks whether the devices have room.
    with django_assert_max_num_queries(32):  # type: ignore[operator]
        members.add_people(mona, ramp, many)
        members.remove_people(mona, ramp, many)


# --- How the view is searched -----------------------------------------------------------------

# A company of twenty thousand in a hundred groups of people, and as many access groups of four.
CROWD = """
    INSERT INTO people_group (node_id, site_id, company_id, name, floors, ancestors, created_at)
    SELECT node_id, site_id, id, 'Crew ' || n, '{}', '{}', now()
    FROM sites_company CROSS JOIN generate_series(1, 100) n WHERE name = 'Acme';
    UPDATE people_group SET ancestors = ARRAY[id] WHERE ancestors = '{}';
    INSERT INTO people_person (node_id, site_id, company_id, group_id, first_name, last_name,
        personnel_id, email, mobile, landline, language, floors, remark, status, created_at)
    SELECT crew.node_id, crew.site_id, crew.company_id, crew.id, 'P', n::text, crew.id || '-' || n,
        '', '', '', 'en', '{}', '', 'active', now()
    FROM people_group crew CROSS JOIN generate_series(1, 200) n WHERE crew.name LIKE 'Crew %';
    INSERT INTO access_accessgroup (node_id, site_id, name, created_at)
    SELECT node_id, id, 'Access ' || n, now()
    FROM sites_site CROSS JOIN generate_series(1, 100) n WHERE name = 'Maple Court';
    INSERT INTO access_accessgroup_people_groups (accessgroup_id, group_id)
    SELECT access.id, crew.id FROM access_accessgroup access JOIN people_group crew
        ON access.name LIKE 'Access %' AND crew.name LIKE 'Crew %'
        AND (access.id + crew.id) % 25 = 0;
    INSERT INTO access_accessgroup_people (accessgroup_id, person_id)
    SELECT access.id, person.id FROM access_accessgroup access JOIN people_person person
        ON access.name LIKE 'Access %' AND (person.id + access.id) % 1000 = 0;
    ANALYZE people_group, people_person, access_accessgroup, access_accessgroup_people,
        access_accessgroup_people_groups, access_accessgroup_doors;
"""


@pytest.mark.parametrize(
    "asked",
    [
        "person_id IN (71, 72)",
        "accessgroup_id = {group}",
        "accessgroup_id = ANY(ARRAY(SELECT id FROM access_accessgroup WHERE name = 'Access 7'))",
        "accessgroup_id IN ({group}, 1) AND person_id = 73",
    ],
)
def test_whoever_asks_by_value_has_the_view_searched_and_not_built(cast: Cast, asked: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CROWD)
        group = AccessGroup.objects.get(name="Access 1").pk
        question = f"SELECT * FROM access_member WHERE {asked.format(group=group)}"
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) {question}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    scans = [part for part in plan.split("->") if "people_person" in part.split("\n")[0]]
    assert scans
    # An index walked from end to end would be no better than the table.
    assert all("Index Cond" in scan for scan in scans), plan
