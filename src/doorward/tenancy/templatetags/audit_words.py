"""Rows of the audit trail in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django import template
from django.utils.translation import gettext as _

from doorward.tenancy.models import AuditEntry
from doorward.tenancy.permissions import Role
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
def changes(entry: AuditEntry) -> Iterator[Change]:
    """Yield what changed, field by field; empty values are left out."""
    for name in {**entry.before, **entry.after}:
        was, is_now = (_said(name, side.get(name)) for side in (entry.before, entry.after))
        if was or is_now:
            yield Change(_field(name), was, is_now)


def _field(name: str) -> str:
    return str(FIELDS.get(name, name.replace("_", " ")))


def _said(name: str, value: object) -> str | None:
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "role" and value in Role.values:
        return str(Role(str(value)).label)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
