"""Why something was found: its words in pieces, those that were typed marked."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from doorward.portal.search.typed import Typed


@dataclass(frozen=True)
class Piece:
    text: str
    hit: bool = False


def marked(text: str, wanted: re.Pattern[str] | None) -> tuple[Piece, ...]:
    """Return a text in pieces, those that match marked; put together they are the text."""
    pieces: list[Piece] = []
    begin = 0
    for found in wanted.finditer(text) if wanted else ():
        if found.start() > begin:
            pieces.append(Piece(text[begin : found.start()]))
        if found[0]:
            pieces.append(Piece(found[0], hit=True))
            begin = found.end()
    if begin < len(text):
        pieces.append(Piece(text[begin:]))
    return tuple(pieces)


def of_words(typed: Typed) -> re.Pattern[str] | None:
    """Return what finds any of the words, the longest first, in any case of letters."""
    words = sorted(typed.words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None


def of_digits(digits: str) -> re.Pattern[str] | None:
    """Return what finds these digits, whatever separates them where they are shown."""
    between = r"[\s:.()/\-]*"
    return re.compile(between.join(digits), re.IGNORECASE) if digits else None


def has_all(texts: Iterable[str], words: Iterable[str]) -> bool:
    """Say whether each word stands in one of these texts."""
    known = [text.lower() for text in texts]
    return all(any(word in text for text in known) for word in words)
