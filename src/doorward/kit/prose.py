"""Prose that somebody typed, with a little markup, as HTML: a small part of CommonMark.

A block ends at an empty line. `# `, `## ` and `### ` begin a heading; `- ` or `* ` an item of a
list, `1. ` of a numbered one. Within a line `**strong**`, `*emphasis*` and `[words](address)`,
whose address is http, https or mailto; a backslash takes its meaning from the sign behind it. A
new line stays one. All else is text: no HTML passes, and what is no link is shown as it was typed.
"""

import re
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from urllib.parse import urlsplit

from django.utils.safestring import SafeString

from doorward.kit.markup import markup

SCHEMES = frozenset({"http", "https", "mailto"})

_HEADING = re.compile(r"(#{1,3})[ \t]+(.+)")
_ITEM = re.compile(r"(?:[-*]|(\d{1,9})[.)])[ \t]+(.+)")
# None of these looks behind a sign of its own kind, so a long text is read in one go.
_INLINE = re.compile(
    r"\\(?P<sign>[\\`*_\[\]()#.+-])"
    r"|\[(?P<words>[^\[\]\n]+)\]\((?P<address>[^()\s]+)\)"
    r"|\*\*(?P<strong>[^*\s](?:[^*\n]*[^*\s])?)\*\*"
    r"|\*(?P<em>[^*\s](?:[^*\n]*[^*\s])?)\*"
)


def prose(text: str) -> SafeString:
    """Return a text as HTML; its headings begin at the second level, below that of the page."""
    lines = (line.strip() for line in text.splitlines())
    blocks = (list(some) for filled, some in groupby(lines, key=bool) if filled)
    return SafeString("\n".join(html for block in blocks for html in _block(block)))


def _block(lines: list[str]) -> Iterator[SafeString]:
    """Yield the headings, lists and paragraphs of lines that follow each other."""
    paragraph: list[str] = []
    # An item goes on in the lines below it, up to the next; so does nothing else.
    items: list[tuple[str | None, list[str]]] = []
    for line in lines:
        heading, item = _HEADING.fullmatch(line), _ITEM.fullmatch(line)
        if heading or (item and items and (item[1] is None) != (items[0][0] is None)):
            yield from _written(paragraph, items)
            paragraph, items = [], []
        if heading:
            level = len(heading[1]) + 1
            yield markup("<h{0}>{1}</h{0}>", level, _inline(heading[2]))
        elif item:
            items.append((item[1], [item[2]]))
        elif items:
            items[-1][1].append(line)
        else:
            paragraph.append(line)
    yield from _written(paragraph, items)


def _written(
    paragraph: list[str], items: list[tuple[str | None, list[str]]]
) -> Iterator[SafeString]:
    if paragraph:
        yield markup("<p>{}</p>", _lines(paragraph))
    if items:
        number = items[0][0]
        rows = SafeString("".join(markup("<li>{}</li>", _lines(said)) for _number, said in items))
        if number is None:
            yield markup("<ul>{}</ul>", rows)
        else:
            yield markup('<ol start="{}">{}</ol>', int(number), rows)


def _lines(lines: Iterable[str]) -> SafeString:
    return SafeString("<br>".join(map(_inline, lines)))


def _inline(text: str) -> SafeString:
    parts, end = [], 0
    for found in _INLINE.finditer(text):
        parts += [escape(text[end : found.start()]), _marked(found)]
        end = found.end()
    return SafeString("".join([*parts, escape(text[end:])]))


def _marked(found: re.Match[str]) -> SafeString:
    if sign := found["sign"]:
        return markup("{}", sign)
    if strong := found["strong"]:
        return markup("<strong>{}</strong>", _inline(strong))
    if emphasis := found["em"]:
        return markup("<em>{}</em>", _inline(emphasis))
    if not _leads_somewhere(found["address"]):
        return markup("{}", found[0])
    words = _inline(found["words"])
    return markup('<a href="{}" rel="noreferrer">{}</a>', found["address"], words)


def _leads_somewhere(address: str) -> bool:
    """Say whether an address is one that a reader may be sent to."""
    try:
        return urlsplit(address).scheme in SCHEMES
    except ValueError:
        return False
