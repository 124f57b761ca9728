"""Rows of the audit trail in words."""

from dataclasses import dataclass

from django import template

from doorward.tenancy.models import AuditEntry
from doorward.tenancy.wording import FIELDS, SUBJECTS, VERBS

register = template.Library()


@dataclass(frozen=True)
class Change:
    """A field with what stood there and what stands there now; None where there was nothing."""

    field: str
    before: str | None
    after: str | None


@register.filter
def deed(entry: AuditEntry) -> str:
    return str(VERBS.get(entry.verb, entry.verb))


@register.filter
def kind(entry: AuditEntry) -> str:
    """Say what kind of thing it was; empty where its label says so itself."""
    word = str(SUBJECTS.get(entry.subject, entry.subject))
    return "" if entry.label.startswith(word) else word


@register.filter
def changes(entry: AuditEntry) -> list[Change]:
    """List what changed, field by field; empty values are left out."""
    names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    return [
        Change(_field(name), _plain(entry.before.get(name)), _plain(entry.after.get(name)))
        for name in names
        if _plain(entry.before.get(name)) or _plain(entry.after.get(name))
    ]


def _field(name: str) -> str:
    return str(FIELDS.get(name, name.replace("_", " ")))


def _plain(value: object) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
