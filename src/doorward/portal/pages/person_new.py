"""Adding a person in steps: who it is, what they may open, what they hold."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.access import cards
from doorward.access.actions import credentials, members, pins
from doorward.access.forms import AccessFields, HoldingFields
from doorward.access.models import AccessGroup
from doorward.kit.errors import Invalid
from doorward.kit.pages import Context, Crumb
from doorward.people import actions
from doorward.people.forms import PersonFields
from doorward.people.models import Person
from doorward.people.pages import companies_at, people_crumb, person_choices, person_url
from doorward.sites.pages import SitePage
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.steps import Step, StepsPage

_PERSON, _ACCESS, _HOLDS = "person", "access", "holds"


class PersonNew(SitePage, StepsPage):
    title = _("Add a person")
    needs = Can.CHANGE_PERSON
    template = "portal/person_new.html"
    draft_name = "person-new"
    steps = (
        Step(_PERSON, _("Person"), PersonFields, "people/person_fields.html"),
        Step(_ACCESS, _("Access"), AccessFields),
        Step(_HOLDS, _("Credentials"), HoldingFields, "portal/holding_fields.html"),
    )
    deed = _("Add person")
    # Of a form that is sent again: what it made was told once.
    done = _("The person was added.")
    person: Person | None = None
    given: pins.GivenPin | None = None

    def prepare(self) -> None:
        super().prepare()
        self.companies = companies_at(self)

    def subjects(self) -> Iterable[Any]:
        return [self.site, *self.companies.select_related("node")]

    def place(self) -> Node:
        return self.site.node

    def trail(self) -> Iterable[Crumb]:
        return [people_crumb(self.site)]

    def way_back(self) -> str:
        return reverse("people", args=[self.site.pk])

    def form_options(self, step: Step) -> Context:
        options = super().form_options(step)
        if step.name == _PERSON:
            return {**options, **person_choices(self)}
        return {**options, "groups": self.groups()} if step.name == _ACCESS else options

    def initial(self, step: Step) -> Context:
        asked = {name: self.request.GET.get(name, "") for name in ("company", "group")}
        return asked if step.name == _PERSON else {}

    def groups(self) -> QuerySet[AccessGroup]:
        """Return the access groups into which the actor may put a person of the chosen company."""
        seen = AccessGroup.objects.seen_at(self.actor, self.site)
        own: QuerySet[AccessGroup] = self.actor.within(Can.CHANGE_ACCESS, seen)
        fitting = Q(company=None) | Q(company=self.answers(_PERSON).get("company"))
        return own.filter(fitting)

    def context(self) -> Context:
        summary = self.summary() if self.current.name == _HOLDS else {}
        return {**super().context(), **summary}

    def summary(self) -> Context:
        """Return what the steps before say, to look at once more."""
        return {"who": self.answers(_PERSON), "joined": self.answers(_ACCESS).get("groups", ())}

    def save(self, filled: Mapping[str, Any]) -> str:
        """Create the person with everything, or nothing at all."""
        told = filled[_PERSON]
        person = actions.create_person(self.actor, told.cleaned_data["company"], told.told())
        joined = {group: [person] for group in filled[_ACCESS].cleaned_data["groups"]}
        members.move_members(self.actor, joined, {})
        holds: HoldingFields = filled[_HOLDS]
        self.give_cards(person, holds)
        if holds.cleaned_data["pin"]:
            self.given = pins.add_pin(self.actor, person)
        self.person = person
        return person_url(person)

    def give_cards(self, person: Person, holds: HoldingFields) -> None:
        form = cards.Format(holds.cleaned_data["format"] or cards.Format.HEX)
        for name, number in holds.cards():
            try:
                credentials.add_card(self.actor, person, number=number, form=form)
            except Invalid as fault:
                raise Invalid({name: " ".join(map(str, fault.faults.values()))}) from fault

    def finish(self, url: str) -> HttpResponseBase:
        """Tell the PIN at once: it goes into no address, no session and no message."""
        if self.person is None:
            return super().finish(url)
        known = {
            "person": self.person,
            "given": self.given.pin if self.given else "",
            "may_open": self.person.memberships.filter(accessgroup__doors__gt=0).exists(),
            "page_title": self.person,
            "another": f"{self.request.path}?company={self.person.company_id}",
        }
        context = {**super(StepsPage, self).context(), "site": self.site, **known}
        return render(self.request, "portal/person_added.html", context)
