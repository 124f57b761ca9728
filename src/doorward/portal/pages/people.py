"""The list of people: what they hold, what they may open now, whether the doors know."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access import cards, joining, openable, told
from doorward.access.actions.credentials import match_of
from doorward.access.models import Credential
from doorward.access.pages import doors_at
from doorward.files.lists import ListPage
from doorward.kit import clock
from doorward.kit.errors import Text
from doorward.kit.pages import Crumb
from doorward.people.filters import by_name
from doorward.people.models import Person
from doorward.people.pages import photo_links
from doorward.portal.filters import PeopleFilter
from doorward.portal.importing.roll import on_paper
from doorward.portal.pages import people_deeds
from doorward.portal.sheets import PEOPLE, OnPaper
from doorward.portal.tables import PeopleFacts, PeopleTable
from doorward.sites.pages import SitePage, company_new
from doorward.tenancy.permissions import Can


class People(SitePage, ListPage):
    title = _("Personnel")
    table = PeopleTable
    filters = PeopleFilter
    filters_shown = 3
    search_hint = _("Name, ID, e-mail or card number")
    tucked_away = ("personnel_id", "email", "mobile", "remark", "created_at")
    deeds = (*joining.DEEDS, *people_deeds.DEEDS)
    sheet = PEOPLE
    tools = ("portal/import_tool.html", *ListPage.tools)
    empty = {
        "text": _("No people yet"),
        "hint": _("Add the first person with a card, then put them in an access group."),
        "icon": "users",
    }

    def rows(self) -> QuerySet[Person]:
        people = Person.objects.seen_at(self.actor, self.site)
        return people.select_related("company", "group", "photo")

    def search(self, rows: QuerySet[Person], words: str) -> QuerySet[Person]:
        try:
            number = cards.canonical(words)
        except cards.CardError:
            return rows.filter(by_name(words))
        cards_here = Credential.objects.seen_at(self.actor, self.site).cards()
        holders = cards_here.filter(match=match_of(number)).values_list("person", flat=True)
        # Found before they are asked for: beside a search for words, the database would not use
        # the index of cards.
        return rows.filter(by_name(words) | Q(pk__in=list(holders)))

    def complete(self, records: Sequence[Person]) -> Sequence[OnPaper]:
        return on_paper(self.actor, records)

    # Any: a table comes without types.
    def dress(self, table: Any, records: Sequence[Person]) -> None:
        people, doors = list(records), list(doors_at(self))
        for person in people:
            person.site = self.site
        photos = [person.photo for person in people if hasattr(person, "photo")]
        known = told.told_of([person.pk for person in people], doors)
        table.facts = PeopleFacts(
            holds=self.holdings(people),
            photos=photo_links(self, photos, "small"),
            open_now=openable.open_now(people, doors, clock.now()),
            sync=told.summaries(known, [person.pk for person in people]),
        )

    def holdings(self, people: Sequence[Person]) -> dict[int, dict[str, int]]:
        """Return how many credentials of which kind each holds; who holds none is left out."""
        held = Credential.objects.seen_at(self.actor, self.site).filter(person__in=people)
        found: dict[int, dict[str, int]] = {}
        counts = held.order_by().values_list("person", "kind").annotate(count=Count("pk"))
        for person, kind, count in counts:
            found.setdefault(person, {})[kind] = count
        return found

    def empty_state(self, *, filtered: bool) -> Mapping[str, Text]:
        if filtered or self.company_names:
            return super().empty_state(filtered=filtered)
        state: dict[str, Text] = {
            **self.empty,
            "hint": _("People belong to a company. Add it first."),
        }
        if self.actor.may(Can.CHANGE_COMPANY, self.site.node):
            state["deed"], state["url"] = company_new(self.site)
        return state

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.CHANGE_PERSON) or not self.company_names:
            return None
        return (_("Add a person"), reverse("person-new", args=[self.site.pk]))
