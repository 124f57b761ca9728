"""Columns by their letters: A, B, … Z, AA."""

from functools import lru_cache

from doorward.kit.sheets.faults import damaged

_LAST = 16_384


@lru_cache(maxsize=_LAST)
def index_of(letters: str) -> int:
    """Return a column's place from 0; raise `Unreadable` for what is none."""
    place = 0
    for letter in letters[:4].upper():
        if not "A" <= letter <= "Z":
            raise damaged()
        place = place * 26 + ord(letter) - 64
    if place > _LAST:
        raise damaged()
    return place - 1


def letters_of(place: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
