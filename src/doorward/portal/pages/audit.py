"""Pages of the audit trail: of all that one sees, and of one site."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access.models import AccessGroup
from doorward.activity.models import Alarm
from doorward.devices.models import Connector, Device, Door
from doorward.files.lists import ListPage
from doorward.files.models import Work
from doorward.kit.addresses import address_of
from doorward.kit.counts import number_words
from doorward.kit.errors import Text
from doorward.kit.rows import any_of
from doorward.people.models import Person
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage
from doorward.tenancy import filters, tables
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry, Organisation
from doorward.tenancy.models.audit import AuditEntries, accounts_named
from doorward.tenancy.templatetags.audit_words import called_by_the_house

# A trail is counted and turned to no further: who wants older lines narrows it to a time.
REACH = 1_000
# Words are looked for in so many of the newest lines that the filters leave.
STRETCH = 1_500

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
    search_hint = _("Words of the newest lines")
    reach = REACH
    empty = {
        "text": _("Nothing was done yet"),
        "hint": _("Every change leaves a line here: who, what, when, before and after."),
        "icon": "history",
    }

    def rows(self) -> QuerySet[AuditEntry]:
        rows = AuditEntry.objects.visible_to(self.actor)
        return rows.select_related("account", "acting_for_account")

    def search(self, rows: QuerySet[AuditEntry], words: str) -> QuerySet[AuditEntry]:
        return rows.filter(
            Q(actor__icontains=words)
            | Q(acting_for__icontains=words)
            | Q(any_of("account", self.named) | any_of("acting_for_account", self.named))
            | Q(label__icontains=words)
            | called_by_the_house(words),
            pk__gte=self.oldest,
        )

    @cached_property
    def oldest(self) -> int:
        """The key of the oldest line in which words are looked for."""
        newest = self.merged("-pk", STRETCH, words="")
        return newest[-1] if len(newest) == STRETCH else 0

    @cached_property
    def named(self) -> list[int]:
        """The accounts of these lines that have the words in their names."""
        lines = [part.filter(pk__gte=self.oldest) for part in self.left()]
        return accounts_named(lines, self.asked.words)

    def counted(self, *, narrowed: bool) -> tuple[int, QuerySet[AuditEntry]]:
        rows = self.matching
        return len(self.merged("-pk", self.reach + 1, words=self.asked.words)), rows

    def keys(self, ordered: QuerySet[AuditEntry], first: int, last: int) -> list[int]:
        return self.merged(str(ordered.query.order_by[0]), last, words=self.asked.words)[first:]

    def merged(self, order: str, most: int, *, words: str) -> list[int]:
        """Return the keys of so many lines in order."""
        found = self.read(order, most, words)
        if len(found) == most > len(set(found)):
            # One's own deeds at a node in view stand in two parts.
            found = self.read(order, 2 * most, words)
        return [*dict.fromkeys(found)][:most]

    def read(self, order: str, most: int, words: str) -> list[int]:
        """Return so many keys of all parts, some of them twice: of each no more than these."""
        found = [self.search(part, words) if words else part for part in self.left()]
        if not found:
            return []
        first, *others = [one.order_by(order).values_list("pk", flat=True)[:most] for one in found]
        return list(first.union(*others, all=True).order_by(order)[:most] if others else first)

    def left(self) -> list[AuditEntries]:
        """Return what the filters leave of each part; nothing of any if they are not understood."""
        filtering = self.filtering
        if filtering is None or not filtering.form.is_valid():
            return []
        return [filtering.filter_queryset(part) for part in self.parts()]

    def parts(self) -> list[AuditEntries]:
        return AuditEntry.objects.in_order(self.actor)

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
        if self.asked.words and self.oldest:
            hint = _(
                "Words are looked for in the newest %(count)s lines that the filters leave. Give a "
                "time to look further back."
            )
            return {**state, "hint": hint % {"count": number_words(STRETCH)}}
        return state


class SiteAudit(SitePage, Audit):
    """What was done at the site and in its companies."""

    def rows(self) -> QuerySet[AuditEntry]:
        return super().rows().filter(node__path__startswith=self.site.node.path)

    def parts(self) -> list[AuditEntries]:
        return AuditEntry.objects.in_order(self.actor, self.site.node)
