"""Facts of the helpdesk, one module a noun."""

from doorward.helpdesk.models.manuals import Manual
from doorward.helpdesk.models.tickets import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Message,
    Picture,
    ReadMark,
    Ticket,
    Tickets,
)

__all__ = [
    "LONGEST_SUBJECT",
    "LONGEST_TEXT",
    "Manual",
    "Message",
    "Picture",
    "ReadMark",
    "Ticket",
    "Tickets",
]
