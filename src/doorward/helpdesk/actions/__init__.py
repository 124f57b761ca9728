"""Deeds of the helpdesk, one module a noun."""

from doorward.helpdesk.actions.manuals import put_manual, remove_manual
from doorward.helpdesk.actions.tickets import (
    MOST_PICTURES,
    TicketForm,
    answer_ticket,
    answers,
    note_read,
    open_ticket,
    solve_ticket,
)

__all__ = [
    "MOST_PICTURES",
    "TicketForm",
    "answer_ticket",
    "answers",
    "note_read",
    "open_ticket",
    "put_manual",
    "remove_manual",
    "solve_ticket",
]
