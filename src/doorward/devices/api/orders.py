"""What orders of every kind tell over the API."""

from datetime import datetime
from typing import Any

from doorward.devices.models import Command
from doorward.kit.api.shapes import Out, Sentence, sentence_of


class OrderOut(Out):
    """An order to a device: carried before `expires_at` or never; settled once."""

    id: str
    device: str
    actor: str
    problem: Sentence | None
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None
    settled_at: datetime | None


# Any: the fields are of every type.
def told_of(command: Command) -> dict[str, Any]:
    """Return the fields that orders of every kind have, with their status."""
    plain = ("actor", "status", "created_at", "expires_at", "sent_at", "settled_at")
    return {
        "id": str(command.pk),
        "device": str(command.device_id),
        "problem": sentence_of(command.problem, command.get_problem_display()),
        **{name: getattr(command, name) for name in plain},
    }
