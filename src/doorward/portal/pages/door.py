"""Pages of doors: the list, the door itself, its tile and the button that opens it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from doorward.access import headcount, openable, told
from doorward.activity.keyset import newest_first
from doorward.activity.models import DoorEvent
from doorward.activity.topics import topics_for
from doorward.devices.actions.doors import unlock_door
from doorward.devices.models import Command, Door
from doorward.devices.pages.doors import DoorPage, door_new_url, doors_crumb
from doorward.files.lists import ListPage
from doorward.kit import clock
from doorward.kit.counts import MOST, count_up_to
from doorward.kit.errors import Refused
from doorward.kit.pages import Context, Crumb
from doorward.people.models import Person
from doorward.portal import doors, openers, tables
from doorward.sites.models import Company
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can

_LATEST = 10
_PEOPLE = 20


class Doors(SitePage, ListPage):
    title = _("Doors")
    table = tables.DoorTable
    search_hint = _("Door or device")
    empty = {
        "text": _("No doors yet"),
        "hint": _("A door is one relay of a device, under the name that people call it by."),
        "icon": "door",
    }

    def rows(self) -> QuerySet[Door]:
        shown = Door.objects.seen_at(self.actor, self.site)
        return doors.with_devices(shown)

    def search(self, rows: QuerySet[Door], words: str) -> QuerySet[Door]:
        return rows.filter(Q(name__icontains=words) | Q(device__name__icontains=words))

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.CHANGE_DOOR, self.site.node):
            return None
        return _("Add a door"), door_new_url(self.site)

    def topics(self) -> Iterable[str]:
        place = f"site:{self.site.pk}"
        return [f"{place}:doors", f"{place}:devices", *topics_for(self.actor, self.site)]

    def dress(self, table: Any, records: Sequence[Door]) -> None:
        seen = headcount.counted_for(self.actor, self.site)
        counts = headcount.openers([door.pk for door in records], seen)
        for view in doors.views(self.actor, list(records)):
            view.door.view = view  # type: ignore[attr-defined]
            view.door.people_count = counts.get(view.door.pk, 0)  # type: ignore[attr-defined]

    def context(self) -> Context:
        may_see = self.actor.may(Can.VIEW_DEVICE, self.site.node)
        return {**super().context(), "may_see_devices": may_see}


class DoorShow(DoorPage):
    """Is it all right, who may open it, what happened here?"""

    template = "portal/door.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = self.door.name
        self.event_topics = topics_for(self.actor, self.site)

    def trail(self) -> Iterable[Crumb]:
        return [doors_crumb(self.site)]

    def topics(self) -> Iterable[str]:
        device = self.door.device
        return [
            f"door:{self.door.pk}",
            f"device:{device.pk}",
            f"connector:{device.connector_id}",
            *self.event_topics,
        ]

    def context(self) -> Context:
        node = self.site.node
        lines = DoorEvent.objects.visible_to(self.actor).filter(door=self.door)
        companies = Company.objects.visible_to(self.actor)
        return {
            **super().context(),
            **self._people(),
            "view": doors.views(self.actor, [self.door])[0],
            "event_topics": " ".join(self.event_topics),
            "door": self.door,
            "companies": companies.filter(doors=self.door).order_by("name"),
            "events": newest_first(lines)[:_LATEST],
            "may_change": self.actor.may(Can.CHANGE_DOOR, node),
            "may_see_devices": self.actor.may(Can.VIEW_DEVICE, node),
            "may_see_people": self.actor.may(Can.VIEW_PERSON),
            "may_see_log": self.actor.may(Can.VIEW_LOG),
            "may_change_access": self.actor.may(Can.CHANGE_ACCESS),
        }

    def _people(self) -> Context:
        """Return who may open the door at all, now, and who of them is not on it yet."""
        seen = Person.objects.seen_at(self.actor, self.site)
        everyone = openable.openers(seen, self.door)
        now = openable.openers_at(seen, self.door, clock.now())
        untold = told.untold(seen, self.door)
        choices = {"": everyone, "now": now, "untold": untold}
        chosen = self.request.GET.get("who", "")
        shown = choices.get(chosen, everyone).order_by("last_name", "first_name", "pk")
        counts = {name or "all": count_up_to(rows) for name, rows in choices.items()}
        # Who is on the page is found by an index alone, and then fetched.
        pages = Paginator(shown.values_list("pk", flat=True), _PEOPLE)
        # Otherwise they are counted to the very last.
        pages.count = min(counts.get(chosen or "all", counts["all"]), MOST)
        page = pages.get_page(self.request.GET.get("page"))
        found = seen.select_related("company").in_bulk(list(page.object_list))
        people = [found[key] for key in page.object_list if key in found]
        let_in = set(now.filter(pk__in=found).values_list("pk", flat=True))
        return {
            "hours": openers.hours(self.actor, self.door),
            "people": openers.told(people, self.door, let_in),
            "people_page": page,
            "who": chosen if chosen in choices else "",
            "counts": counts,
        }


class DoorTile(DoorPage):
    """The tile alone, for a page that heard of a change."""

    template = "portal/door_tile.html"

    def context(self) -> Context:
        view = doors.views(self.actor, [self.door])[0]
        return {**super().context(), "view": view}


class DoorOpen(DoorPage):
    """One pulse of the relay: the answer is the button, working or refused."""

    needs = Can.OPEN_DOOR
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        command = unlock_door(self.actor, self.door)
        return self.draw(doors.OpenButton("working"), command.pk)

    def refuse(self, refusal: Refused) -> HttpResponseBase:
        return self.draw(doors.OpenButton("failed", why=str(refusal.message)))

    def draw(self, button: doors.OpenButton, command: int | None = None) -> HttpResponseBase:
        return draw_button(self.request, self.door, button, command)


class CommandButton(DoorPage):
    """The button of an order that is under way, or what became of it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        orders = Command.objects.filter(door=self.door)
        command = orders.find(self.actor, self.kwargs["command"])
        button = doors.button_of(command, self.site)
        return draw_button(request, self.door, button, command.pk)


def draw_button(
    request: HttpRequest, door: Door, button: doors.OpenButton, command: int | None
) -> HttpResponseBase:
    context = {"door": door, "button": button, "command": command, "wide": "wide" in request.GET}
    return render(request, "portal/door_button.html", context)
