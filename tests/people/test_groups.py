"""A company sorts its people: a tree of groups without circles, five levels deep."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.people.actions import (
    change_group,
    create_group,
    delete_group,
    groups,
    move_group,
    move_people,
)
from doorward.people.models import Group, Person
from doorward.sites.actions import delete_company
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import BUILDER, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


def tower(actor: Actor, company: Company, levels: int, name: str = "Level") -> list[Group]:
    """Return groups nested as deep as `levels`."""
    built: list[Group] = []
    for level in range(1, levels + 1):
        parent = built[-1] if built else None
        built.append(create_group(actor, company, name=f"{name} {level}", parent=parent))
    return built


def test_a_group_knows_all_above_it(ada: Actor, acme: Company) -> None:
    top, middle, bottom = tower(ada, acme, 3)
    assert bottom.ancestors == [top.pk, middle.pk, bottom.pk]
    assert set(Group.objects.within(middle.pk)) == {middle, bottom}


def test_an_administrator_sorts_the_own_company_only(ada: Actor, birch: Company) -> None:
    with pytest.raises(Forbidden):
        create_group(ada, birch, name="Works")


@pytest.mark.parametrize("name", ["", "x" * 129])
def test_a_name_has_a_length(mona: Actor, acme: Company, name: str) -> None:
    with pytest.raises(Invalid) as fault:
        create_group(mona, acme, name=name)
    assert set(fault.value.faults) == {"name"}


def test_siblings_differ_by_name_and_cousins_need_not(
    mona: Actor, acme: Company, birch: Company
) -> None:
    workshop = create_group(mona, acme, name="Works")
    create_group(mona, acme, name="Works", parent=workshop)
    create_group(mona, birch, name="Works")
    with pytest.raises(Invalid) as fault:
        create_group(mona, acme, name="WORKS")
    assert set(fault.value.faults) == {"name"}


def test_groups_nest_five_levels_deep(mona: Actor, acme: Company) -> None:
    built = tower(mona, acme, 5)
    with pytest.raises(Invalid) as fault:
        create_group(mona, acme, name="Cellar", parent=built[-1])
    assert set(fault.value.faults) == {"parent"}
    other = tower(mona, acme, 2, "Other")
    with pytest.raises(Invalid) as fault:
        move_group(mona, other[0], built[3])
    assert set(fault.value.faults) == {"parent"}


def test_a_group_never_lies_within_itself(mona: Actor, acme: Company) -> None:
    top, _middle, bottom = tower(mona, acme, 3)
    for parent in (top, bottom):
        with pytest.raises(Invalid) as fault:
            move_group(mona, top, parent)
        assert set(fault.value.faults) == {"parent"}


def test_a_parent_is_of_the_same_company(mona: Actor, acme: Company, birch: Company) -> None:
    foreign = create_group(mona, birch, name="Works")
    own = create_group(mona, acme, name="Office")
    for deed in (
        lambda: create_group(mona, acme, name="Odd", parent=foreign),
        lambda: move_group(mona, own, foreign),
    ):
        with pytest.raises(Invalid) as fault:
            deed()
        assert set(fault.value.faults) == {"parent"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(pk=own.pk).update(parent=foreign)


def test_a_company_has_so_many_groups(
    mona: Actor, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MAX_PER_COMPANY", 4)
    tower(mona, acme, 2)
    with pytest.raises(Refused, match=r"group\.limit"):
        create_group(mona, acme, name="One more")


def test_renaming_leaves_a_line_in_the_trail(mona: Actor, acme: Company) -> None:
    group = create_group(mona, acme, name="Works")
    change_group(mona, group, name="Worksite", floors=["1"])
    entry = AuditEntry.objects.filter(subject="group", verb="change").latest("pk")
    assert (entry.before, entry.after) == (
        {"name": "Works", "floors": []},
        {"name": "Worksite", "floors": ["1"]},
    )


def test_what_hangs_below_moves_along_and_its_people_are_told_of(
    mona: Actor, acme: Company, rita: Person, run_jobs: RunJobs
) -> None:
    built = tower(mona, acme, 3)
    move_people(mona, [rita], acme, built[2])
    home = create_group(mona, acme, name="Home")
    run_jobs()
    move_group(mona, built[1], home)
    built[2].refresh_from_db()
    assert built[2].ancestors == [home.pk, built[1].pk, built[2].pk]
    assert run_jobs() == ["access.refresh_people"]
    assert list(Person.objects.of_group(home.pk)) == [rita]
    assert not Person.objects.of_group(built[0].pk).exists()


def test_a_deleted_groups_people_and_groups_move_up(
    mona: Actor, acme: Company, rita: Person, run_jobs: RunJobs
) -> None:
    top, middle, bottom = tower(mona, acme, 3)
    move_people(mona, [rita], acme, middle)
    delete_group(mona, middle)
    rita.refresh_from_db()
    bottom.refresh_from_db()
    assert rita.group == top
    assert (bottom.parent, bottom.ancestors) == (top, [top.pk, bottom.pk])
    delete_group(mona, top)
    rita.refresh_from_db()
    bottom.refresh_from_db()
    assert (rita.group, bottom.parent, bottom.ancestors) == (None, None, [bottom.pk])
    assert "access.refresh_people" in run_jobs()


def test_a_deletion_that_would_make_namesakes_is_refused(mona: Actor, acme: Company) -> None:
    workshop = create_group(mona, acme, name="Works")
    create_group(mona, acme, name="Night", parent=workshop)
    create_group(mona, acme, name="night")
    with pytest.raises(Refused, match=r"group\.name"):
        delete_group(mona, workshop)
    assert Group.objects.filter(pk=workshop.pk).exists()


def test_a_company_takes_its_groups_along(mona: Actor, cast: Cast) -> None:
    company = cast.acme
    tower(mona, company, 3)
    Person.objects.filter(company=company).update(company=cast.birch, node=cast.birch.node)
    company.access_groups.all().delete()
    delete_company(mona, company)
    assert not Group.objects.filter(company=company.pk).exists()


def test_whoever_is_in_a_group_is_found_by_an_index(mona: Actor, acme: Company) -> None:
    (group,) = tower(mona, acme, 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Group.objects.within(group.pk).explain()
    assert "group_by_ancestor" in plan


def test_a_part_of_a_name_is_found_by_an_index(mona: Actor, acme: Company) -> None:
    tower(mona, acme, 1, name="Workshop")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Group.objects.filter(name__icontains="orksho").explain()
    assert "group_by_words" in plan


moves = st.lists(st.tuples(st.integers(0, 7), st.integers(-1, 7)), max_size=12)


@given(moves=moves)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_however_groups_move_ancestors_are_what_the_parents_say(moves, acme: Company) -> None:
    with transaction.atomic():
        trees = [*tower(BUILDER, acme, 4), *tower(BUILDER, acme, 4, "Other")]
        for moved, parent in moves:
            try:
                with transaction.atomic():
                    move_group(BUILDER, trees[moved], trees[parent] if parent >= 0 else None)
            except Invalid:
                pass
        by_key = {group.pk: group for group in Group.objects.filter(company=acme)}
        for group in by_key.values():
            path, step = [], group
            while step is not None:
                path.insert(0, step.pk)
                step = by_key.get(step.parent_id)
            assert group.ancestors == path
            assert len(path) <= 5
        transaction.set_rollback(True)
