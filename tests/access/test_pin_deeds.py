"""PINs are given once, unique at a site, and nobody learns from an answer who has which."""

from collections.abc import Callable
from itertools import islice
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from doorward.access import pins
from doorward.access.actions import credentials
from doorward.access.actions.credentials import CardForm, pin_match
from doorward.access.actions.pins import (
    TooManyPins,
    add_pin,
    generate_pins,
    replace_pin,
    set_pins,
)
from doorward.access.cards import Format
from doorward.access.models import Credential
from doorward.access.records import person_records
from doorward.devices.models import Device, ShelfEntry
from doorward.devices.records import Place
from doorward.kit.errors import Forbidden, Invalid, InvalidRows, Refused
from doorward.people.actions import PersonForm, create_people
from doorward.people.models import Person
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import BUILDER, RITAS_CARD, Cast

pytestmark = pytest.mark.django_db

PIN, OTHER_PIN = "583914", "740186"


def crowd(company: Company, count: int) -> list[Person]:
    forms = [PersonForm(first_name=f"P{n}", last_name="Crowd") for n in range(count)]
    return create_people(BUILDER, [(company, form) for form in forms])


def refusal(deed: Callable[[], object]) -> dict[str, str]:
    """Return the faults of a deed, and see that it leaves nothing behind."""
    entries = AuditEntry.objects.count()
    with pytest.raises(Invalid) as fault, transaction.atomic():
        deed()
    assert AuditEntry.objects.count() == entries
    return {field: str(text) for field, text in fault.value.faults.items()}


def test_a_pin_is_generated_told_once_and_sealed(mona: Actor, rita: Person) -> None:
    given = add_pin(mona, rita)
    kept = Credential.objects.pins().get(person=rita)
    assert len(given.pin) == 6
    assert given.pin.isdecimal()
    assert (kept.secret, kept.tail) == (given.pin, "")
    assert given.pin not in repr(given) + str(kept)


def test_a_typed_pin_is_found_by_its_hash(mona: Actor, rita: Person) -> None:
    add_pin(mona, rita, "583 914")
    found = Credential.objects.get(match=pin_match(rita.site_id, PIN))
    assert found.person == rita


def test_the_length_that_the_site_asks_for_counts(mona: Actor, rita: Person, maple: Site) -> None:
    Site.objects.filter(pk=maple.pk).update(pin_length=8)
    assert refusal(lambda: add_pin(mona, rita, PIN)) == {"pin": "A PIN has at least 8 digits here."}
    assert len(add_pin(mona, rita).pin) == 8


def test_the_range_of_temporary_keys_is_kept(mona: Actor, rita: Person) -> None:
    assert "pin" in refusal(lambda: add_pin(mona, rita, "91234567"))


def test_a_clash_is_answered_like_a_weak_pin(mona: Actor, rita: Person, bob: Person) -> None:
    add_pin(mona, rita, PIN)
    clash = refusal(lambda: add_pin(mona, bob, PIN))
    weak = refusal(lambda: add_pin(mona, bob, "123456"))
    assert clash == weak == {"pin": pins.UNUSABLE}


