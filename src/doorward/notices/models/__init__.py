"""Facts of notices, one module a noun."""

from doorward.notices.models.announcements import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    Announcement,
    Announcements,
    Delivery,
)
from doorward.notices.models.notices import Absence, Notice, Notices

__all__ = [
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "Absence",
    "Announcement",
    "Announcements",
    "Delivery",
    "Notice",
    "Notices",
]
