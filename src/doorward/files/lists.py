"""Lists that can be had as files, and deeds on many of their rows: at once, or as long work."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from doorward.files.actions import start_work
from doorward.files.actions.exports import record_export
from doorward.files.models import Work
from doorward.kit import pages
from doorward.kit.errors import Hidden, Refused
from doorward.kit.pages import CONTENT_TYPES, BulkDeed, Export, ExportPage
from doorward.kit.sheets import Local
from doorward.tenancy.actions.signin import home_of_deeds
from doorward.tenancy.lists import SavedViewsPage, query_of
from doorward.tenancy.models import Node

# Kinds of work.
EXPORT, BULK = "export", "bulk"
# The fields of the form that asks for a file.
FORM, COLUMNS, SHOWN = "export", "columns", "shown"
# More rows than these take longer than one waits for an answer.
AT_ONCE = 2_000
# More rows than these are not done at once: one search too wide would change a whole installation.
MOST_AT_ONCE = 100_000


class PaperPage(SavedViewsPage, ExportPage):
    """A list with a menu of its saved views and one of the files it can be had as."""

    tools: ClassVar[Sequence[str]] = (*SavedViewsPage.tools, "files/export_menu.html")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if FORM in request.POST:
            return self.send()
        return super().post(request, *args, **kwargs)

    def send(self) -> HttpResponseBase:
        """Send the file; where it has many rows, let it be made and lead to where it will be."""
        asked = self.request.POST
        if asked[FORM] not in CONTENT_TYPES:
            raise Hidden
        export = Export(self, asked[FORM], whole=asked.get(COLUMNS) != SHOWN)
        if self.is_long(export):
            return self.go(self.once(lambda: address_of(self.start(export))))
        return self.written(export)

    def made(self, export: Export) -> Work | HttpResponseBase:
        """Return the file, or where it has many rows the work that makes it."""
        return self.start(export) if self.is_long(export) else self.written(export)

    def is_long(self, export: Export) -> bool:
        """Say whether the file takes longer than one waits for an answer."""
        return export.count(AT_ONCE) > AT_ONCE

    def written(self, export: Export) -> HttpResponseBase:
        content = BytesIO()
        with transaction.atomic():
            rows = export.write(content)
            record_export(self.actor, self.home(), self.told(export, rows))
        response = HttpResponse(content.getvalue(), content_type=export.content_type)
        response["Content-Disposition"] = content_disposition_header(True, export.name) or ""
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def start(self, export: Export) -> Work:
        title = _("Export: %(name)s") % {"name": " · ".join(map(str, self.names()))}
        order = {"form": export.form, "whole": export.whole, **self.whereabouts()}
        return start_work(
            self.actor, self.home(), kind=EXPORT, title=title, secret=json.dumps(order)
        )

    def home(self) -> Node:
        """Return in whose trail it stands that the list was exported."""
        return self.place() or home_of_deeds(self.actor)

    def local(self) -> Local:
        """Return how times stand in a file of a list outside a site: in the reader's zone."""
        return Local(self.actor.zone_info or ZoneInfo("UTC"))

    def whereabouts(self) -> Mapping[str, str]:
        """Return by what the list is found again, as it is now."""
        return {"path": self.request.path, "query": query_of(self.request.GET)}

    def told(self, export: Export, rows: int) -> Mapping[str, object]:
        """Return what the trail says of an export; a number that was searched for may be secret."""
        chips = [
            f"{label}: {'…' if name == 'q' and any(map(str.isdigit, str(value))) else value}"
            for label, value, name in self.chips()
        ]
        name = " · ".join(map(str, self.names()))
        return {"list": name, "filters": chips, "rows": rows, "format": export.form}


class ListPage(PaperPage, pages.ListPage):
    """A list as the portal has it; every one begins here."""

    tools = (*pages.ListPage.tools, *PaperPage.tools)

    def later(self, deed: BulkDeed) -> HttpResponseBase:
        return self.go(self.once(lambda: address_of(self.start_bulk(deed))))

    def start_bulk(self, deed: BulkDeed) -> Work:
        """Let a deed be done to exactly the rows that it was confirmed for."""
        keys = list(deed.rows.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if len(keys) > MOST_AT_ONCE:
            raise Refused(
                "selection.large",
                _("These are too many at once. Search or filter to have at most 100,000."),
            )
        posted = self.request.POST.copy()
        for name in ("csrfmiddlewaretoken", "once", "ids", "all"):
            posted.pop(name, None)
        order = {"posted": posted.urlencode(), "keys": keys, **self.whereabouts()}
        title = str(deed.question(len(keys)))
        return start_work(self.actor, self.home(), kind=BULK, title=title, secret=json.dumps(order))


def address_of(work: Work) -> str:
    return reverse("work", args=[work.pk])
