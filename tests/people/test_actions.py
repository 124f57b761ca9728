"""People come, move within their site, and go."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from doorward.access.models import Credential
from doorward.activity.models import DoorEvent
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.people.actions import PersonForm, change_person, create_person, delete_person
from doorward.people.models import Person
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db
NILS = PersonForm(first_name="Nils", last_name="New")
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_person_belongs_to_the_company_and_its_site(mona: Actor, acme: Company) -> None:
    nils = create_person(mona, acme, NILS)
    assert (nils.node, nils.site) == (acme.node, acme.site)


def test_an_administrator_adds_people_to_the_own_company_only(
    ada: Actor, acme: Company, birch: Company
) -> None:
    create_person(ada, acme, NILS)
    with pytest.raises(Forbidden):
        create_person(ada, birch, NILS)


@pytest.mark.parametrize("field", ["first_name", "last_name"])
@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_name_has_a_length(mona: Actor, acme: Company, field: str, name: str) -> None:
    with pytest.raises(Invalid) as fault:
        create_person(mona, acme, PersonForm(**{**vars(NILS), field: name}))
    assert set(fault.value.faults) == {field}


@pytest.mark.parametrize("until", [MARCH, MARCH - timedelta(seconds=1)])
def test_a_validity_ends_after_it_begins(mona: Actor, acme: Company, until: datetime) -> None:
    form = PersonForm(first_name="Nils", last_name="New", valid_from=MARCH, valid_until=until)
    with pytest.raises(Invalid) as fault:
        create_person(mona, acme, form)
    assert set(fault.value.faults) == {"valid_until"}


def test_a_person_moves_within_the_site(mona: Actor, rita: Person, birch: Company) -> None:
    change_person(mona, rita, birch, NILS)
    assert Person.objects.get(pk=rita.pk).node == birch.node


def test_a_person_does_not_move_to_another_site(mona: Actor, rita: Person, cast: Cast) -> None:
    oaks = cast.person("Olga").company
    with pytest.raises((Refused, Forbidden)):
        change_person(mona, rita, oaks, NILS)


def test_an_administrator_gives_nobody_away(ada: Actor, rita: Person, birch: Company) -> None:
    with pytest.raises(Forbidden):
        change_person(ada, rita, birch, NILS)


def test_the_trail_tells_only_what_changed(mona: Actor, rita: Person, acme: Company) -> None:
    change_person(mona, rita, acme, PersonForm(first_name="Rhea", last_name="Rowe"))
    entry = AuditEntry.objects.filter(subject="person", verb="change").latest("pk")
    assert (entry.before, entry.after) == ({"first_name": "Rita"}, {"first_name": "Rhea"})


def test_a_person_goes_with_cards_but_the_log_still_names_them(
    mona: Actor, rita: Person, run_jobs: RunJobs
) -> None:
    key = rita.pk
    delete_person(mona, rita)
    run_jobs()
    assert not Credential.objects.filter(person=key).exists()
    assert DoorEvent.objects.filter(person=key).first().person_name == "Rita Rowe"  # type: ignore[union-attr]


def test_a_person_may_not_change_themselves(cast: Cast, rita: Person, acme: Company) -> None:
    with pytest.raises(Forbidden):
        change_person(cast.actor("rita"), rita, acme, NILS)


@pytest.mark.parametrize("year", [1, 1969, 9000, 9999])
def test_a_validity_no_database_could_tell_again_is_refused(
    ada: Actor, acme: Company, year: int
) -> None:
    limit = datetime(year, 6, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    with pytest.raises(Invalid) as fault:
        create_person(ada, acme, PersonForm(**{**vars(NILS), "valid_from": limit}))
    assert set(fault.value.faults) == {"valid_from"}
