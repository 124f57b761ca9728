"""Writing the audit trail: one row for every deed, in the deed's own transaction."""

from collections.abc import Mapping

from django.db import models

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, Node

# What a form or a command changed, by field; never a secret.
Facts = Mapping[str, object]


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
    was, is_now = dict(before or {}), dict(after or {})
    changed = {name for name in was.keys() | is_now.keys() if was.get(name) != is_now.get(name)}
    AuditEntry.objects.create(
        node=node,
        actor=actor.name,
        account=actor.account,
        address=actor.address or None,
        verb=verb,
        subject=subject._meta.model_name or "",
        subject_id=subject.pk,
        label=str(subject)[:200],
        before={name: _plain(was[name]) for name in sorted(changed & was.keys())},
        after={name: _plain(is_now[name]) for name in sorted(changed & is_now.keys())},
    )


def facts(subject: models.Model, *names: str) -> Facts:
    """Return the named fields as they stand, to compare before and after."""
    return {name: getattr(subject, name) for name in names}


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value)
