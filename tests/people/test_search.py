"""People are found by what is known of them, as far as an index can find it."""

import pytest
from django.db import connection, transaction

from doorward.kit import clock
from doorward.people.actions import PersonForm, create_person
from doorward.people.filters import by_name
from doorward.people.models import Person, State
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def nils(mona: Actor, acme: Company) -> Person:
    told = PersonForm(
        first_name="Nils-Åke",
        last_name="Söderström O'Neil",
        personnel_id="X_77-b",
        email="nils@example.com",
        mobile="+4915123456789",
    )
    return create_person(mona, acme, told)


@pytest.mark.parametrize(
    "words",
    [
        *("Nils", "söder", "ÖDERSTR", "neil", "Åke", "ils-å"),
        *("ni", "N", "s", "o'", "x_", "X_77", "nils@", "example.com", "2345678"),
        *("+4915", "söder nils", "n s x", "nils & söderström", " nils  "),
    ],
)
def test_each_word_is_found_wherever_it_stands(nils: Person, words: str) -> None:
    assert nils in Person.objects.filter(by_name(words))


@pytest.mark.parametrize("words", ["ls", "77", "nilz", "nils bob", "%", "nil_", "__", "&", "ni%s"])
def test_what_is_not_there_is_not_found(nils: Person, words: str) -> None:
    assert nils not in Person.objects.filter(by_name(words))


@pytest.mark.parametrize("words", ["", "  "])
def test_no_words_find_everybody(words: str, rita: Person, bob: Person) -> None:
    assert {rita, bob} <= set(Person.objects.filter(by_name(words)))


@pytest.mark.parametrize(
    "words", ["nils", "ils-", "ni", "n", "王", "王伟", "a-b", "+49", "x_7", "é"]
)
def test_every_search_can_use_the_index(words: str, nils: Person) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Person.objects.filter(by_name(words)).explain()
    assert "person_by_words" in plan


@pytest.mark.parametrize(
    ("state", "index"),
    [
        (State.SUSPENDED, "person_suspended"),
        (State.EXPIRED, "person_valid_until"),
        (State.NOT_STARTED, "person_valid_from"),
    ],
)
def test_who_stands_unlike_others_is_found_by_an_index(state: State, index: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Person.objects.in_state(state, clock.now()).explain()
    assert index in plan
