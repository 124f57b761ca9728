"""Kinds of long work: one plain table, which the front door has in `works.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from doorward.files.models import Work
from doorward.files.report import Report


@dataclass(frozen=True)
class WorkKind:
    """What a kind of work is called, and what does it.

    `do` runs in one transaction as whoever asked (`report.actor`); what it raises undoes all of it.
    A `Refused` tells them why.
    """

    label: Promise
    do: Callable[[Work, Report], None]


def kinds() -> Mapping[str, WorkKind]:
    table: Mapping[str, WorkKind] = import_string(settings.WORKS)
    return table


def label_of(kind: str) -> str:
    """Return what a kind is called; of one that is no more only its key is left."""
    found = kinds().get(kind)
    return str(found.label) if found else kind
