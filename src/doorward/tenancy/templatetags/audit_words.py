"""Rows of the audit trail in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext, override
from django.utils.translation import gettext as _

from doorward.tenancy.models import AuditEntry
from doorward.tenancy.permissions import Role
from doorward.tenancy.wording import (
    CONNECTOR,
    FIELDS,
    KIND_FIRST,
    SENTENCES,
    SUBJECTS,
    SYSTEMS,
    UNTOLD,
    VALUES,
    VERBS,
)

register = template.Library()


@dataclass(frozen=True)
class Change:
    """A field with what stood there and what stands there now; None where there was nothing."""

    field: str
    before: str | None
    after: str | None


@register.filter
def doer(entry: AuditEntry) -> str:
    """Say who it was: an account's person, or a part of the system."""
    return entry.account.get_full_name() if entry.account else _system(entry.actor)


@register.filter
def helped(entry: AuditEntry) -> str:
    """Say for whom it was done, where somebody acted for another."""
    other = entry.acting_for_account
    return other.get_full_name() if other else entry.acting_for


@register.filter
def doers(entry: AuditEntry) -> str:
    """Say who it was and, in the same breath, for whom."""
    names = {"name": doer(entry), "other": helped(entry)}
    return _("%(name)s for %(other)s") % names if names["other"] else names["name"]


@register.filter
def deed(entry: AuditEntry) -> str:
    return str(VERBS.get(entry.verb, entry.verb))


@register.filter
def label(entry: AuditEntry) -> str:
    """Say what it was called; in the reader's language where the house called it so."""
    for sentence in SENTENCES.get(entry.subject, ()):
        if told := _pattern(sentence).fullmatch(entry.label):
            return gettext(sentence) % told.groupdict()
    first, colon, rest = entry.label.partition(": ")
    if entry.subject in KIND_FIRST and first in _kinds(entry.subject):
        return f"{_kinds(entry.subject)[first]}{colon}{rest}"
    return entry.label


@register.filter
def kind(entry: AuditEntry) -> str:
    """Say what kind of thing it was; empty where its label says so itself."""
    word = kind_word(entry.subject)
    return "" if label(entry).startswith(word) else word


@register.filter
def changes(entry: AuditEntry) -> Iterator[Change]:
    """Yield what changed, field by field; empty values are left out."""
    if entry.subject in UNTOLD:
        return
    for name in {**entry.before, **entry.after}:
        was, is_now = (_said(entry, name, side.get(name)) for side in (entry.before, entry.after))
        if was or is_now:
            yield Change(_word(entry, name), was, is_now)


def kind_word(subject: str) -> str:
    """Return what a kind of thing is called."""
    return str(SUBJECTS.get(subject, subject))


def systems_called(words: str) -> list[str]:
    """Return those parts of the system, as the trail has them, that are called so."""
    sought = words.casefold()
    return [name for name, word in SYSTEMS.items() if sought in str(word).casefold()]


def called_by_the_house(words: str) -> Q:
    """Say which lines are about what the house itself has named so, in the reader's language."""
    sought, found = words.casefold(), Q(pk__in=())
    for subject in KIND_FIRST:
        for first, word in _kinds(subject).items():
            if sought in str(word).casefold():
                found |= Q(subject=subject, label__startswith=first)
    return found


def _system(name: str) -> str:
    if name.startswith(CONNECTOR):
        return _("Connector %(number)s") % {"number": name.removeprefix(CONNECTOR)}
    return str(SYSTEMS.get(name, name))


@cache
def _models() -> dict[str, type[models.Model]]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("doorward.")]
    return {str(model._meta.model_name): model for model in ours}


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what finds an English sentence again, with what stands at its placeholders."""
    return re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.*)", re.escape(sentence)))


@cache
def _kinds(subject: str) -> dict[str, Promise]:
    """Return the kinds of a model by their English names."""
    with override(settings.LANGUAGE_CODE):
        return {str(word): word for _key, word in _field(subject, "kind").flatchoices}


# Any: a field of whatever a model has; none where the fact is no column.
@cache
def _field(subject: str, name: str) -> Any:
    model = _models().get(subject)
    found = {one.name: one for one in model._meta.concrete_fields} if model else {}
    return found.get(name)


def _word(entry: AuditEntry, name: str) -> str:
    field = _field(entry.subject, name)
    usual = field.verbose_name if field else name.replace("_", " ")
    return str(FIELDS.get(name, usual))


def _said(entry: AuditEntry, name: str, value: object) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_one(entry, name, item) for item in value)
    return _one(entry, name, value)


def _one(entry: AuditEntry, name: str, value: object) -> str:
    said = str(value)
    if word := VALUES.get(name, {}).get(said):
        return str(word)
    if name == "role" and said in Role.values:
        return str(Role(said).label)
    field = _field(entry.subject, name)
    if field is None:
        return said
    if isinstance(field, models.DateTimeField):
        return _moment(said)
    return str({str(key): label for key, label in field.flatchoices}.get(said, said))


def _moment(said: str) -> str:
    """Write a moment as the list does, in the zone of its place."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return said
    return date_format(localtime(at) if at.tzinfo else at, "SHORT_DATETIME_FORMAT")
