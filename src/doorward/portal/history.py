"""The audit trail of one thing, each entry as a line people can read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from doorward.sites.models import Site
from doorward.sites.words import moment_of
from doorward.tenancy.models import AuditEntry
from doorward.tenancy.templatetags.audit_words import deed, doers


@dataclass(frozen=True)
class Change:
    """One deed: when, by whom, what, on which card, and what changed as (label, before, after)."""

    at: datetime
    who: str
    deed: str
    card: str
    fields: tuple[tuple[str, str, str], ...]


def changes_of(
    entries: Iterable[AuditEntry], model: type[models.Model], site: Site
) -> list[Change]:
    """Read the entries; the labels of fields are those of `model`."""
    labels = {field.name: capfirst(_verbose(field)) for field in model._meta.get_fields()}
    return [_change(entry, labels, site) for entry in entries]


def _change(entry: AuditEntry, labels: dict[str, str], site: Site) -> Change:
    card = str(entry.after.get("card") or entry.before.get("card") or "")
    fields: tuple[tuple[str, str, str], ...] = ()
    if entry.verb == "change":
        names = [name for name in labels if name in entry.before or name in entry.after]
        fields = tuple(
            (labels[name], _say(entry.before.get(name), site), _say(entry.after.get(name), site))
            for name in names
        )
    return Change(entry.at, doers(entry), deed(entry), card, fields)


def _verbose(field: object) -> str:
    return str(getattr(field, "verbose_name", "") or getattr(field, "name", ""))


def _say(value: object, site: Site) -> str:
    if value in (None, ""):
        return _("none")
    try:
        return moment_of(site, datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)
