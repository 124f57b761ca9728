"""Card numbers: one canonical form, one key to match by, a few last digits to show.

The sentences of `CardError` are message ids without a number in them: a card number must
not reach a log by way of an error.
"""

import re

from doorward.messages import gettext_noop

MIN_DIGITS = 4
MAX_DIGITS = 20
# Devices keep at most five cards for a person (docs/protocols/akuvox.md, Model).
MAX_PER_PERSON = 5

_SEPARATORS = re.compile(r"[\s:.\-]+")
_HEX = re.compile(r"[0-9A-F]+", re.ASCII)


class CardError(ValueError):
    """A card number nobody could present; the message tells the mend."""


def canonical(text: str) -> str:
    """Return a typed or imported number as upper-case hex of 4 to 20 digits, zeros kept.

    Spaces, colons, hyphens and dots may stand between the digits. Raise `CardError` with a
    sentence for the field.
    """
    number = _bare(text)
    if not number:
        raise CardError(gettext_noop("Enter the card number."))
    if not _HEX.fullmatch(number):
        raise CardError(
            gettext_noop("Use only the digits 0–9 and the letters A–F in a card number.")
        )
    if len(number) < MIN_DIGITS:
        raise CardError(
            gettext_noop("Enter at least 4 digits of the card number, with its leading zeros.")
        )
    if len(number) > MAX_DIGITS:
        raise CardError(gettext_noop("Enter at most 20 digits of the card number."))
    if len(number) % 2:
        raise CardError(
            gettext_noop("Enter an even number of digits: put the missing zero in front.")
        )
    if not number.strip("0"):
        raise CardError(
            gettext_noop("Enter the number as the reader shows it: zeros alone name no card.")
        )
    return number


def match_key(code: str) -> str:
    """Return what two readings of one card have in common; empty for what can be no card.

    Some readers drop leading zeros, as public projects have seen, so the key has none. Two cards
    that differ only in these count as one: keep keys unique, not numbers.
    """
    number = _bare(code)
    if len(number) > MAX_DIGITS or not _HEX.fullmatch(number):
        return ""
    return number.lstrip("0")


def tail(code: str) -> str:
    """Return the last four digits, or half of a short number: what may be shown of it."""
    shown = min(4, len(code) // 2)
    return code[len(code) - shown :]


def _bare(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()
