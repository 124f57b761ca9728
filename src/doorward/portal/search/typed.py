"""What somebody types into the search, and what it may mean."""

import re
from dataclasses import dataclass
from functools import cached_property

from doorward.access import cards
from doorward.devices import macs

# As much as is searched for at once, in characters and in words.
LONGEST = 100
MOST_WORDS = 8
# Digits of a telephone number or of a MAC, fewer of which would be found in every second one.
_PHONE_DIGITS, _MAC_DIGITS = 4, 4
# Beyond so many letters A to F in a row there is no name, only a number without digits.
_LETTERS = 8
_LETTER = re.compile(r"[^\W_]")
_TRIGRAM = re.compile(r"[^\W_]{3}")
_NUMBER = re.compile(r"[0-9A-F\s:.,;/\-]+", re.IGNORECASE | re.ASCII)
_PHONE = re.compile(r"\+?[0-9\s()./\-]+", re.ASCII)
_TAIL = re.compile(r"[•*…\s]*([0-9A-F]{4})", re.IGNORECASE | re.ASCII)
_NOT_HEX = re.compile(r"[^0-9A-F]", re.ASCII)
_NOT_DIGIT = re.compile(r"[^0-9]", re.ASCII)


@dataclass(frozen=True)
class Typed:
    """Words to look for; whoever types a number may mean a card, a telephone, a MAC or an ID."""

    text: str

    @classmethod
    def of(cls, text: str) -> "Typed":
        """Read what was typed, without the NUL that no database takes."""
        return cls(" ".join(text.replace("\x00", " ").split()))

    @property
    def is_too_long(self) -> bool:
        return len(self.text) > LONGEST

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Return the words in lower case; what has neither letter nor digit is none."""
        found = (word for word in self.text.lower().split() if _LETTER.search(word))
        return tuple(dict.fromkeys(found))[:MOST_WORDS]

    @property
    def finds_things(self) -> bool:
        """Say whether it is enough to look for things by: one letter alone would find them all."""
        return len("".join(self.words)) > 1

    @cached_property
    def cards(self) -> frozenset[str]:
        """Return the card numbers that this may be, by each of the formats it may be written in.

        What may be one never stands in an address.
        """
        if not _NUMBER.fullmatch(self.text):
            return frozenset()
        digits = _NOT_HEX.sub("", self.text.upper())
        if len(digits) < cards.MIN_DIGITS or (digits.isalpha() and len(digits) < _LETTERS):
            return frozenset()
        return frozenset(number for form in cards.Format if (number := _read(self.text, form)))

    @cached_property
    def tail(self) -> str:
        """Return the last four digits of a card, or "" where this cannot be some."""
        found = _TAIL.fullmatch(self.text)
        return found[1].upper() if found else ""

    @cached_property
    def mac(self) -> str:
        """Return a MAC or a part of one, or "" where this is none."""
        digits = macs.digits(self.text)
        hexadecimal = _MAC_DIGITS <= len(digits) <= 12 and not _NOT_HEX.search(digits)
        return digits if hexadecimal else ""

    @cached_property
    def phone(self) -> str:
        """Return what a number in full has of a telephone number, or "" where this is none.

        The zeros in front of it are dialled and not kept.
        """
        if not _PHONE.fullmatch(self.text):
            return ""
        digits = _NOT_DIGIT.sub("", self.text).lstrip("0")
        return digits if len(digits) >= _PHONE_DIGITS else ""


def has_trigram(word: str) -> bool:
    """Say whether an index of trigrams finds this word anywhere, and not only as a beginning."""
    return _TRIGRAM.search(word) is not None


def _read(text: str, form: cards.Format) -> str:
    try:
        return cards.read(text, form)
    except cards.CardError:
        return ""
