"""Pages of the audit trail: of all that one sees, and of one site."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access.models import AccessGroup
from doorward.activity.models import Alarm
from doorward.devices.models import Connector, Device, Door
from doorward.files.lists import ListPage
from doorward.files.models import Work
from doorward.kit import clock
from doorward.kit.addresses import address_of
from doorward.kit.errors import Text
from doorward.kit.rows import any_of
from doorward.people.models import Person
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage
from doorward.tenancy import filters, tables
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry, Organisation

# Words are looked for in so much of the trail, unless a time is given.
SEARCHED = timedelta(days=90)


_AT_SITE, _APART = F("site_id"), Value(0, output_field=BigIntegerField())


@dataclass(frozen=True)
class _Page:
    """The page of a thing: its name, those that an actor sees, and at which site they are."""

    name: str
    # Any: rows of every kind.
    seen: Callable[[Actor], QuerySet[Any]]
    place: F | Value = _AT_SITE


# By kind of object.
_PAGES = {
    "person": _Page("person", Person.objects.visible_to),
    "company": _Page("company", Company.objects.visible_to),
    "door": _Page("door", Door.objects.visible_to),
    "device": _Page("device", Device.objects.visible_to),
    "connector": _Page("connector", Connector.objects.visible_to),
    "accessgroup": _Page("group", AccessGroup.objects.visible_to),
    "alarm": _Page("alarm", Alarm.objects.visible_to),
    "site": _Page("site", Site.objects.visible_to, _APART),
    "account": _Page("user", Account.objects.visible_to, _APART),
    "organisation": _Page("organisation", Organisation.objects.visible_to, _APART),
    "work": _Page("work", Work.objects.visible_to, _APART),
}


class Audit(ListPage):
    """Who did what, newest first; rows are only ever added."""

    title = _("Audit")
    table = tables.Audit
    filters = filters.Audit
    filters_shown = 2
    # Told in words beside who it was; a column of its own in files, and for whoever wants it.
    tucked_away = ("acting_for",)
    search_hint = _("Words of the last 90 days")
    empty = {
        "text": _("Nothing was done yet"),
        "hint": _("Every change leaves a line here: who, what, when, before and after."),
        "icon": "history",
    }

    def rows(self) -> QuerySet[AuditEntry]:
        rows = AuditEntry.objects.visible_to(self.actor)
        return rows.select_related("account", "acting_for_account")

    def search(self, rows: QuerySet[AuditEntry], words: str) -> QuerySet[AuditEntry]:
        if not self.has_time:
            rows = rows.filter(at__gte=clock.now() - SEARCHED)
        return rows.filter(
            Q(actor__icontains=words)
            | Q(account__name__icontains=words)
            | Q(acting_for__icontains=words)
            | Q(acting_for_account__name__icontains=words)
            | Q(label__icontains=words)
        )

    @property
    def has_time(self) -> bool:
        return any(name in {"since", "until"} for _label, _value, name in self.chips())

    def dress(self, table: tables.Audit, records: Sequence[AuditEntry]) -> None:
        places = self.places_of(records)
        for record in records:
            thing = (record.subject, record.subject_id)
            record.found_at = self.page_of(*thing, places) if thing in places else ""  # type: ignore[attr-defined]

    def places_of(self, records: Sequence[AuditEntry]) -> dict[tuple[str, int | None], int]:
        """Return those objects that are still there and in view, each with its site or 0.

        Of whatever kinds they are, it is one question.
        """
        keys: dict[str, set[int]] = {}
        for record in records:
            if record.subject in _PAGES and record.subject_id is not None:
                keys.setdefault(record.subject, set()).add(record.subject_id)
        asked = [
            _PAGES[kind]
            .seen(self.actor)
            .filter(any_of("pk", some))
            .order_by()
            .annotate(kind_of=Value(kind), place=_PAGES[kind].place)
            .values_list("kind_of", "pk", "place")
            for kind, some in sorted(keys.items())
        ]
        if not asked:
            return {}
        return {(kind, key): place for kind, key, place in asked[0].union(*asked[1:], all=True)}

    def page_of(
        self, kind: str, key: int | None, places: Mapping[tuple[str, int | None], int]
    ) -> str:
        own = self.actor.account
        if kind == "account" and own and own.pk == key and not self.actor.acting:
            return reverse("account")
        return address_of(_PAGES[kind].name, *filter(None, (places[kind, key], key)))

    def empty_state(self, *, filtered: bool) -> Mapping[str, Text]:
        state = super().empty_state(filtered=filtered)
        if self.asked.words and not self.has_time:
            hint = _("Words are looked for in the last 90 days. Give a time to look further back.")
            return {**state, "hint": hint}
        return state


class SiteAudit(SitePage, Audit):
    """What was done at the site and in its companies."""

    def rows(self) -> QuerySet[AuditEntry]:
        return super().rows().filter(node__path__startswith=self.site.node.path)