def test_a_clash_and_a_weak_pin_ask_the_database_the_same(
    mona: Actor, rita: Person, bob: Person
) -> None:
    add_pin(mona, rita, PIN)
    asked = []
    for pin in (PIN, "123456"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            refusal(lambda pin=pin: add_pin(mona, bob, pin))  # type: ignore[misc]
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_whoever_is_refused_often_waits(mona: Actor, ada: Actor, rita: Person) -> None:
    for _try in range(20):
        refusal(lambda: add_pin(ada, rita, "123456"))
        ada.finish()
    with pytest.raises(TooManyPins):
        add_pin(ada, rita, PIN)
    assert add_pin(mona, rita, PIN).pin == PIN


def test_a_generated_pin_never_waits(ada: Actor, rita: Person) -> None:
    for _try in range(21):
        ada.finish()
        with pytest.raises((Invalid, TooManyPins)), transaction.atomic():
            add_pin(ada, rita, "123456")
    assert add_pin(ada, rita).pin


def test_another_site_may_give_the_same_pin(mona: Actor, oscar: Actor, cast: Cast) -> None:
    add_pin(mona, cast.person("Rita"), PIN)
    add_pin(oscar, cast.person("Olga"), PIN)
    first, second = Credential.objects.pins()
    assert bytes(first.match) != bytes(second.match)


def test_a_person_has_one_pin_until_it_is_replaced(mona: Actor, rita: Person) -> None:
    add_pin(mona, rita, PIN)
    assert "Replace it" in refusal(lambda: add_pin(mona, rita, OTHER_PIN))["pin"]
    replace_pin(mona, rita, OTHER_PIN)
    assert [one.secret for one in Credential.objects.pins()] == [OTHER_PIN]


def test_two_people_swap_their_pins(mona: Actor, rita: Person, bob: Person) -> None:
    set_pins(mona, [(rita, PIN), (bob, OTHER_PIN)])
    set_pins(mona, [(rita, OTHER_PIN), (bob, PIN)])
    assert rita.credentials.pins().get().secret == OTHER_PIN


def test_one_bad_pin_among_many_gives_nobody_any(mona: Actor, rita: Person, bob: Person) -> None:
    faults = refusal(lambda: set_pins(mona, [(rita, PIN), (bob, PIN)]))
    assert faults == {"pins[1].pin": pins.UNUSABLE}
    assert not Credential.objects.pins().exists()


def test_a_long_list_of_clashes_is_not_told_one_by_one(mona: Actor, acme: Company) -> None:
    held = list(islice(pins.candidates(6, Random(3).randrange), 30))
    set_pins(BUILDER, list(zip(crowd(acme, 30), held, strict=True)))
    others = crowd(acme, 30)
    with pytest.raises(Refused) as no, transaction.atomic():
        set_pins(mona, list(zip(others, held, strict=True)))
    assert no.value.code == "pin.many"


def test_many_get_pins_in_a_fixed_number_of_statements(mona: Actor, acme: Company) -> None:
    asked = []
    for count in (3, 60):
        people = crowd(acme, count)
        with CaptureQueriesContext(connection) as queries:
            given = generate_pins(mona, people)
        assert len({one.pin for one in given}) == count
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_every_pin_given_is_unlike_those_there(mona: Actor, acme: Company, maple: Site) -> None:
    Site.objects.filter(pk=maple.pk).update(pin_length=4)
    given = [one.pin for _round in range(5) for one in generate_pins(mona, crowd(acme, 60))]
    assert len(set(given)) == 300
    assert {len(pin) for pin in given} == {4, 5}


def test_who_may_not_change_a_person_gives_them_no_pin(ada: Actor, bob: Person) -> None:
    with pytest.raises(Forbidden):
        add_pin(ada, bob)


# --- What devices are told ---------------------------------------------------------------------


def test_a_pin_alone_is_enough_for_the_shelf(mona: Actor, lobby: Device, rita: Person) -> None:
    credentials.remove_credential(mona, rita.credentials.get())
    assert person_records({Place(lobby.pk, lobby.site): [rita.pk]}) == {}
    add_pin(mona, rita, PIN)
    record = person_records({Place(lobby.pk, lobby.site): [rita.pk]})[lobby.pk, rita.pk]
    assert (record.cards, record.pin) == ((), PIN)
    assert PIN not in repr(record)
    entry = ShelfEntry.objects.get(device=lobby, kind=ShelfEntry.Kind.PERSON, key=rita.pk)
    assert (entry.gone, entry.synced_at) == (False, None)


def test_a_new_pin_is_told_and_a_removed_one_too(mona: Actor, lobby: Device, rita: Person) -> None:
    entries = ShelfEntry.objects.filter(device=lobby, kind=ShelfEntry.Kind.PERSON, key=rita.pk)
    seen = [entries.get().revision]
    add_pin(mona, rita, PIN)
    seen.append(entries.get().revision)
    replace_pin(mona, rita, OTHER_PIN)
    seen.append(entries.get().revision)
    credentials.remove_credential(mona, rita.credentials.pins().get())
    seen.append(entries.get().revision)
    assert seen == sorted(set(seen))
    assert person_records({Place(lobby.pk, lobby.site): [rita.pk]})[lobby.pk, rita.pk].pin == ""


# --- Looking again -----------------------------------------------------------------------------


def test_each_look_leaves_a_trace_without_the_pin(mona: Actor, rita: Person) -> None:
    add_pin(mona, rita, PIN)
    assert credentials.reveal(mona, rita.credentials.pins().get()) == PIN
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.subject_id, entry.actor) == ("show PIN", rita.pk, "mona")
    assert PIN not in str(entry.before) + str(entry.after) + entry.label


def test_a_card_is_shown_as_it_was_written(mona: Actor, rita: Person) -> None:
    card = credentials.add_card(mona, rita, number="0013961168", form=Format.DECIMAL)
    assert card.secret == "00D507D0"
    assert credentials.reveal(mona, card) == "0013961168"


def test_nobody_looks_at_what_is_another_companys(ada: Actor, bob: Person) -> None:
    with pytest.raises(Forbidden):
        credentials.reveal(ada, bob.credentials.get())


def test_seeing_a_person_is_not_enough_to_look(otto: Actor, rita: Person) -> None:
    with pytest.raises(Forbidden):
        credentials.reveal(otto, rita.credentials.get())


# --- Cards in numbers --------------------------------------------------------------------------


def test_a_card_that_clashes_names_its_holder_where_one_sees_them(mona: Actor, bob: Person) -> None:
    faults = refusal(lambda: credentials.add_card(mona, bob, number=RITAS_CARD))
    assert faults == {"number": "Rita Rowe holds this card. Take it from them first."}


def test_a_card_of_another_company_names_no_person(ada: Actor, rita: Person) -> None:
    faults = refusal(lambda: credentials.add_card(ada, rita, number="11223344"))
    assert faults == {"number": "A person of another company at this site holds this card."}


def test_many_cards_are_all_given_or_none(mona: Actor, rita: Person, bob: Person) -> None:
    told = [
        CardForm(person=rita, number="CAFEBABE"),
        CardForm(person=bob, number="ca:fe:ba:be"),
        CardForm(person=bob, number="12345"),
        CardForm(person=bob, number="BEEF", label="L" * 65),
    ]
    with pytest.raises(InvalidRows) as fault, transaction.atomic():
        credentials.add_cards(mona, told)
    assert {place: set(faults) for place, faults in fault.value.rows.items()} == {
        1: {"number"},
        2: {"number"},
        3: {"label"},
    }
    assert rita.credentials.count() == 1


def test_many_cards_take_a_fixed_number_of_statements(mona: Actor, acme: Company) -> None:
    asked = []
    for base, count in ((0xA000, 3), (0xB000, 60)):
        people = crowd(acme, count)
        told = [CardForm(person=p, number=f"{base + n:08X}") for n, p in enumerate(people)]
        with CaptureQueriesContext(connection) as queries:
            credentials.add_cards(mona, told)
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_card_is_no_pin_though_the_digits_are_the_same(mona: Actor, rita: Person) -> None:
    credentials.add_card(mona, rita, number=PIN)
    assert add_pin(mona, rita, PIN).pin == PIN
