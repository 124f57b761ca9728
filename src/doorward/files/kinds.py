"""Kinds of long work: one plain table, which the front door has in `works.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from doorward.files.models import StoredFile, Work
from doorward.files.report import Report


@dataclass(frozen=True)
class WorkKind:
    """What a kind of work is called, and what does it.

    `do` runs in one transaction as whoever asked (`report.actor`); what it raises undoes all of it.
    A `Refused` tells them why.
    """

    label: Promise
    do: Callable[[Work, Report], None]
    # The page of such work, where it has one of its own.
    address: Callable[[Work], str] | None = None
    # What it makes; how long that is kept depends on it.
    makes: StoredFile.Kind = StoredFile.Kind.RESULT


def kinds() -> Mapping[str, WorkKind]:
    table: Mapping[str, WorkKind] = import_string(settings.WORKS)
    return table


def address_of(work: Work) -> str:
    """Return where a work of its kind is shown."""
    found = kinds().get(work.kind)
    if found and found.address:
        return found.address(work)
    return reverse("work", args=[work.pk])


def label_of(kind: str) -> str:
    """Return what a kind is called; of one that is no more only its key is left."""
    found = kinds().get(kind)
    return str(found.label) if found else kind
