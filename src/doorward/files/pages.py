"""Pages of long work, and the way to its files."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from doorward.files import filters, links, sending, tables
from doorward.files.actions import cancel_work, retry_work
from doorward.files.faults import Fault
from doorward.files.kinds import address_of, label_of, onward_of, takes_several_sheets
from doorward.files.lists import ListPage
from doorward.files.models import Work
from doorward.files.now import works_now
from doorward.files.sheets import FAULTS
from doorward.files.wording import counted, took
from doorward.kit import clock
from doorward.kit.errors import Hidden
from doorward.kit.pages import CONTENT_TYPES, Context, Crumb, DeedPage, Page
from doorward.kit.sheets import Local, write_xlsx

# Faults that are shown at once; a search finds among all that are kept.
FAULTS_SHOWN = 50


class Works(ListPage):
    """What one has asked for that takes long, the latest first."""

    title = _("Background work")
    table = tables.Works
    filters = filters.Works
    search_hint = _("What")
    empty = {
        "text": _("Nothing was worked on yet"),
        "hint": _("Imports, large exports and changes of many things at once are followed here."),
        "icon": "stack-2",
    }

    def rows(self) -> QuerySet[Work]:
        return Work.objects.visible_to(self.actor).defer("faults", "counts", "parameters")

    def search(self, rows: QuerySet[Work], words: str) -> QuerySet[Work]:
        return rows.filter(title__icontains=words)

    def topics(self) -> Iterable[str]:
        return list(self.actor.topics)


class WorksNow(Page):
    """The mark in the top bar: what is under way, and what ended a moment ago."""

    template = "kit/works.html"

    def context(self) -> Context:
        return {"works": works_now(self.actor)}


class WorkPage(Page):
    """A page about one work."""

    def prepare(self) -> None:
        rows = Work.objects.select_related("source", "result", "account", "node")
        self.work = rows.find(self.actor, self.kwargs["pk"])

    def way_back(self) -> str:
        return reverse("work", args=[self.work.pk])


class WorkShow(WorkPage):
    """How far it is, what came of it, what was wrong; it changes while one looks."""

    template = "files/work.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        address = address_of(self.work)
        return self.show() if address == request.path else self.go(address)

    def crumbs(self) -> Iterable[Crumb]:
        return [(_("Background work"), reverse("works")), (self.work.title, "")]

    def topics(self) -> Iterable[str]:
        return [self.work.topic, *self.actor.topics]

    def context(self) -> Context:
        words = self.request.GET.get("q", "").strip()
        faults = [Fault.of(told) for told in self.work.faults]
        found = [fault for fault in faults if fault.has(words)] if words else faults
        result, at = self.work.result, clock.now()
        return {
            **super().context(),
            "page_title": self.work.title,
            "work": self.work,
            "kind": label_of(self.work.kind),
            "counts": counted(self.work.counts),
            "words": words,
            "faults": found[:FAULTS_SHOWN],
            "faults_found": len(found),
            "faults_kept": len(faults),
            "several_sheets": takes_several_sheets(self.work.kind),
            "had_result": result is not None,
            "onward": onward_of(self.work),
            "result": result if result and result.is_kept(at) else None,
            "took": took(self.work),
        }


class WorkResult(WorkPage):
    """The file that the work made: by a link of the moment, however old the page is."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        result = self.work.result
        if result is None:
            raise Hidden
        return self.go(links.link_for(result.pk, self.actor, session=request.session.session_key))


class WorkFaults(WorkPage):
    """What was wrong, as a workbook to go through beside the one that was sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.work.faults:
            raise Hidden
        content = BytesIO()
        faults = [Fault.of(told) for told in self.work.faults]
        write_xlsx(FAULTS, faults, content, Local(ZoneInfo("UTC")))
        response = HttpResponse(content.getvalue(), content_type=CONTENT_TYPES["xlsx"])
        name = _("Faults of %(title)s.xlsx") % {"title": self.work.title.replace("/", "-")}
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response


class WorkCancel(WorkPage, DeedPage):
    title = _("Cancel")
    done = _("It is being cancelled. Nothing of it is kept.")

    def act(self) -> None:
        cancel_work(self.actor, self.work)


class WorkRetry(WorkPage, DeedPage):
    title = _("Try again")
    done = _("It begins once more.")

    def act(self) -> None:
        retry_work(self.actor, self.work)


class FileShow(Page):
    """A file by its link."""

    def prepare(self) -> None:
        session = self.request.session.session_key
        self.file = links.file_of(self.kwargs["token"], self.actor, session=session)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return sending.send(request, self.file)
