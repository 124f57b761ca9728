"""What a change of access would do, before it is done: judged, counted and named.

Whoever asks is told of people and doors that they see, and of nobody else. Groups that they do
not see count all the same: who keeps a door by one of these loses nothing. Each question takes a
fixed number of queries, however many people it is about.
"""

from doorward.access.consequences.doors import of_closing, of_granting
from doorward.access.consequences.groups import of_deletion, of_form, of_joining, of_leaving
from doorward.access.consequences.people import (
    of_moving,
    of_rehanging,
    of_removal,
    of_ungrouping,
)
from doorward.access.consequences.told import Line, Preview

__all__ = [
    "Line",
    "Preview",
    "of_closing",
    "of_deletion",
    "of_form",
    "of_granting",
    "of_joining",
    "of_leaving",
    "of_moving",
    "of_rehanging",
    "of_removal",
    "of_ungrouping",
]
