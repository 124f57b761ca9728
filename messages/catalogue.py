"""Catalogues in gettext's format: what the sources say, and what that is in one language."""

import re
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).parent.parent / "src" / "doorward"
_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?"(.*)"')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@dataclass(frozen=True)
class Message:
    """A sentence of the sources: with its plural where it counts, in a context where it has one."""

    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return by what a catalogue tells messages apart."""
        return self.context, self.text


@dataclass(frozen=True)
class Entry:
    """A message and what it is in the language: one text, or one for each form of its plural."""

    message: Message
    said: tuple[str, ...]
    flags: frozenset[str] = frozenset()

    @property
    def is_said(self) -> bool:
        return all(self.said)


@dataclass(frozen=True)
class Catalogue:
    """A language's entries; what stands before them is kept as it was written."""

    head: str
    entries: tuple[Entry, ...]

    @property
    def header(self) -> str:
        return _entry(self.head).said[0]

    @property
    def plural_forms(self) -> int:
        found = re.search(r"nplurals=(\d)", self.header)
        return int(found[1]) if found else 1


def catalogues() -> list[Path]:
    return sorted(HOUSE.glob("locale/*/LC_MESSAGES/django.po"))


def read(path: Path) -> Catalogue:
    """Read a catalogue; raise ValueError that names a line which is none of a catalogue."""
    head, *blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    return Catalogue(head, tuple(map(_entry, blocks)))


def written(catalogue: Catalogue) -> str:
    """Return the text of a catalogue, each sentence on one line unless it has several itself."""
    return "\n\n".join([catalogue.head, *map(_block, catalogue.entries)]) + "\n"


def _entry(block: str) -> Entry:
    fields: dict[str, str] = {}
    flags: set[str] = set()
    field = ""
    for line in block.splitlines():
        if line.startswith("#,"):
            flags |= {flag.strip() for flag in line.removeprefix("#,").split(",")}
        elif not line.startswith("#"):
            found = _LINE.fullmatch(line)
            if not found:
                raise ValueError(f"no line of a catalogue: {line}")
            field = found[1] or field
            fields[field] = fields.get(field, "") + _unescaped(found[2])
    message = Message(fields["msgid"], fields.get("msgid_plural", ""), fields.get("msgctxt", ""))
    said = tuple(text for name, text in fields.items() if name.startswith("msgstr"))
    return Entry(message, said, frozenset(flags))


def _block(entry: Entry) -> str:
    message = entry.message
    lines = ["#, python-format"] if _PLACEHOLDER.search(message.text + message.plural) else []
    lines += _field("msgctxt", message.context) if message.context else []
    lines += _field("msgid", message.text)
    if not message.plural:
        return "\n".join([*lines, *_field("msgstr", entry.said[0])])
    lines += _field("msgid_plural", message.plural)
    for form, text in enumerate(entry.said):
        lines += _field(f"msgstr[{form}]", text)
    return "\n".join(lines)


def _field(name: str, text: str) -> list[str]:
    parts = text.splitlines(keepends=True)
    if len(parts) < 2:
        return [f'{name} "{_escaped(text)}"']
    return [f'{name} ""', *(f'"{_escaped(part)}"' for part in parts)]


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text)
