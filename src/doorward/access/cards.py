"""Card numbers: one canonical form, one key to match by, a few last digits to show.

The sentences of `CardError` are message ids without a number in them: a card number must
not reach a log by way of an error.
"""

import re
from enum import StrEnum

from doorward.messages import gettext_noop

MIN_DIGITS = 4
MAX_DIGITS = 20
# Devices keep at most five cards for a person (docs/protocols/akuvox.md, Model).
MAX_PER_PERSON = 5


class Format(StrEnum):
    """How a number is printed or shown, by the vendor's names for it.

    8HN and 8HR are hex, as read and with the order of bytes turned round. 8H10D and 8HR10D are the
    same four bytes as ten decimal digits, 6H8D three bytes as eight. 6H3D5D, known as Wiegand 26,
    is a facility code up to 255 and a number up to 65535. (Names: the vendor's manual of access
    terminals, "Integration via Wiegand"; the bits of Wiegand 26: HID's tech tip 5.)
    """

    HEX = "8HN"
    HEX_REVERSED = "8HR"
    DECIMAL = "8H10D"
    DECIMAL_REVERSED = "8HR10D"
    DECIMAL_SHORT = "6H8D"
    WIEGAND = "6H3D5D"


# A number with all that may stand between its digits.
MOST_TYPED = 64
_SEPARATORS = re.compile(r"[\s:.\-]+")
_HEX = re.compile(r"[0-9A-F]+", re.ASCII)
_FACILITY = re.compile(r"\s*([0-9]{1,3})\s*[,/:;.\-\s]\s*([0-9]{1,5})\s*", re.ASCII)
# Bytes of a number that is written as one decimal.
_DECIMAL_BYTES = {Format.DECIMAL: 4, Format.DECIMAL_REVERSED: 4, Format.DECIMAL_SHORT: 3}
_REVERSED = frozenset({Format.HEX_REVERSED, Format.DECIMAL_REVERSED})


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


def read(text: str, form: Format) -> str:
    """Return the canonical number of what is printed in a format; raise `CardError`."""
    # What stands between the digits is sought by patterns, which take long on a long text.
    if len(text) > MOST_TYPED:
        raise CardError(gettext_noop("Enter at most 20 digits of the card number."))
    if form in _DECIMAL_BYTES:
        number = _from_decimal(text, _DECIMAL_BYTES[form])
    elif form is Format.WIEGAND:
        number = _from_facility(text)
    else:
        number = canonical(text)
    return canonical(turned(number) if form in _REVERSED else number)


def spell(number: str, form: Format) -> str:
    """Return a canonical number as it is printed in a format; as hex where that cannot be."""
    if form in _REVERSED:
        number = turned(number)
    value = int(number, 16)
    if form is Format.WIEGAND and value < 1 << 24:
        return f"{value >> 16:03d},{value & 0xFFFF:05d}"
    if form in _DECIMAL_BYTES and value < 1 << 8 * _DECIMAL_BYTES[form]:
        return str(value).zfill(8 if form is Format.DECIMAL_SHORT else 10)
    return number


def turned(number: str) -> str:
    """Return a number with the order of its bytes turned round."""
    return bytes.fromhex(number)[::-1].hex().upper()


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


def _from_decimal(text: str, length: int) -> str:
    number = _bare(text)
    if not number:
        raise CardError(gettext_noop("Enter the card number."))
    if not (number.isascii() and number.isdecimal()):
        raise CardError(gettext_noop("Use only the digits 0–9 in a decimal card number."))
    if len(number) > MAX_DIGITS or int(number) >= 1 << 8 * length:
        raise CardError(
            gettext_noop("This number is too large for its format. Check it, or choose another.")
        )
    return f"{int(number):0{2 * length}X}"


def _from_facility(text: str) -> str:
    """Read "213,02000", also with a space between, or as one run of eight digits."""
    found = _FACILITY.fullmatch(text) or re.fullmatch(r"\s*([0-9]{3})([0-9]{5})\s*", text)
    if found is None:
        raise CardError(
            gettext_noop("Enter facility code and number with a comma between, such as 213,02000.")
        )
    facility, number = int(found[1]), int(found[2])
    if facility > 0xFF or number > 0xFFFF:
        raise CardError(
            gettext_noop("A facility code goes up to 255 and a card number up to 65535.")
        )
    return f"{facility:02X}{number:04X}"


def _bare(text: str) -> str:
    return _SEPARATORS.sub("", text).upper()
