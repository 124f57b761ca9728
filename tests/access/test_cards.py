"""Card numbers as people type them and as readers report them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.access import cards
from doorward.access.cards import CardError, canonical, match_key, tail

numbers = (
    st.text("0123456789ABCDEF", min_size=2, max_size=10)
    .map(lambda half: "0" * len(half) + half)
    .filter(lambda number: number.strip("0"))
)


@pytest.mark.parametrize(
    "typed", ["04a2b98a", "04:A2:B9:8A", "04-a2-b9-8a", " 04 A2 B9 8A\n", "04A2.B98A"]
)
def test_a_card_has_one_canonical_form_however_it_is_typed(typed: str) -> None:
    assert canonical(typed) == "04A2B98A"


def test_leading_zeros_are_kept_for_display() -> None:
    assert canonical("0000b98a") == "0000B98A"


@pytest.mark.parametrize(
    ("typed", "mend"),
    [
        ("", "Enter the card number."),
        (" -:", "Enter the card number."),
        ("04A2B98G", "0–9"),
        ("0x04A2", "A–F"),
        ("١٢٣٤", "0–9"),
        ("123,45678", "0–9"),
        ("A2", "at least 4"),
        ("A" * 22, "at most 20"),
        ("4A2B98A", "missing zero in front"),
        ("00000000", "zeros alone"),
    ],
)
def test_an_impossible_number_is_refused_with_its_mend(typed: str, mend: str) -> None:
    with pytest.raises(CardError, match=mend):
        canonical(typed)


@pytest.mark.parametrize("typed", ["7E57CA4D5", "7E57CA4DZZ", "7E57CA4D" * 3])
def test_an_error_never_repeats_the_number(typed: str) -> None:
    with pytest.raises(CardError) as refusal:
        canonical(typed)
    assert "7E57" not in str(refusal.value)


@given(st.text("0123456789abcdefABCDEF :.-", max_size=30))
def test_a_canonical_number_stays_as_it_is(typed: str) -> None:
    try:
        number = canonical(typed)
    except CardError:
        return
    assert canonical(number) == number


@given(numbers, st.integers(min_value=0, max_value=19))
def test_a_reader_that_drops_leading_zeros_is_understood(number: str, dropped: int) -> None:
    zeros = len(number) - len(number.lstrip("0"))
    reported = number[min(dropped, zeros) :].lower()
    assert match_key(reported) == match_key(canonical(number)) != ""


@pytest.mark.parametrize("code", ["", "0000", "Rita", "A" * 21, "#1234"])
def test_what_can_be_no_card_has_no_key(code: str) -> None:
    assert match_key(code) == ""


@pytest.mark.parametrize(
    ("code", "shown"),
    [("04A2B98A", "B98A"), ("A2B98A", "98A"), ("B98A", "8A"), ("B", ""), ("", "")],
)
def test_of_a_card_its_end_is_shown_and_at_most_half(code: str, shown: str) -> None:
    assert tail(code) == shown


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [
        ("04:a1:b2:c3", cards.Format.HEX, "04A1B2C3"),
        ("C3B2A104", cards.Format.HEX_REVERSED, "04A1B2C3"),
        # Printed on a card, as a seller of cards explains the two notations.
        ("0013961168", cards.Format.DECIMAL, "00D507D0"),
        ("13961168", cards.Format.DECIMAL, "00D507D0"),
        ("213,02000", cards.Format.WIEGAND, "D507D0"),
        ("213 2000", cards.Format.WIEGAND, "D507D0"),
        ("21302000", cards.Format.WIEGAND, "D507D0"),
        ("13961168", cards.Format.DECIMAL_SHORT, "D507D0"),
        ("3490174208", cards.Format.DECIMAL_REVERSED, "00D507D0"),
    ],
)
def test_a_number_is_read_in_the_format_it_is_printed_in(
    text: str, form: cards.Format, number: str
) -> None:
    assert cards.read(text, form) == number


def test_two_notations_of_one_card_are_one_key() -> None:
    printed = cards.read("0013961168", cards.Format.DECIMAL)
    assert cards.match_key(printed) == cards.match_key(
        cards.read("213,02000", cards.Format.WIEGAND)
    )


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", cards.Format.DECIMAL),
        ("12A4", cards.Format.DECIMAL),
        ("4294967296", cards.Format.DECIMAL),
        ("16777216", cards.Format.DECIMAL_SHORT),
        ("256,1", cards.Format.WIEGAND),
        ("1,65536", cards.Format.WIEGAND),
        ("12345", cards.Format.WIEGAND),
        ("0", cards.Format.DECIMAL),
        ("9" * 30, cards.Format.DECIMAL),
    ],
)
def test_what_is_no_number_of_the_format_is_refused(text: str, form: cards.Format) -> None:
    with pytest.raises(cards.CardError):
        cards.read(text, form)


@given(st.integers(1, 2**24 - 1), st.sampled_from(cards.Format))
def test_a_number_is_spelled_as_it_is_read(value: int, form: cards.Format) -> None:
    number = f"{value:06X}" if form in _SHORT else f"{value:08X}"
    assert cards.read(cards.spell(number, form), form) == number


_SHORT = (cards.Format.WIEGAND, cards.Format.DECIMAL_SHORT)
