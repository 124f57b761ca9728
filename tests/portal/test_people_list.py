"""The list of people: what it is narrowed to, and what is done to many of them at once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from doorward.access.actions import credentials, pins
from doorward.kit import clock
from doorward.people.actions import PersonForm, create_person, move_people, suspend_people
from doorward.people.models import Person
from doorward.sites.models import Company
from tests.at_home import SignedIn
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona_s_list(signed_in: SignedIn) -> Client:
    return signed_in("mona")


def listed(browser: Client, person: Person, **query: object) -> set[str]:
    """Return the first names in a list that is narrowed."""
    answer = browser.get(reverse("people", args=[person.site_id]), query)
    assert "Leave it out" not in answer.content.decode()
    return {row.record.first_name for row in answer.context["table"].paginated_rows}


def do(browser: Client, deed: str, *people: Person, **more: object) -> str:
    """Do a deed on people, confirmed as it was shown; return what the list says then."""
    sent = {"deed": deed, "ids": [p.pk for p in people], "confirmed": len(people), **more}
    address = reverse("people", args=[people[0].site_id])
    answer = browser.post(address, sent, follow=True)
    if mark := answer.context.get("looked"):
        answer = browser.post(address, {**sent, "looked": mark}, follow=True)
    return answer.content.decode()


def test_a_group_has_everybody_beneath_it(
    mona_s_list: Client, cast: Cast, acme: Company, rita: Person
) -> None:
    move_people(BUILDER, [rita], acme, cast.crew("Night shift"))
    assert listed(mona_s_list, rita, group=cast.crew("Workshop").pk) == {"Rita"}
    assert listed(mona_s_list, rita, group=cast.crew("Studio").pk) == set()
    assert listed(mona_s_list, rita, group="none") == {"Bob"}


def test_what_people_hold(mona_s_list: Client, rita: Person, bob: Person, birch: Company) -> None:
    pins.add_pin(BUILDER, rita)
    for card in bob.credentials.all():
        credentials.remove_credential(BUILDER, card)
    assert listed(mona_s_list, rita, holds="pin") == {"Rita"}
    assert listed(mona_s_list, rita, holds="card") == {"Rita"}
    assert listed(mona_s_list, rita, holds="nothing") == {"Bob"}


def test_how_people_stand(mona_s_list: Client, rita: Person, bob: Person, acme: Company) -> None:
    now = clock.now()
    later = PersonForm(first_name="Lena", last_name="Late", valid_from=now + timedelta(days=2))
    past = PersonForm(first_name="Paul", last_name="Past", valid_until=now - timedelta(days=2))
    for form in (later, past):
        create_person(BUILDER, acme, form)
    suspend_people(BUILDER, [bob])
    assert listed(mona_s_list, rita, status="active") == {"Rita"}
    assert listed(mona_s_list, rita, status="suspended") == {"Bob"}
    assert listed(mona_s_list, rita, status="not_started") == {"Lena"}
    assert listed(mona_s_list, rita, status="expired") == {"Paul"}
    soon = (now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    assert listed(mona_s_list, rita, valid_at=soon) == {"Rita", "Lena"}


def test_a_stranger_s_group_is_no_filter(signed_in: SignedIn, cast: Cast, rita: Person) -> None:
    address = reverse("people", args=[rita.site_id])
    answer = signed_in("ada").get(address, {"group": cast.crew("Studio").pk})
    assert "Studio" not in answer.content.decode()
    assert not answer.context["table"].rows


def test_many_are_suspended_and_taken_back(mona_s_list: Client, rita: Person, bob: Person) -> None:
    said = do(mona_s_list, "suspend", rita, bob)
    assert "2 people were suspended." in said
    assert "Undo" in said
    assert set(Person.objects.filter(status="suspended")) == {rita, bob}
    assert "2 people count again." in do(mona_s_list, "resume", rita, bob)


def test_many_are_moved_to_a_group(mona_s_list: Client, cast: Cast, rita: Person) -> None:
    studio = cast.crew("Studio")
    said = do(mona_s_list, "move", rita, company=studio.company_id, group=studio.pk)
    assert "1 person was moved." in said
    rita.refresh_from_db()
    assert (rita.company_id, rita.group) == (studio.company_id, studio)


def test_a_group_of_another_company_is_no_place_to_move_to(
    mona_s_list: Client, cast: Cast, acme: Company, rita: Person
) -> None:
    said = do(mona_s_list, "move", rita, company=acme.pk, group=cast.crew("Studio").pk)
    assert "Choose a group of this company." in said
    rita.refresh_from_db()
    assert rita.group is None


def test_many_are_deleted_and_brought_back(mona_s_list: Client, rita: Person, bob: Person) -> None:
    said = do(mona_s_list, "delete", rita, bob)
    assert "2 people were deleted." in said
    (path,) = {part.split('"')[0] for part in said.split('action="') if "/restore/" in part}
    mona_s_list.post(path)
    assert {p.first_name for p in Person.objects.filter(site=rita.site)} == {"Rita", "Bob"}


def test_an_administrator_does_nothing_to_others(
    signed_in: SignedIn, rita: Person, bob: Person
) -> None:
    ada = signed_in("ada")
    address = reverse("people", args=[rita.site_id])
    sent = {"deed": "delete", "ids": [rita.pk, bob.pk], "confirmed": 2}
    ada.post(address, sent)
    assert Person.objects.filter(pk__in=[rita.pk, bob.pk]).count() == 2


def test_one_is_suspended_and_resumed_on_the_page(mona_s_list: Client, rita: Person) -> None:
    keys = [rita.site_id, rita.pk]
    said = mona_s_list.post(reverse("person-suspend", args=keys), follow=True).content.decode()
    assert reverse("person-resume", args=keys) in said
    rita.refresh_from_db()
    assert rita.status == Person.Status.SUSPENDED
    mona_s_list.post(reverse("person-resume", args=keys))
    rita.refresh_from_db()
    assert rita.status == Person.Status.ACTIVE


def test_all_that_is_known_is_typed_and_shown(
    mona_s_list: Client, cast: Cast, acme: Company, rita: Person
) -> None:
    typed = {
        "first_name": "Rita",
        "last_name": "Rowe",
        "company": acme.pk,
        "group": cast.crew("Night shift").pk,
        "personnel_id": "A-17",
        "email": "rita@acme.example",
        "mobile": "+49 1512 3456789",
        "landline": "+49 30 901820",
        "language": "en",
        "floors": "2, B1",
        "remark": "Has a bicycle.",
        "valid_from": "2026-01-01T08:00",
        "valid_until": "2036-01-01T08:00",
    }
    keys = [rita.site_id, rita.pk]
    assert mona_s_list.post(reverse("person-edit", args=keys), typed).status_code == 302
    shown = mona_s_list.get(reverse("person", args=keys)).content.decode()
    for words in (
        *("A-17", "rita@acme.example", "+49 1512 3456789", "+49 30 901820", "2, B1"),
        *("Has a bicycle.", "Workshop › Night shift"),
    ):
        assert words in shown, words
    # Saving what stands changes nothing.
    again = mona_s_list.get(reverse("person-edit", args=keys)).context["form"]
    kept = {name: again[name].value() for name in typed}
    assert kept["floors"] == "2,B1" or kept["floors"] == ["2", "B1"]


def test_a_telephone_number_says_its_country(mona_s_list: Client, rita: Person) -> None:
    typed = {
        "first_name": "Rita",
        "last_name": "Rowe",
        "company": rita.company_id,
        "mobile": "0151 234",
    }
    address = reverse("person-edit", args=[rita.site_id, rita.pk])
    answer = mona_s_list.post(address, typed)
    assert answer.status_code == 422
    assert "Write the whole number with its country" in answer.content.decode()
