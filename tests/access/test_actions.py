"""Cards and access groups: what may be given to whom, by whom."""

import pytest

from doorward.access.actions import credentials, groups
from doorward.access.facts import windows_of
from doorward.access.models import AccessGroup, AccessSegment, Credential
from doorward.access.windows import WEEKDAYS, WeeklyWindow
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.people.actions import PersonForm, change_person
from doorward.people.models import Person
from doorward.sites.actions import delete_company
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import BOBS_CARD, NIGHTS, OFFICE_HOURS, RITAS_CARD, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


def form(cast: Cast, **given: object) -> groups.GroupForm:
    known: dict[str, object] = {
        "name": "Weekdays",
        "doors": [cast.door("Front door")],
        "people": [cast.person("Rita")],
        "windows": [OFFICE_HOURS],
    }
    return groups.GroupForm(**{**known, **given})  # type: ignore[arg-type]


# --- Cards ------------------------------------------------------------------------------------


def test_a_card_is_sealed_and_found_by_its_hash(mona: Actor, rita: Person) -> None:
    card = credentials.add_card(mona, rita, number="ca:fe:ba:be")
    again = Credential.objects.get(match=credentials.match_of("CAFEBABE"))
    assert (again.pk, again.secret, again.tail) == (card.pk, "CAFEBABE", "BABE")


@pytest.mark.parametrize("number", ["", "12", "ABCDEFGH", "123", "0000", "F" * 22])
def test_a_number_no_reader_shows_is_refused_at_its_field(
    mona: Actor, rita: Person, number: str
) -> None:
    with pytest.raises(Invalid) as fault:
        credentials.add_card(mona, rita, number=number)
    assert set(fault.value.faults) == {"number"}


@pytest.mark.parametrize("number", [BOBS_CARD, f"00{BOBS_CARD}", RITAS_CARD])
def test_a_card_is_held_once_at_a_site(mona: Actor, rita: Person, number: str) -> None:
    with pytest.raises(Invalid) as fault:
        credentials.add_card(mona, rita, number=number)
    assert set(fault.value.faults) == {"number"}


def test_who_tries_numbers_learns_nothing_where_no_card_can_be_given(
    mona: Actor, rita: Person
) -> None:
    with pytest.raises(Invalid) as fault:
        credentials.add_card(mona, rita, number=BOBS_CARD, label="x" * 65)
    assert set(fault.value.faults) == {"label"}


def test_another_site_may_hold_a_card_of_that_number(oscar: Actor, cast: Cast) -> None:
    card = credentials.add_card(oscar, cast.person("Olga"), number=RITAS_CARD)
    assert card.site == cast.oak


def test_a_sixth_card_is_refused(mona: Actor, rita: Person) -> None:
    for number in range(4):
        credentials.add_card(mona, rita, number=f"{0xA000 + number:08X}")
    with pytest.raises(Invalid):
        credentials.add_card(mona, rita, number="CAFEBABE")


def test_an_administrator_gives_cards_to_own_people_only(
    ada: Actor, rita: Person, bob: Person
) -> None:
    credentials.add_card(ada, rita, number="CAFEBABE")
    with pytest.raises(Forbidden):
        credentials.add_card(ada, bob, number="CAFEBAB0")


def test_a_card_goes_with_its_holder_to_another_company(
    mona: Actor, ada: Actor, rita: Person, birch: Company
) -> None:
    change_person(mona, rita, birch, PersonForm(first_name="Rita", last_name="Rowe"))
    card = rita.credentials.get()
    assert card.node == birch.node
    assert not Credential.objects.visible_to(ada).filter(pk=card.pk).exists()
    with pytest.raises(Forbidden):
        credentials.remove_credential(ada, card)


# --- Access groups ----------------------------------------------------------------------------


def test_a_group_keeps_windows_and_their_segments(mona: Actor, maple: Site, cast: Cast) -> None:
    group = groups.create_group(mona, maple, form(cast, windows=[NIGHTS]))
    assert windows_of(group) == (NIGHTS,)
    segments = AccessSegment.objects.filter(group=group).order_by("start")
    assert [(s.days, s.start, s.end) for s in segments] == [
        (0b0111110, 0, 360),
        (WEEKDAYS, 1320, 1440),
    ]


