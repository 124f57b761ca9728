"""What is typed into the search, and what it may mean: pure."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.access import cards
from doorward.portal.search.marks import marked, of_digits, of_words
from doorward.portal.search.typed import Typed


@pytest.mark.parametrize(
    "text", ["Ada", "Dede", "facade", "Room 1207", "1", "", "rita@b.example", "+49 30 901820"]
)
def test_a_name_is_no_card_number(text: str) -> None:
    assert Typed.of(text).cards == frozenset()


@pytest.mark.parametrize(
    "text",
    ["0A1B2C3D", "0a 1b 2c 3d", "0A:1B:2C:3D", "3D2C1B0A", "0169552957", "169552957", "DEADBEEF"],
)
def test_a_number_is_one_in_whatever_format(text: str) -> None:
    assert Typed.of(text).cards


@given(value=st.integers(1 << 16, (1 << 32) - 1), form=st.sampled_from(cards.Format))
def test_a_number_is_found_as_it_is_printed(value: int, form: cards.Format) -> None:
    number = f"{value:08X}"
    found = Typed.of(cards.spell(number, form)).cards
    assert cards.match_key(number) in {cards.match_key(one) for one in found} or (
        re.fullmatch("[A-F]{,7}", cards.spell(number, form)) is not None
    )


@pytest.mark.parametrize(("text", "tail"), [("2c3d", "2C3D"), ("••••2C3D", "2C3D"), ("12345", "")])
def test_last_digits_are_four(text: str, tail: str) -> None:
    assert Typed.of(text).tail == tail


@pytest.mark.parametrize(
    ("text", "phone"),
    [("+49 30 901820", "4930901820"), ("030/901820", "30901820"), ("0049", ""), ("30a", "")],
)
def test_a_telephone_number_loses_what_is_only_dialled(text: str, phone: str) -> None:
    assert Typed.of(text).phone == phone


@pytest.mark.parametrize(
    ("text", "mac"),
    [("0c:11:05:aa:bb:01", "0C1105AABB01"), ("0C-11-05", "0C1105"), ("0C1", ""), ("lobby", "")],
)
def test_a_mac_is_read_with_and_without_separators(text: str, mac: str) -> None:
    assert Typed.of(text).mac == mac


@given(text=st.text(max_size=60), typed=st.text(max_size=20))
def test_the_pieces_are_the_text(text: str, typed: str) -> None:
    pieces = marked(text, of_words(Typed.of(typed)))
    assert "".join(piece.text for piece in pieces) == text


def test_what_was_typed_is_marked_in_any_case() -> None:
    pieces = marked("Rita Rowe", of_words(Typed.of("ROW")))
    assert [piece.text for piece in pieces if piece.hit] == ["Row"]


def test_digits_are_marked_across_what_separates_them() -> None:
    pieces = marked("+49 30 901820", of_digits("309018"))
    assert [piece.text for piece in pieces if piece.hit] == ["30 9018"]


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read(text: str) -> None:
    typed = Typed.of(text)
    assert len(typed.words) <= 8
    assert "\x00" not in typed.text
    assert (typed.cards, typed.mac, typed.phone, typed.tail) is not None
