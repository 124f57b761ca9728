"""PINs as digits: what one may be, what a stranger would try first, what chance gives."""

import random
from itertools import islice

import pytest

from doorward.access import pins
from doorward.sites.models import PIN_LENGTHS, USUAL_PIN


def test_a_pin_is_read_through_spaces_and_hyphens() -> None:
    assert pins.canonical(" 583-914 ", 6) == "583914"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a PIN."),
        (" - ", "Enter a PIN."),
        ("58391a", "Use only the digits 0–9 in a PIN."),
        ("٥٨٣٩١٤", "Use only the digits 0–9 in a PIN."),
        ("58391", "A PIN has at least %(limit)d digits here."),
        ("583914726", "A PIN has at most %(limit)d digits."),
        ("91234567", "Eight digits that begin with 9 are kept for temporary keys."),
    ],
)
def test_what_can_be_no_pin_is_told_with_the_mend(text: str, sentence: str) -> None:
    with pytest.raises(pins.PinError) as fault:
        pins.canonical(text, 6)
    assert str(fault.value) == sentence


@pytest.mark.parametrize("pin", ["9123456", "81234569", "912345"])
def test_only_eight_digits_from_nine_are_reserved(pin: str) -> None:
    assert pins.canonical(pin, 4) == pin


@pytest.mark.parametrize(
    "pin",
    [
        *("1234", "4321", "9876", "7890", "1111", "1212", "1122", "2580", "1379", "1984", "2027"),
        *("2412", "1224", "3112", "123456", "654321", "000000", "121212", "123123", "112233"),
        *("111222", "147258", "241284", "122484", "841224", "100001", "246802", "12345678"),
        *("24121984", "12241984", "19841224", "12121212", "13579135"),
    ],
)
def test_what_a_stranger_tries_first_is_weak(pin: str) -> None:
    assert pins.is_weak(pin)


@pytest.mark.parametrize(
    "pin", ["5839", "4071", "58391", "583914", "740186", "5839147", "58391470"]
)
def test_digits_without_a_pattern_are_not_weak(pin: str) -> None:
    assert not pins.is_weak(pin)


@pytest.mark.parametrize(("length", "most"), [(4, 0.12), (6, 0.2), (8, 0.05)])
def test_most_numbers_are_left_to_choose_from(length: int, most: float) -> None:
    dice = random.Random(7)
    drawn = [str(dice.randrange(10**length)).zfill(length) for _ in range(5_000)]
    assert sum(map(pins.is_weak, drawn)) / len(drawn) < most


@pytest.mark.parametrize("length", range(4, 9))
def test_chance_gives_pins_that_may_be_given(length: int) -> None:
    for pin in islice(pins.candidates(length, random.Random(7).randrange), 500):
        assert pins.canonical(pin, length) == pin
        assert len(pin) == length
        assert not pins.is_weak(pin)


@pytest.mark.parametrize(
    ("shortest", "held", "length"),
    [(4, 1, 4), (4, 100, 4), (4, 101, 5), (6, 500, 6), (6, 20_000, 7), (8, 10**7, 8)],
)
def test_pins_grow_where_many_are_held(shortest: int, held: int, length: int) -> None:
    assert pins.length_for(shortest, held) == length


def test_a_site_asks_for_lengths_that_pins_may_have() -> None:
    assert PIN_LENGTHS == (pins.MIN_DIGITS, pins.MAX_DIGITS)
    assert pins.USUAL_DIGITS == USUAL_PIN
