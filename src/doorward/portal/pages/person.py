"""One person: may open what, holds what, did what lately; and why or why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from doorward.access import cards as card_numbers
from doorward.access import facts, openable, told, why, windows
from doorward.access.forms import CardFields, WhyFields
from doorward.access.models import AccessGroup, Credential
from doorward.access.pages import doors_at
from doorward.activity.models import DoorEvent
from doorward.activity.topics import topics_for
from doorward.devices.models import Door
from doorward.kit import clock
from doorward.kit.pages import Context
from doorward.people import trees
from doorward.people.models import Person
from doorward.people.pages import (
    PersonPage,
    PersonPart,
    groups_at,
    photo_link,
)
from doorward.portal.history import changes_of
from doorward.portal.tables import validity_words
from doorward.tenancy.models import AuditEntry
from doorward.tenancy.permissions import Can

SHOWN_EVENTS = 8
SHOWN_CHANGES = 8


@dataclass(frozen=True)
class DoorLine:
    """A door of a person, in words: its hours, its groups, and what its device knows."""

    door: Door
    drawn: tuple[windows.Window, ...]
    hours: str
    groups: tuple[AccessGroup, ...]
    open_now: bool
    sync: told.Told


class PersonShow(PersonPage):
    template = "portal/person.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = str(self.person)
        self.at = clock.now()
        self.doors = list(doors_at(self))
        self.event_topics = topics_for(self.actor, self.site)

    def context(self) -> Context:
        return {
            **super().context(),
            "person": self.person,
            "photo": photo_link(self, self.person),
            "group_path": self.group_path(),
            **self.rights(),
            **self.holdings(),
            "why_form": why_form(self),
            "validity": validity_words(self.person),
            "objection": facts.person_facts(self.person).objection(self.at),
            "events": list(self.events()[:SHOWN_EVENTS]),
            "event_topics": " ".join(self.event_topics),
            "may_change": self.actor.may(Can.CHANGE_PERSON, self.person.node),
            "may_reveal": self.actor.may(Can.REVEAL_CREDENTIAL, self.person.node),
        }

    def group_path(self) -> str:
        """Return what the person's group is called in full."""
        group = self.person.group
        if group is None:
            return ""
        above = groups_at(self).filter(pk__in=group.ancestors)
        return trees.paths([group], dict(above.values_list("pk", "name")))[group.pk]

    def topics(self) -> Iterable[str]:
        devices = {f"device:{door.device_id}" for door in self.doors}
        return [*self.event_topics, *sorted(devices)]

    def rights(self) -> Context:
        """Return the doors in words, and what of them is open now or not yet told."""
        known = told.told_of([self.person.pk], self.doors)
        lines = door_lines(self, known)
        drawn = [window for line in lines for window in line.drawn]
        untold = {told.Stand.PENDING, told.Stand.FAILED}
        leaving = _leaving(self.doors, lines, known)
        return {
            "lines": lines,
            "leaving": leaving,
            "open_now": sum(line.open_now for line in lines),
            "untold": sum(line.sync.stand in untold for line in (*lines, *leaving)),
            "windows": drawn,
            "hours": facts.hours_words(drawn, self.site),
        }

    def holdings(self) -> Context:
        """Return credentials and groups, and the history of both and the person."""
        own = Credential.objects.visible_to(self.actor).filter(person=self.person)
        held = list(own.defer("secret").order_by("pk"))
        cards = [one for one in held if one.kind == Credential.Kind.CARD]
        groups = AccessGroup.objects.visible_to(self.actor).filter(members__person=self.person)
        return {
            "held": held,
            "pin": next((one for one in held if one.kind == Credential.Kind.PIN), None),
            "cards": cards,
            "room": len(cards) < card_numbers.MAX_PER_PERSON,
            "card_form": CardFields(),
            "groups": list(groups.order_by("name")),
            "changes": changes_of(self.audit(), Person, self.site),
        }

    def audit(self) -> QuerySet[AuditEntry]:
        entries = AuditEntry.objects.visible_to(self.actor).select_related(
            "account", "acting_for_account"
        )
        own = entries.filter(subject="person", subject_id=self.person.pk)
        return own.order_by("-pk")[:SHOWN_CHANGES]

    def events(self) -> QuerySet[DoorEvent]:
        return DoorEvent.objects.visible_to(self.actor).filter(person=self.person).order_by("-at")


class Why(PersonPart):
    """May this person open that door at that time? The question stands in the address."""

    title = gettext_lazy("Why?")
    template = "portal/why.html"

    def context(self) -> Context:
        form = why_form(self)
        context = {**super().context(), "person": self.person, "why_form": form}
        if form.is_valid():
            door, at = form.cleaned_data["door"], form.cleaned_data["at"]
            context["answer"] = why.answer(self.actor, self.person, door, at)
            context["asked"] = {"door": door, "at": at}
            if context["answer"].allowed:
                context["caution"] = why.caution(self.person, door)
        return context


def why_form(page: PersonPage) -> WhyFields:
    """Return the question as asked in the address, or one about this moment."""
    asked = page.request.GET if "door" in page.request.GET else None
    return WhyFields(asked, doors=doors_at(page), initial={"at": clock.now()})


def door_lines(page: PersonShow, known: Mapping[tuple[int, int], told.Told]) -> list[DoorLine]:
    """Say of each door that the person may open at some time when, by what, and who knows."""
    person = page.person.pk
    return [
        DoorLine(
            door=way.door,
            drawn=way.windows,
            hours=facts.hours_words(way.windows, page.site),
            groups=way.groups,
            open_now=way.open_now,
            sync=known.get((person, way.door.device_id), told.NOTHING),
        )
        for way in openable.ways_of(page.person, page.doors, page.at, page.actor)
    ]


def _leaving(
    doors: Iterable[Door], lines: Iterable[DoorLine], known: Mapping[tuple[int, int], told.Told]
) -> list[DoorLine]:
    """Return the doors whose device has yet to forget the person."""
    kept = {line.door.pk for line in lines}
    going = {device: one for (_person, device), one in known.items() if one.leaving}
    return [
        DoorLine(door, (), "", (), open_now=False, sync=going[door.device_id])
        for door in doors
        if door.device_id in going and door.pk not in kept
    ]
