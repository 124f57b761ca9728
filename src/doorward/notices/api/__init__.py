"""Routes of notices and messages, one module a noun."""

from doorward.notices.api.messages import messages
from doorward.notices.api.notices import notices

__all__ = ["messages", "notices"]
