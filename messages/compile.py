"""`python -m messages.compile`: every catalogue as the table that is read while the product runs.

It needs nothing but the standard library: also a machine without gettext builds all languages.
"""

import os
import struct
from pathlib import Path

from messages.catalogue import Catalogue, catalogues, read

# As GNU gettext writes them (its manual, "The Format of GNU MO Files"), without a table of hashes.
_MAGIC, _HEAD = 0x950412DE, 28
_CONTEXT_ENDS, _TEXT_ENDS = "\x04", "\x00"


def compile_stale() -> list[Path]:
    """Compile what is older than its catalogue, and return that."""
    return [path for path in catalogues() if _is_stale(path) and _compile(path)]


def table(catalogue: Catalogue) -> bytes:
    """Return the table of a catalogue; a message that is not translated has no place in it."""
    texts = {"": catalogue.header}
    for entry in catalogue.entries:
        if entry.is_said:
            context, text = entry.message.key
            name = f"{context}{_CONTEXT_ENDS}{text}" if context else text
            if entry.message.plural:
                name += _TEXT_ENDS + entry.message.plural
            texts[name] = _TEXT_ENDS.join(entry.said)
    pairs = sorted((name.encode(), text.encode()) for name, text in texts.items())
    strings = [name for name, _text in pairs] + [text for _name, text in pairs]
    places, at = [], _HEAD + 8 * len(strings)
    for string in strings:
        places += [len(string), at]
        at += len(string) + 1
    said_from = _HEAD + 8 * len(pairs)
    head = struct.pack("<7I", _MAGIC, 0, len(pairs), _HEAD, said_from, 0, _HEAD)
    return head + struct.pack(f"<{len(places)}I", *places) + b"\0".join([*strings, b""])


def _is_stale(source: Path) -> bool:
    made = source.with_suffix(".mo")
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> Path:
    """Compile a catalogue, in one piece also for whoever reads or compiles it at this moment."""
    made = source.with_suffix(".mo")
    draft = made.with_suffix(f".{os.getpid()}")
    draft.write_bytes(table(read(source)))
    return draft.replace(made)


if __name__ == "__main__":
    compile_stale()
