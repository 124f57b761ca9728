"""Writing the audit trail: one row for every deed, in the deed's own transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db import models
from django.utils import translation

from doorward.kit.rows import insert_many
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, Node

# What a form or a command changed, by field; never a secret.
Facts = Mapping[str, object]


@dataclass(frozen=True)
class Deed:
    """What was done to one thing; of `before` and `after` only what differs is kept."""

    subject: models.Model
    node: Node
    before: Facts = field(default_factory=dict)
    after: Facts = field(default_factory=dict)


def record(
    actor: Actor,
    verb: str,
    subject: models.Model,
    node: Node,
    *,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Add a row; of `before` and `after` only what differs is kept."""
    _entry(actor, verb, Deed(subject, node, before or {}, after or {})).save(force_insert=True)


def record_many(actor: Actor, verb: str, deeds: Iterable[Deed]) -> None:
    """Add a row for each of many things to which the same was done."""
    insert_many([_entry(actor, verb, deed) for deed in deeds])


def _entry(actor: Actor, verb: str, deed: Deed) -> AuditEntry:
    was, is_now = deed.before, deed.after
    changed = {name for name in was.keys() | is_now.keys() if was.get(name) != is_now.get(name)}
    return AuditEntry(
        node=deed.node,
        actor=actor.name,
        account=actor.account,
        acting_for=actor.acting_for.username if actor.acting_for else "",
        acting_for_account=actor.acting_for,
        address=actor.address or None,
        verb=verb,
        subject=deed.subject._meta.model_name or "",
        subject_id=deed.subject.pk,
        label=_called(deed.subject),
        before={name: _plain(was[name]) for name in sorted(changed & was.keys())},
        after={name: _plain(is_now[name]) for name in sorted(changed & is_now.keys())},
    )


def _called(subject: models.Model) -> str:
    # What the house has a word for is kept in one language, and read in the reader's.
    with translation.override(settings.LANGUAGE_CODE):
        return str(subject)[:200]


def facts(subject: models.Model, *names: str) -> Facts:
    """Return the named fields as they stand, to compare before and after."""
    return {name: getattr(subject, name) for name in names}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
