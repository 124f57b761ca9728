"""MAC addresses: every notation in, one form out."""

import re

_SEPARATORS = re.compile(r"[\s:.\-]")
_FORM = re.compile(r"[0-9A-F]{12}")


def canonical(text: str) -> str:
    """Return twelve upper-case hex digits; raise ValueError for what is not a MAC."""
    mac = digits(text)
    if not _FORM.fullmatch(mac):
        raise ValueError("a MAC has twelve hex digits")
    return mac


def digits(text: str) -> str:
    """Return a MAC or a part of one without separators, in upper case."""
    return _SEPARATORS.sub("", text).upper()
