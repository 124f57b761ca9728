"""HTML put together in Python, for what stands so often on a page that a template is too dear."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString


def markup(pattern: str, *parts: object) -> SafeString:
    """Fill a pattern of HTML with what is escaped unless it is marked as safe.

    As `format_html` of Django, which asks of each part twice whether it is to be said later.
    """
    return SafeString(pattern.format(*map(_shown, parts)))


def joined(pattern: str, rows: Iterable[Iterable[object]]) -> SafeString:
    """Fill a pattern once for each row, one after the other."""
    return SafeString("".join(pattern.format(*map(_shown, parts)) for parts in rows))


def _shown(part: object) -> str:
    # Forms and their fields draw themselves, as what is marked as safe does.
    return part.__html__() if hasattr(part, "__html__") else escape(str(part))
