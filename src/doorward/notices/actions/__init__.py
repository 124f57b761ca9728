"""Deeds of notices, one module a noun."""

from doorward.notices.actions.keeping import forget_old
from doorward.notices.actions.reading import read_all, read_notice
from doorward.notices.actions.telling import News, recount, tell
from doorward.notices.actions.watching import watch_devices

__all__ = [
    "News",
    "forget_old",
    "read_all",
    "read_notice",
    "recount",
    "tell",
    "watch_devices",
]
