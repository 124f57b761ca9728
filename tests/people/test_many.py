"""Deeds on many people at once: all or nobody, in as many statements as for one."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from doorward.kit.errors import Forbidden, Invalid, InvalidRows, Refused
from doorward.people.actions import (
    PersonForm,
    change_people,
    change_person,
    create_group,
    create_people,
    create_person,
    delete_people,
    move_people,
    resume_people,
    suspend_people,
)
from doorward.people.models import Person
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
NILS = PersonForm(first_name="Nils", last_name="New")


def form(number: int, **told: object) -> PersonForm:
    return PersonForm(**{"first_name": f"Nils {number}", "last_name": "New", **told})


def statements(actor: Actor, company: Company, count: int) -> int:
    with CaptureQueriesContext(connection) as asked:
        people = create_people(actor, [(company, form(n)) for n in range(count)])
        change_people(actor, [(p, company, form(n, remark="x")) for n, p in enumerate(people)])
        suspend_people(actor, people)
        resume_people(actor, people)
    return len(asked)


def test_many_take_as_many_statements_as_few(mona: Actor, acme: Company) -> None:
    assert statements(mona, acme, 2) == statements(mona, acme, 40)


def test_a_fault_names_the_place_and_the_field_and_nobody_is_created(
    mona: Actor, acme: Company
) -> None:
    before = Person.objects.count()
    told = [
        (acme, form(0)),
        (acme, form(1, email="nobody", mobile="0301234")),
        (acme, form(2, valid_from=MARCH, valid_until=MARCH)),
        (acme, form(3, personnel_id="no spaces", remark="x" * 256)),
    ]
    with pytest.raises(InvalidRows) as fault:
        create_people(mona, told)
    assert {place: set(some) for place, some in fault.value.rows.items()} == {
        1: {"email", "mobile"},
        2: {"valid_until"},
        3: {"personnel_id", "remark"},
    }
    assert "people[1].email" in fault.value.faults
    assert Person.objects.count() == before


def test_each_has_a_line_in_the_trail_and_one_word_tells_of_all(
    mona: Actor, acme: Company, run_jobs: RunJobs
) -> None:
    people = create_people(mona, [(acme, form(n)) for n in range(3)])
    assert run_jobs() == ["access.refresh_people"]
    entries = AuditEntry.objects.filter(subject="person", verb="create", actor="mona")
    assert {entry.subject_id for entry in entries} == {person.pk for person in people}


def test_one_without_the_right_to_one_of_them_does_nothing(
    ada: Actor, rita: Person, bob: Person
) -> None:
    for deed in (suspend_people, resume_people, delete_people):
        with pytest.raises(Forbidden):
            deed(ada, [rita, bob])
    assert Person.objects.filter(pk__in=[rita.pk, bob.pk], status="active").count() == 2


def test_whoever_is_told_as_they_are_is_left_alone(mona: Actor, acme: Company) -> None:
    people = create_people(mona, [(acme, form(n)) for n in range(2)])
    before = AuditEntry.objects.count()
    change_people(mona, [(people[0], acme, form(0)), (people[1], acme, form(7))])
    assert AuditEntry.objects.count() == before + 1


def test_who_is_gone_meanwhile_is_refused(mona: Actor, rita: Person, bob: Person) -> None:
    delete_people(mona, [bob])
    with pytest.raises(Refused, match=r"people\.gone"):
        suspend_people(mona, [rita, Person(pk=bob.pk or 2**40, node=rita.node)])


# --- Personnel IDs ----------------------------------------------------------------------------


def test_an_empty_personnel_id_is_the_next_number_of_the_site(
    mona: Actor, acme: Company, birch: Company, cast: Cast
) -> None:
    one, other = create_people(mona, [(acme, form(1)), (birch, form(2))])
    assert int(other.personnel_id) == int(one.personnel_id) + 1
    assert cast.person("Olga").personnel_id == cast.person("Rita").personnel_id


def test_a_number_that_somebody_typed_is_passed_over(mona: Actor, acme: Company) -> None:
    last = int(create_person(mona, acme, NILS).personnel_id)
    create_person(mona, acme, form(1, personnel_id=str(last + 1)))
    told = [(acme, form(2)), (acme, form(3, personnel_id=str(last + 3))), (acme, form(4))]
    ids = [int(person.personnel_id) for person in create_people(mona, told)]
    assert ids == [last + 2, last + 3, last + 4]


def test_an_id_is_unique_in_the_site_whatever_its_case(
    mona: Actor, acme: Company, birch: Company
) -> None:
    create_person(mona, acme, form(1, personnel_id="ab-1"))
    with pytest.raises(Invalid) as fault:
        create_person(mona, birch, form(2, personnel_id="AB-1"))
    assert set(fault.value.faults) == {"personnel_id"}


def test_the_same_id_twice_is_the_fault_of_the_second(mona: Actor, acme: Company) -> None:
    told = [(acme, form(1, personnel_id="K7")), (acme, form(2, personnel_id="k7"))]
    with pytest.raises(InvalidRows) as fault:
        create_people(mona, told)
    assert {place: set(some) for place, some in fault.value.rows.items()} == {1: {"personnel_id"}}


def test_two_may_exchange_their_ids_in_one_deed(mona: Actor, acme: Company) -> None:
    told = [(acme, form(1, personnel_id="A")), (acme, form(2, personnel_id="B"))]
    one, other = create_people(mona, told)
    change_people(
        mona, [(one, acme, form(1, personnel_id="B")), (other, acme, form(2, personnel_id="A"))]
    )
    kept = Person.objects.filter(pk__in=[one.pk, other.pk]).order_by("pk")
    assert [person.personnel_id for person in kept] == ["B", "A"]


def test_a_change_without_an_id_keeps_it(mona: Actor, rita: Person, acme: Company) -> None:
    kept = rita.personnel_id
    assert change_person(mona, rita, acme, NILS).personnel_id == kept


def test_another_site_may_use_the_same_id(mona: Actor, oscar: Actor, cast: Cast) -> None:
    create_person(mona, cast.acme, form(1, personnel_id="A1"))
    oaks = Company.objects.select_related("node", "site").get(name="Oaks")
    assert create_person(oscar, oaks, form(1, personnel_id="a1")).personnel_id == "a1"


# --- What is kept -----------------------------------------------------------------------------


def test_everything_that_is_told_is_kept(mona: Actor, acme: Company) -> None:
    told = PersonForm(
        first_name="Nils",
        last_name="New",
        group=create_group(mona, acme, name="Works"),
        personnel_id="N-1",
        email="nils@example.com",
        mobile="+49 151 23456789",
        landline="+49 30 901820",
        floors=["G", "1", "12A"],
        remark='Left-handed, "quoted", ünï',
        valid_from=MARCH,
        valid_until=datetime(2027, 3, 1, 12, 30, 1, 654321, tzinfo=UTC),
    )
    key = create_person(mona, acme, told).pk
    change_person(mona, Person.objects.get(pk=key), acme, NILS)
    change_person(mona, Person.objects.get(pk=key), acme, told)
    nils = Person.objects.get(pk=key)
    assert {name: getattr(nils, name) for name in vars(told)} == vars(told)
    assert nils.mobile.as_e164 == "+4915123456789"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("floors", [str(n) for n in range(11)]),
        ("floors", ["x" * 17]),
        ("language", "tlh"),
        ("landline", "+49 1"),
        ("email", "a@b@c"),
        ("personnel_id", "x" * 33),
        ("personnel_id", "naïve"),
        ("remark", "a\x00b"),
    ],
)
def test_what_has_the_wrong_shape_is_told_at_its_field(
    mona: Actor, acme: Company, name: str, value: object
) -> None:
    with pytest.raises(Invalid) as fault:
        create_person(mona, acme, form(1, **{name: value}))
    assert set(fault.value.faults) == {name}


# --- Moving -----------------------------------------------------------------------------------


def test_people_move_to_a_company_and_one_of_its_groups(
    mona: Actor, rita: Person, bob: Person, birch: Company, run_jobs: RunJobs
) -> None:
    workshop = create_group(mona, birch, name="Works")
    assert move_people(mona, [rita, bob], birch, workshop) == [rita, bob]
    rita.refresh_from_db()
    assert (rita.company, rita.node, rita.group) == (birch, birch.node, workshop)
    run_jobs()
    assert rita.credentials.get().node_id == birch.node_id


def test_a_group_of_another_company_takes_nobody_in(
    mona: Actor, rita: Person, acme: Company, birch: Company
) -> None:
    workshop = create_group(mona, birch, name="Works")
    with pytest.raises(Invalid) as fault:
        move_people(mona, [rita], acme, workshop)
    assert set(fault.value.faults) == {"group"}
    with pytest.raises(Invalid) as fault:
        change_person(mona, rita, acme, form(1, group=workshop))
    assert set(fault.value.faults) == {"group"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=rita.pk).update(group=workshop)


def test_nobody_moves_to_another_site(mona: Actor, rita: Person) -> None:
    oaks = Company.objects.select_related("node", "site").get(name="Oaks")
    with pytest.raises((Refused, Forbidden)):
        move_people(mona, [rita], oaks)


def test_an_administrator_moves_nobody_out_or_in(
    ada: Actor, rita: Person, bob: Person, acme: Company, birch: Company
) -> None:
    for person, company in ((rita, birch), (bob, acme)):
        with pytest.raises(Forbidden):
            move_people(ada, [person], company)
