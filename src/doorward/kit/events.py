"""Announcing what happened: in the same transaction, to whoever the switchboard names.

Rooms above may object at once, by `Refused`; what they do about it they do after the commit.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from doorward.kit.jobs import app as jobs


@dataclass(frozen=True)
class Event:
    """Something that happened; subclasses hold ids or lists of ids, never a secret."""


# Any: whoever acts; the kit knows no accounts.
def submit(event: Event, actor: Any) -> None:
    """Ask the rooms above, before it is announced, whether they object; raise their `Refused`."""
    for object_to in import_string(settings.OBJECTIONS).get(type(event), ()):
        import_string(object_to)(actor, event)


def announce(event: Event) -> None:
    """Write one job for each reaction the switchboard has; they run after this commit."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is announced inside the transaction that made it true")
    # Any: a job's arguments are JSON values.
    body: dict[str, Any] = dataclasses.asdict(event)
    for reaction in import_string(settings.SWITCHBOARD).get(type(event), ()):
        jobs.configure_task(reaction).defer(**body)
