"""The list of people: what they hold, what they may open now, whether the doors know."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access import cards, openable, told
from doorward.access.actions.credentials import match_of
from doorward.access.models import Credential
from doorward.access.pages import doors_at
from doorward.files.lists import ListPage
from doorward.kit import clock
from doorward.kit.errors import Text
from doorward.kit.pages import Crumb
from doorward.kit.templatetags.kit import masked
from doorward.people import trees
from doorward.people.filters import by_name
from doorward.people.models import Group, Person
from doorward.people.pages import companies_at
from doorward.people.sheets import PEOPLE, Line
from doorward.portal.filters import PeopleFilter
from doorward.portal.pages.people_deeds import DEEDS
from doorward.portal.tables import PeopleFacts, PeopleTable
from doorward.sites.pages import SitePage, company_new
from doorward.tenancy.permissions import Can


class People(SitePage, ListPage):
    title = _("Personnel")
    table = PeopleTable
    filters = PeopleFilter
    filters_shown = 3
    search_hint = _("Name, ID, e-mail or card number")
    sheet = PEOPLE
    tucked_away = ("personnel_id", "email", "mobile", "remark", "created_at")
    deeds = DEEDS
    empty = {
        "text": _("No people yet"),
        "hint": _("Add the first person with a card, then put them in an access group."),
        "icon": "users",
    }

    def rows(self) -> QuerySet[Person]:
        people = Person.objects.visible_to(self.actor).filter(site=self.site)
        return people.select_related("company", "group", "site")

    def search(self, rows: QuerySet[Person], words: str) -> QuerySet[Person]:
        try:
            number = cards.canonical(words)
        except cards.CardError:
            return rows.filter(by_name(words))
        held = Credential.objects.visible_to(self.actor).filter(match=match_of(number))
        return rows.filter(by_name(words) | Q(pk__in=held.values("person")))

    # Any: a table comes without types.
    def dress(self, table: Any, records: Sequence[Person]) -> None:
        people, doors = list(records), list(doors_at(self))
        known = told.told_of([person.pk for person in people], doors)
        table.facts = PeopleFacts(
            holds=self.holdings(people),
            open_now=openable.open_now(people, doors, clock.now()),
            sync=told.summaries(known, [person.pk for person in people]),
        )

    def holdings(self, people: Sequence[Person]) -> dict[int, dict[str, int]]:
        """Return how many credentials of which kind each holds; who holds none is left out."""
        held = Credential.objects.visible_to(self.actor).filter(person__in=people)
        found: dict[int, dict[str, int]] = {}
        counts = held.order_by().values_list("person", "kind").annotate(count=Count("pk"))
        for person, kind, count in counts:
            found.setdefault(person, {})[kind] = count
        return found

    def complete(self, records: Sequence[Person]) -> list[Line]:
        """Return people on paper: PINs not at all, of cards the last digits."""
        groups = {person.group_id: person.group for person in records if person.group}
        above = {key for group in groups.values() for key in group.ancestors}
        known = Group.objects.visible_to(self.actor).filter(pk__in=above)
        paths = trees.paths(list(groups.values()), dict(known.values_list("pk", "name")))
        held: dict[int, list[Credential]] = {}
        for one in Credential.objects.visible_to(self.actor).filter(person__in=records):
            held.setdefault(one.person_id, []).append(one)
        return [_line(person, paths, held.get(person.pk, [])) for person in records]

    def empty_state(self, *, filtered: bool) -> Mapping[str, Text]:
        if filtered or companies_at(self).exists():
            return super().empty_state(filtered=filtered)
        state: dict[str, Text] = {
            **self.empty,
            "hint": _("People belong to a company. Add it first."),
        }
        if self.actor.may(Can.CHANGE_COMPANY, self.site.node):
            state["deed"], state["url"] = company_new(self.site)
        return state

    def action(self) -> Crumb | None:
        may = self.actor.may(Can.CHANGE_PERSON)
        if not may or not companies_at(self).exists():
            return None
        return (_("Add a person"), reverse("person-new", args=[self.site.pk]))


def _line(person: Person, paths: Mapping[int, str], held: Sequence[Credential]) -> Line:
    kinds = Credential.Kind
    cards_held = sorted((one for one in held if one.kind == kinds.CARD), key=lambda one: one.pk)
    return Line(
        person,
        group=paths.get(person.group_id or 0, ""),
        pin=masked("") if any(one.kind == kinds.PIN for one in held) else "",
        cards=[masked(one.tail) for one in cards_held],
    )