@pytest.mark.parametrize("field", ["doors", "people"])
def test_a_group_takes_only_what_is_of_its_site(
    mona: Actor, maple: Site, cast: Cast, field: str
) -> None:
    strange = {"doors": [cast.door("Oak gate")], "people": [cast.person("Olga")]}[field]
    with pytest.raises(Invalid) as fault:
        groups.create_group(mona, maple, form(cast, **{field: strange}))
    assert set(fault.value.faults) == {field}


def test_an_administrator_makes_groups_of_the_company_not_of_the_site(
    ada: Actor, maple: Site, acme: Company, cast: Cast
) -> None:
    group = groups.create_group(ada, maple, form(cast), company=acme)
    assert group.node == acme.node
    with pytest.raises(Forbidden):
        groups.create_group(ada, maple, form(cast, name="Mine too"))


def test_an_administrator_cannot_grant_a_door_that_was_not_granted_to_the_company(
    ada: Actor, maple: Site, acme: Company, cast: Cast
) -> None:
    with pytest.raises(Invalid) as fault:
        groups.create_group(ada, maple, form(cast, doors=[cast.door("Ramp")]), company=acme)
    assert set(fault.value.faults) == {"doors"}


def test_an_administrator_cannot_take_in_another_company_s_people(
    ada: Actor, maple: Site, acme: Company, cast: Cast
) -> None:
    with pytest.raises(Invalid) as fault:
        groups.create_group(ada, maple, form(cast, people=[cast.person("Bob")]), company=acme)
    assert set(fault.value.faults) == {"people"}


def test_what_somebody_cannot_see_in_a_group_stays_in_it(ada: Actor, cast: Cast) -> None:
    group = cast.group("Acme nights")
    hidden = cast.person("Bob")
    # As it may stand in a group that is older than the rule.
    group.people.add(hidden)
    groups.change_group(ada, cast.group("Acme nights"), form(cast, name="Acme nights", people=[]))
    assert [person.first_name for person in group.people.all()] == ["Bob"]


def test_a_change_stands_in_the_trail_with_before_and_after(mona: Actor, cast: Cast) -> None:
    group = cast.group("Office hours")
    week = [WeeklyWindow(WEEKDAYS, 540, 1020)]
    people = [cast.person("Rita"), cast.person("Bob")]
    groups.change_group(mona, group, form(cast, name=group.name, people=people, windows=week))
    entry = AuditEntry.objects.filter(subject="accessgroup", verb="change").latest("pk")
    assert (entry.before, entry.after) == (
        {"windows": "Weekdays 08:00–18:00"},
        {"windows": "Weekdays 09:00–17:00"},
    )


def test_a_name_is_taken_once_a_site(mona: Actor, maple: Site, cast: Cast) -> None:
    with pytest.raises(Invalid) as fault:
        groups.create_group(mona, maple, form(cast, name="Office hours"))
    assert set(fault.value.faults) == {"name"}
    assert AccessGroup.objects.filter(site=maple).count() == 3


# --- What is a company's own ------------------------------------------------------------------


def test_a_company_s_group_takes_nobody_of_another_company(
    mona: Actor, maple: Site, acme: Company, cast: Cast
) -> None:
    strangers = form(cast, people=[cast.person("Bob")])
    with pytest.raises(Invalid) as fault:
        groups.create_group(mona, maple, strangers, company=acme)
    assert set(fault.value.faults) == {"people"}


def test_a_company_s_group_opens_only_what_the_company_may(
    mona: Actor, maple: Site, acme: Company, cast: Cast
) -> None:
    with pytest.raises(Invalid) as fault:
        groups.create_group(mona, maple, form(cast, doors=[cast.door("Ramp")]), company=acme)
    assert set(fault.value.faults) == {"doors"}


def test_who_leaves_a_company_leaves_its_groups(
    mona: Actor, rita: Person, birch: Company, cast: Cast, run_jobs: RunJobs
) -> None:
    assert cast.group("Acme nights").people.filter(pk=rita.pk).exists()
    named = PersonForm(first_name=rita.first_name, last_name=rita.last_name)
    change_person(mona, rita, birch, named)
    run_jobs()
    assert not cast.group("Acme nights").people.filter(pk=rita.pk).exists()


def test_a_company_without_people_keeps_its_groups_from_being_orphaned(
    mona: Actor, acme: Company, cast: Cast
) -> None:
    Person.objects.filter(company=acme).delete()
    with pytest.raises(Refused, match="in_use"):
        delete_company(mona, acme)
