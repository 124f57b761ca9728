"""Facts of notices, one module a noun."""

from doorward.notices.models.notices import Absence, Notice, Notices

__all__ = ["Absence", "Notice", "Notices"]
