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
    # Where one sees what has become of it: words and the address.
    onward: tuple[Promise, Callable[[Work], str]] | None = None
    # Whether what it is given has several sheets, so that a row alone does not say where.
    takes_several_sheets: bool = False


def kinds() -> Mapping[str, WorkKind]:
    table: Mapping[str, WorkKind] = import_string(settings.WORKS)
    return table


def address_of(work: Work) -> str:
    """Return where a work of its kind is shown."""
    found = kinds().get(work.kind)
    if found and found.address:
        return found.address(work)
    return reverse("work", args=[work.pk])


def onward_of(work: Work) -> tuple[str, str] | None:
    """Return words and address of where one sees what a work that is done has made."""
    found = kinds().get(work.kind)
    if found is None or found.onward is None or work.state != Work.State.DONE:
        return None
    words, address = found.onward
    return str(words), address(work)


def takes_several_sheets(kind: str) -> bool:
    found = kinds().get(kind)
    return found is not None and found.takes_several_sheets


def label_of(kind: str) -> str:
    """Return what a kind is called; of one that is no more only its key is left."""
    found = kinds().get(kind)
    return str(found.label) if found else kind
