"""Names as a device prints them: some firmware does so in an encoding that is not UTF-8 [F]."""

import re

# What else a reply may be in where it is no UTF-8; which one is not known [G].
FOREIGN = "gb18030"
# A name in one of these may look like another one.
_ENCODINGS = ("utf-8", FOREIGN, "latin-1", "cp1250", "cp1251")
_LOST = "\ufffd"


def decoded(body: bytes) -> str:
    """Return the text of a reply; what is in no encoding that we know is marked as lost."""
    for encoding in ("utf-8", FOREIGN):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode("utf-8", errors="replace")


def same(held: str, wanted: str) -> bool:
    """True where a text that was read may be the wanted one, in the device's own spelling."""
    if held == wanted:
        return True
    if wanted.isascii():
        # Every encoding prints it alike.
        return False
    if _LOST in held:
        parts = (re.escape(part) for part in re.split(f"{_LOST}+", held))
        return re.fullmatch(".+".join(parts), wanted) is not None
    # Which of the two it was read as cannot be seen any more.
    printed = {held.encode("utf-8", "replace"), held.encode(FOREIGN, "replace")}
    return any(wanted.encode(encoding, "replace") in printed for encoding in _ENCODINGS)
