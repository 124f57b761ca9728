"""MAC addresses: every notation in, one form out."""

import re

# What people and labels put between digits: blanks, colons, dots, underscores, dashes of any kind.
_SEPARATORS = re.compile(r"[\s:._\-\u2010-\u2015\u2212\u200b-\u200d\ufeff]")
_FORM = re.compile(r"[0-9A-F]{12}")
_PART = re.compile(r"[0-9A-F]{1,12}")
# As it stands on some labels before the digits.
_NAMED = re.compile(r"^MAC(?:ADDRESS|ID|NO)?", re.ASCII)


def canonical(text: str) -> str:
    """Return twelve upper-case hex digits; raise ValueError for what is not a MAC."""
    mac = _NAMED.sub("", digits(text))
    if not _FORM.fullmatch(mac):
        raise ValueError("a MAC has twelve hex digits")
    return mac


def part(text: str) -> str:
    """Return what may be a part of a MAC, without separators, or nothing where it cannot be one."""
    found = digits(text)
    return found if _PART.fullmatch(found) else ""


def digits(text: str) -> str:
    """Return a MAC or a part of one without separators, in upper case."""
    return _SEPARATORS.sub("", text).upper()
