"""An access group's own page with its people, and the page that adds some."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access import facts, joining
from doorward.access.forms import where_it_hangs
from doorward.access.models import Credential
from doorward.access.openable import members, named_among, unnamed
from doorward.access.pages.groups import (
    GroupPage,
    doors_at,
    group_url,
    groups_crumb,
    owner_choices,
    people_groups_at,
    working_at,
)
from doorward.access.tables import CandidateTable, MemberTable
from doorward.devices import working
from doorward.files.lists import ListPage
from doorward.kit.counts import counted
from doorward.kit.pages import Context, Crumb
from doorward.people.filters import PlaceFilter, by_name
from doorward.people.models import Group, Person
from doorward.tenancy.permissions import Can


class GroupPeople(GroupPage, ListPage):
    """A list of people, each with how they are in one access group."""

    filters = PlaceFilter
    search_hint = _("Name, ID or e-mail")

    def search(self, rows: QuerySet[Person], words: str) -> QuerySet[Person]:
        return rows.filter(by_name(words))

    def with_cards(self, rows: QuerySet[Person]) -> QuerySet[Person]:
        held = Credential.objects.visible_to(self.actor)
        return rows.select_related("company", "group").annotate(card_count=counted(held, "person"))

    def dress(self, table: Any, records: Sequence[Any]) -> None:
        named = named_among(self.group, [person.pk for person in records])
        for person in records:
            above = person.group.ancestors if person.group else []
            person.is_named = person.pk in named
            person.named_groups = [one for one in self.people_groups if one.pk in above]

    @cached_property
    def people_groups(self) -> list[Group]:
        """The groups of people that are named, of those that the reader sees."""
        return list(people_groups_at(self).filter(accessgroups=self.group))


class GroupShow(GroupPeople):
    """A group with its hours, its doors and its people."""

    template = "access/group.html"
    table = MemberTable
    deeds = joining.IN_GROUP
    empty = {
        "text": _("Nobody is in this group"),
        "hint": _("Add people, or a group of people whose members all count."),
        "icon": "users",
    }

    def prepare(self) -> None:
        super().prepare()
        self.title = self.group.name

    def trail(self) -> Iterable[Crumb]:
        return [groups_crumb(self.site)]

    def rows(self) -> QuerySet[Person]:
        people = Person.objects.seen_at(self.actor, self.site)
        return self.with_cards(members(people, [self.group.pk]))

    def topics(self) -> Iterable[str]:
        return [working.topic_of(self.site)]

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.CHANGE_ACCESS, self.group.node):
            return None
        return (_("Add people"), reverse("group-people", args=[self.site.pk, self.group.pk]))

    def context(self) -> Context:
        context = super().context()
        return {
            **context,
            "live_topics": "",
            "working": working_at(self),
            "group": self.group,
            "windows": facts.windows_of(self.group),
            "hours": facts.hours_words(facts.windows_of(self.group), self.site),
            "doors": list(doors_at(self).filter(accessgroups=self.group)),
            "people_groups": [(one, where_it_hangs(one)) for one in self.people_groups],
            "people_count": context["page_count"],
            "page_count": "",
            "belongs_to_site": self.group.node_id == self.site.node_id,
            "may_change": self.actor.may(Can.CHANGE_ACCESS, self.group.node),
            "may_copy": bool(owner_choices(self)),
        }


class GroupPeopleAdd(GroupPeople):
    """Who could be named in a group and is not, to choose from."""

    title = _("Add people")
    needs = Can.CHANGE_ACCESS
    template = "access/group_people.html"
    table = CandidateTable
    deeds = joining.INTO_GROUP
    empty = {
        "text": _("Everybody is in this group already"),
        "hint": _("Somebody new is added under Personnel."),
        "icon": "users",
    }

    def trail(self) -> Iterable[Crumb]:
        return [groups_crumb(self.site), (self.group.name, group_url(self.group))]

    def rows(self) -> QuerySet[Person]:
        """Return who could be named: in a company's own group, its people alone."""
        people = Person.objects.seen_at(self.actor, self.site)
        if self.group.company_id is not None:
            people = people.filter(company=self.group.company_id)
        return self.with_cards(unnamed(people, self.group))

    def context(self) -> Context:
        return {**super().context(), "group": self.group}
