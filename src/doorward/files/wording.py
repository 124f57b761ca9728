"""What came of long work, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# What `report.count` counts.
COUNTS: dict[str, Promise] = {
    "rows": _("Rows"),
    "created": _("Created"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "deleted": _("Deleted"),
    "skipped": _("Skipped"),
}


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what came of it as words with their numbers, in the order of the table."""
    known = [(str(COUNTS[word]), counts[word]) for word in COUNTS if word in counts]
    return known + [(word, number) for word, number in counts.items() if word not in COUNTS]
