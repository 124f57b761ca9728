"""Keeping a spreadsheet program from taking somebody's name for a formula.

A text that begins like a formula gets an apostrophe in front, as a person would type it. So does
one that already looks as if it had one, so that reading takes off exactly what writing put on.
"""

_DANGEROUS = frozenset("=+-@\t\r\n")
_GUARD = "'"


def defused(text: str) -> str:
    """Return what may be written to a file that knows no types, such as CSV."""
    return _GUARD + text if looks_live(text) else text


def restored(text: str) -> str:
    """Return what was written before it was defused."""
    return text[1:] if text.startswith(_GUARD) and looks_live(text) else text


def looks_live(text: str) -> bool:
    """Say whether a program might run a text, or a text behind apostrophes."""
    return text.lstrip(_GUARD)[:1] in _DANGEROUS and bool(text)
