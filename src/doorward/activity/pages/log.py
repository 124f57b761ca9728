"""Pages of the door log: the live list and the permalink of a line."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.activity import filters
from doorward.activity.keyset import Key, down_to, end_of, newer, newest_first, older
from doorward.activity.models import DoorEvent
from doorward.activity.sheets import LOG
from doorward.activity.topics import topics_for
from doorward.files.lists import PaperPage
from doorward.kit.pages import (
    Asked,
    Chip,
    Context,
    Crumb,
    Export,
    Fault,
    Paper,
    chips_of,
    faults_of,
    words_of,
)
from doorward.kit.pages.export import without
from doorward.sites.models import Site
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can

_TITLE = _("Door log")
LINES = 50
# Words are looked for in so many lines at a time: an index of words would cost each line that comes
# in, and without one a name that is not there is looked for in all of a site's log.
STRETCH = 3_000
# What is shown beside the time, which leads to the line; the last one only when it is chosen.
COLUMNS = {
    "person": _("Person"),
    "company": _("Company"),
    "door": _("Door"),
    "method": _("Method"),
    "result": _("Result"),
    "reason": _("Reason"),
    "device_at": _("The device’s own clock"),
}
USUAL = (*COLUMNS,)[:-1]
# Where one is in the log, and in which shape it is told.
_PLACES = ("before", "after", "shape")
# The feeds of other pages show fewer lines, and each in another shape.
_SHAPES = {"": "activity/rows.html", "feed": "activity/feed.html"}


class DoorLog(SitePage, PaperPage):
    """The log, newest first. With `after` it answers with the lines since then alone."""

    title = _TITLE
    template = "activity/log.html"
    sheet = LOG
    tools = ("kit/columns.html", *PaperPage.tools)

    def prepare(self) -> None:
        super().prepare()
        shown = DoorEvent.objects.seen_at(self.actor, self.site)
        self.filtering = filters.DoorLog(self.request.GET, shown).within(self.actor, self.site)
        self.words = words_of(self.request)
        self.asked = Asked(self.request.GET)
        self.asked.refuse_unknown([*self.filtering.filters, *_PLACES])
        self.asked.faults += faults_of(self.filtering.form)
        self.columns = self.asked.columns([*COLUMNS], USUAL)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "after" in request.GET:
            return self._news(request)
        return super().get(request, *args, **kwargs)

    def topics(self) -> Iterable[str]:
        return topics_for(self.actor, self.site)

    def context(self) -> Context:
        place = Key.read(self.request.GET.get("before", ""))
        lines = self._narrowed() if place is None else older(self._narrowed(), place)
        end = end_of(lines, STRETCH) if self.words else None
        # One more than is shown says whether there are older ones.
        found = list(self._sought(lines, end)[: LINES + 1])
        shown = found[:LINES]
        below = end
        if len(found) > LINES:
            below, end = Key.of(shown[-1]), None
        return {
            **super().context(),
            "events": shown,
            "older": "" if below is None else str(below),
            "looked_to": None if end is None else end.time,
            "stretch": STRETCH,
            "at_top": place is None,
            "filter": self.filtering,
            "columns": self.columns,
            "headers": [COLUMNS[name] for name in self.columns],
            "table": {"choices": [(n, head, n in self.columns) for n, head in COLUMNS.items()]},
            "faults": self.asked.faults,
            "tools": self.tools,
            "chips": self.chips(),
            "words": self.words,
            "may_see_people": self.actor.may(Can.VIEW_PERSON, self.site.node),
        }

    def faults_in(self, query: QueryDict) -> Sequence[Fault]:
        asked = Asked(query)
        asked.refuse_unknown(self.filtering.filters)
        asked.columns([*COLUMNS], ())
        return asked.faults

    def _narrowed(self) -> QuerySet[DoorEvent]:
        """Return the lines that the filters leave, whatever words are looked for."""
        lines: QuerySet[DoorEvent] = self.filtering.qs
        # Lest one take all lines for those that were asked for.
        return lines if self.filtering.form.is_valid() else lines.none()

    def _sought(self, lines: QuerySet[DoorEvent], end: Key | None = None) -> QuerySet[DoorEvent]:
        """Return those of the lines, down to a place, that have the words."""
        if end is not None:
            lines = down_to(lines, end)
        if self.words:
            words = Q(person_name__icontains=self.words) | Q(card_tail__iexact=self.words)
            lines = lines.filter(words)
        return newest_first(lines.select_related("company"))

    def ordered(self) -> QuerySet[DoorEvent]:
        return self._sought(self._narrowed())

    def is_long(self, export: Export) -> bool:
        # How many lines have the words, only the whole log tells.
        return bool(self.words) or super().is_long(export)

    def paper(self, *, whole: bool) -> Paper:
        if whole:
            return Paper(self.sheet, self.complete)
        hidden = COLUMNS.keys() - set(self.columns)
        # On the page a card stands with its method.
        barred = hidden | {"card"} if "method" in hidden else hidden
        return Paper(without(self.sheet, barred), self.complete)

    def faults(self) -> Sequence[Fault]:
        return self.asked.faults

    def chips(self) -> list[Chip]:
        chips = chips_of(self.filtering)
        return [(_("Search"), self.words, "q"), *chips] if self.words else chips

    def _news(self, request: HttpRequest) -> HttpResponseBase:
        place = Key.read(request.GET["after"])
        lines = self._narrowed()
        end = end_of(lines, STRETCH) if self.words else None
        lines = self._sought(lines if place is None else newer(lines, place), end)
        shape = _SHAPES.get(request.GET.get("shape", ""), _SHAPES[""])
        return render(
            request,
            shape,
            {
                "events": lines[:LINES],
                "columns": self.columns,
                "site": self.site,
                "may_see_people": self.actor.may(Can.VIEW_PERSON, self.site.node),
            },
        )


class DoorEventShow(SitePage):
    """One line of the log, with its why."""

    template = "activity/event.html"

    def prepare(self) -> None:
        super().prepare()
        lines = DoorEvent.objects.filter(site=self.site).select_related(
            "company", "person", "door", "device"
        )
        self.event = lines.find(self.actor, self.kwargs["pk"])
        self.title = self.event.person_name or _("Unknown")

    def trail(self) -> Iterable[Crumb]:
        return [(_TITLE, log_url(self.site))]

    def context(self) -> Context:
        node = self.site.node
        return {
            **super().context(),
            "event": self.event,
            "may_see_people": self.actor.may(Can.VIEW_PERSON, node),
            "may_see_devices": self.actor.may(Can.VIEW_DEVICE, node),
        }


def log_url(site: Site) -> str:
    return reverse("door-log", args=[site.pk])
