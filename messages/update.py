"""`python -m messages.update`: bring every catalogue to what the sources say now.

What is new stands there untranslated, what nobody says any more is gone, and the rest is kept.
"""

from collections.abc import Iterable
from dataclasses import replace

from messages.catalogue import Catalogue, Entry, Message, catalogues, read, written
from messages.sources import collect


def updated(catalogue: Catalogue, messages: Iterable[Message]) -> Catalogue:
    known = {entry.message: entry for entry in catalogue.entries}
    empty = ("",) * catalogue.plural_forms
    entries = [
        known.get(message) or Entry(message, empty if message.plural else ("",))
        for message in messages
    ]
    return replace(catalogue, entries=tuple(entries))


def main() -> None:
    messages = list(collect().values())
    for path in catalogues():
        catalogue = updated(read(path), messages)
        path.write_text(written(catalogue), encoding="utf-8")
        missing = sum(not entry.is_said for entry in catalogue.entries)
        print(f"{path.parts[-3]}: {len(messages)} messages, {missing} to translate")


if __name__ == "__main__":
    main()
