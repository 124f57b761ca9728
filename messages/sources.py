"""What the sources say: every sentence in them that is marked for translation."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from doorward.kit.countries import countries
from messages.catalogue import HOUSE, Message

# What marks a sentence, and what its arguments are.
_MARKS = {
    "gettext": ("text",),
    "gettext_lazy": ("text",),
    "gettext_noop": ("text",),
    "ngettext": ("text", "plural"),
    "ngettext_lazy": ("text", "plural"),
    "pgettext": ("context", "text"),
    "pgettext_lazy": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
    "npgettext_lazy": ("context", "text", "plural"),
}
_MARKERS = frozenset({"django.utils.translation", "doorward.messages"})
_STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
# Django writes what a template says as calls; the rest of the template it blanks out.
_CALL = re.compile(rf"\b(n?p?gettext|_)\(({_STRING})(?:, ({_STRING}))?(?:, ({_STRING}))?")


def collect(root: Path = HOUSE) -> dict[tuple[str, str], Message]:
    """Return the messages of all modules and templates, as they stand there, and the countries."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted(root.rglob("*")):
        for message in _said_in(path):
            known = found.get(message.key)
            if known is None or not known.plural:
                found[message.key] = message
    return {**found, **{name.key: name for name in _countries()}}


def of_module(source: str) -> Iterator[Message]:
    """Yield what a module says; raise ValueError for a sentence that is put together first."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in _MARKERS
        for alias in node.names
    }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = _name_of(call.func)
        mark = _MARKS.get(names.get(name, name))
        if mark and call.args:
            said = call.args[: len(mark)]
            if any(isinstance(part, ast.JoinedStr) for part in said):
                raise ValueError(f"line {call.lineno}: nobody can translate an f-string")
            texts = [part.value for part in said if isinstance(part, ast.Constant)]
            if len(texts) == len(mark):
                yield Message(**dict(zip(mark, map(str, texts), strict=True)))


def of_template(source: str) -> Iterator[Message]:
    for call in _CALL.finditer(templatize(source)):
        mark = _MARKS["gettext" if call[1] == "_" else call[1]]
        texts = [ast.literal_eval(text) for text in call.groups()[1:] if text]
        yield Message(**dict(zip(mark, texts, strict=False)))


def _said_in(path: Path) -> Iterator[Message]:
    if path.suffix == ".py" and "migrations" not in path.parts:
        yield from of_module(path.read_text(encoding="utf-8"))
    elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
        yield from of_template(path.read_text(encoding="utf-8"))


def _name_of(function: ast.expr) -> str:
    """Return the last word of what is called: `gettext`, also of `spelling.gettext`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _countries() -> Iterator[Message]:
    """Yield the names that `doorward.kit.countries` asks for one by one."""
    return (Message(name, context="country") for _region, name in countries())
