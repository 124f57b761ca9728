"""Reason codes: why a door opened or stayed shut, as a code, a label and a sentence.

Labels and sentences are message ids; pages pass their `gettext` as `translate`.
"""

from collections.abc import Callable
from enum import StrEnum

from doorward.messages import gettext_noop


class Reason(StrEnum):
    OK = "ok"
    EXIT = "exit"
    UNKNOWN_CREDENTIAL = "unknown_credential"
    SUSPENDED = "suspended"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    NO_RIGHT = "no_right"
    OUT_OF_SCHEDULE = "out_of_schedule"
    NOT_SYNCED = "not_synced"


LABELS: dict[Reason, str] = {
    Reason.OK: gettext_noop("Access right"),
    Reason.EXIT: gettext_noop("Exit button"),
    Reason.UNKNOWN_CREDENTIAL: gettext_noop("Unknown credential"),
    Reason.SUSPENDED: gettext_noop("Suspended"),
    Reason.NOT_STARTED: gettext_noop("Not started"),
    Reason.EXPIRED: gettext_noop("Expired"),
    Reason.NO_RIGHT: gettext_noop("No access right"),
    Reason.OUT_OF_SCHEDULE: gettext_noop("Out of schedule"),
    Reason.NOT_SYNCED: gettext_noop("Door not told yet"),
}

SENTENCES: dict[Reason, str] = {
    Reason.OK: gettext_noop("%(person)s may open %(door)s."),
    Reason.EXIT: gettext_noop("Somebody left by the exit button of %(door)s. It asks for nothing."),
    Reason.UNKNOWN_CREDENTIAL: gettext_noop(
        "Nobody holds this credential. Give it to a person who may open %(door)s."
    ),
    Reason.SUSPENDED: gettext_noop(
        "%(person)s is suspended. Resume %(person)s to let them open %(door)s again."
    ),
    Reason.NOT_STARTED: gettext_noop(
        "The validity of %(person)s has not started yet."
        " Choose an earlier start to open %(door)s now."
    ),
    Reason.EXPIRED: gettext_noop(
        "The validity of %(person)s has ended. Choose a later end to open %(door)s again."
    ),
    Reason.NO_RIGHT: gettext_noop(
        "No access group lets %(person)s open %(door)s. Add %(person)s to a group with this door."
    ),
    Reason.OUT_OF_SCHEDULE: gettext_noop(
        "%(person)s may open %(door)s, but not at this time."
        " Look at the hours of the access groups."
    ),
    Reason.NOT_SYNCED: gettext_noop(
        "%(person)s may open %(door)s, but the device did not know it yet."
        " Look at the device's synchronisation."
    ),
}


def sentence(
    reason: Reason, *, person: str, door: str, translate: Callable[[str], str] = str
) -> str:
    """Say a reason to a reader; `person` may be empty where nobody holds the credential."""
    return translate(SENTENCES[reason]) % {"person": person, "door": door}
