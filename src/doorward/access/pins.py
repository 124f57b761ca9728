"""PINs: which digits one may be, which are too easy to guess, and new ones by chance.

The sentences of `PinError` are message ids without a digit of the PIN in them: a PIN must not
reach a log by way of an error.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from itertools import pairwise

from doorward.messages import gettext_noop

# Lengths that a site may ask for at least; devices take no more (docs/protocols/akuvox.md).
MIN_DIGITS, MAX_DIGITS = 4, 8
USUAL_DIGITS = 6

# What is said of a PIN that is easy to guess and of one that somebody has: nobody must learn
# from the answer which of the two it is.
UNUSABLE = gettext_noop(
    "This PIN is easy to guess or not free. Choose another, or let one be generated."
)

# One who tries at random finds one of the generated PINs of a site in so many tries.
_TRIES = 100
_SEPARATORS = re.compile(r"[\s\-]+")
_LEAP_YEAR = 2024

# PINs that people choose most that no rule below finds: keys in a line or in the corners of a
# keypad, and numbers that everybody knows (published counts of leaked four-digit PINs).
_FAMOUS = frozenset(
    {
        *("2580", "0852", "1379", "1397", "7931", "9713", "1739", "1470", "3690", "1593", "3571"),
        *("0007", "0070", "1004", "1478", "3698", "1236", "6321", "7896", "4569", "1590", "2468"),
        *("1357", "8642", "9630", "7410", "5683", "6969", "4200", "0420", "1010", "5150", "8520"),
        *("147258", "258369", "147369", "159357", "159753", "357159", "456789", "789456"),
        *("123654", "321654", "147852", "741852", "963852", "852963", "258000", "314159"),
        *("271828", "246810", "135790", "102030", "142536", "112358", "520131", "5201314"),
        *("31415926", "14725836", "15975346", "12344321", "12341234", "11223344", "13579246"),
        *("14789632", "12369874", "87654321", "24681012", "1314520", "1472583", "7894561"),
    }
)


class PinError(ValueError):
    """Digits that can be no PIN; the message tells the mend and `limit` the number in it."""

    def __init__(self, sentence: str, limit: int = 0) -> None:
        super().__init__(sentence)
        self.limit = limit


def canonical(text: str, shortest: int) -> str:
    """Return a typed or imported PIN as its digits alone; raise `PinError`.

    Spaces and hyphens may stand between the digits. That it is easy to guess is no fault here.
    """
    pin = _SEPARATORS.sub("", text)
    if not pin:
        raise PinError(gettext_noop("Enter a PIN."))
    if not (pin.isascii() and pin.isdecimal()):
        raise PinError(gettext_noop("Use only the digits 0–9 in a PIN."))
    if len(pin) < shortest:
        raise PinError(gettext_noop("A PIN has at least %(limit)d digits here."), shortest)
    if len(pin) > MAX_DIGITS:
        raise PinError(gettext_noop("A PIN has at most %(limit)d digits."), MAX_DIGITS)
    if is_reserved(pin):
        raise PinError(gettext_noop("Eight digits that begin with 9 are kept for temporary keys."))
    return pin


def is_reserved(pin: str) -> bool:
    """Say whether a PIN lies in the range of temporary keys."""
    return len(pin) == MAX_DIGITS and pin[0] == "9"


def is_weak(pin: str) -> bool:
    """Say whether a PIN is among those that a stranger tries first."""
    return (
        pin in _FAMOUS
        or len(set(pin)) <= (1 if len(pin) == MIN_DIGITS else 2)
        or _is_run(pin)
        or _is_repeated(pin)
        or _is_pairs(pin)
        or _is_date(pin)
    )


def length_for(shortest: int, held: int) -> int:
    """Return how long a generated PIN is at a site where so many are `held`.

    It grows with their number, lest trying at random should open a door.
    """
    length = shortest
    while length < MAX_DIGITS and 10**length < _TRIES * held:
        length += 1
    return length


def candidates(length: int, below: Callable[[int], int]) -> Iterator[str]:
    """Yield PINs that are neither weak nor reserved, without end; `below` throws the dice."""
    while True:
        pin = str(below(10**length)).zfill(length)
        if not (is_weak(pin) or is_reserved(pin)):
            yield pin


def _is_run(pin: str) -> bool:
    """True for 1234, 4321, 7890 and 2468: each digit as far from the one before, over zero too."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    return len(steps) == 1


def _is_repeated(pin: str) -> bool:
    """True for 1212, 123123 and 12121: a few digits over and over."""
    return any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, len(pin) // 2 + 1))


def _is_pairs(pin: str) -> bool:
    """True for 1122, 112233 and 111222: digits doubled or tripled one after the other."""
    return any(
        len(pin) % size == 0 and pin == "".join(digit * size for digit in pin[::size])
        for size in (2, 3)
    )


def _is_date(pin: str) -> bool:
    """True for a year of somebody's life, and for a day with or without one, in any order."""
    if len(pin) == 4:
        return _is_year(pin) or _is_day(pin[:2], pin[2:])
    if len(pin) == 6:
        return _is_day(pin[:2], pin[2:4]) or _is_day(pin[2:4], pin[4:])
    if len(pin) == 8:
        first, last = pin[:4], pin[4:]
        return (_is_year(last) and _is_day(first[:2], first[2:])) or (
            _is_year(first) and _is_day(last[:2], last[2:])
        )
    return False


def _is_year(digits: str) -> bool:
    return 1900 <= int(digits) <= 2099


def _is_day(one: str, other: str) -> bool:
    """True where two numbers are day and month, whichever comes first."""
    return any(
        1 <= month <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]
        for day, month in ((int(one), int(other)), (int(other), int(one)))
    )
