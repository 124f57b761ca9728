"""What came of long work, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from doorward.files.models import Work

# What `report.count` counts.
COUNTS: dict[str, Promise] = {
    "rows": _("Rows"),
    "companies_created": _("Companies created"),
    "people_created": _("People created"),
    "people_changed": _("People changed"),
    "devices_created": _("Devices created"),
    "created": _("Created"),
    "changed": _("Changed"),
    "unchanged": _("Unchanged"),
    "deleted": _("Deleted"),
    "skipped": _("Skipped"),
    "faulty": _("Rows with faults"),
    "moved": _("Moved to another company"),
    "groups_created": _("Groups created"),
    "joined": _("Access groups joined"),
    "left": _("Access groups left"),
    "cards_added": _("Cards given"),
    "cards_removed": _("Cards taken away"),
    "pins_set": _("PINs set"),
    "pins_removed": _("PINs taken away"),
    "namesakes": _("New people with the name of somebody who is there"),
}


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what came of it as words with their numbers, in the order of the table."""
    known = [(str(COUNTS[word]), counts[word]) for word in COUNTS if word in counts]
    return known + [(word, number) for word, number in counts.items() if word not in COUNTS]


def took(work: Work) -> str:
    """Return how long it took, nothing where that is no second or is not known."""
    if work.started_at is None or work.finished_at is None:
        return ""
    seconds = int((work.finished_at - work.started_at).total_seconds())
    if seconds < 1:
        return ""
    if seconds >= 120:
        minutes = round(seconds / 60)
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
