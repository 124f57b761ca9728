"""The long work of lists: a file of many rows, a deed on many rows."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from doorward.files.actions.exports import record_export
from doorward.files.models import Work
from doorward.files.report import Report
from doorward.kit import rows
from doorward.kit.errors import Hidden, InvalidRows, Refused
from doorward.kit.pages import Export
from doorward.kit.pages.bulk import BulkDeed, kind_of
from doorward.tenancy.actor import Actor


def export(work: Work, report: Report) -> None:
    """Write a list as its asker may see it now; what they see no longer is not in it."""
    order = json.loads(work.secret or "{}")
    with _page_at(order, report.actor) as page:
        wanted = Export(page, order["form"], whole=order["whole"])
        report.total(wanted.count())
        with report.result(wanted.name, wanted.content_type) as draft:
            written = wanted.write(draft, report.step)
        report.count("rows", written)
        record_export(report.actor, page.home(), page.told(wanted, written))


def file_of_list(actor: Actor, path: str, query: str, form: str) -> Work | HttpResponseBase:
    """Return the list at an address as a file, or the work that will make it of many rows."""
    with _page_at({"path": path, "query": query}, actor) as page:
        made: Work | HttpResponseBase = page.made(Export(page, form, whole=True))
    return made


def do_to_many(work: Work, report: Report) -> None:
    """Do a deed to the rows that were confirmed, as far as they are there still."""
    order = json.loads(work.secret or "{}")
    with _page_at(order, report.actor) as page:
        posted, keys = QueryDict(order["posted"]), order["keys"]
        deed = kind_of(page, posted)(page, page.rows().filter(rows.any_of("pk", keys)))
        form = deed.form(posted)
        report.total(len(keys))
        found = deed.rows.count()
        if form is not None and not form.is_valid():
            raise Refused("selection.form", " ".join(map(str, form.errors.values())))
        _require_looked(deed, form, posted)
        try:
            deed.act(form)
        except InvalidRows as fault:
            for faults in fault.rows.values():
                for field, words in faults.items():
                    report.fault(str(words), column=field)
            raise
        report.step(found)
        report.count(deed.counts_as, found)
        if left := len(keys) - found:
            report.count("skipped", left)


def _require_looked(deed: BulkDeed, form: forms.Form | None, posted: QueryDict) -> None:
    """Raise `Refused` unless what was looked at when it was confirmed is still what comes."""
    look = deed.look(form)
    if look is not None and look.mark != posted.get("looked"):
        message = _(
            "What this changes is not what it was when you confirmed it. Nothing was done: choose "
            "again, and look at it again."
        )
        raise Refused("selection.stale", message)


# Any: pages of lists of every kind.
@contextmanager
def _page_at(order: Mapping[str, str], actor: Actor) -> Iterator[Any]:
    """Give the page of an address as its reader would find it now; raise `Refused` where none."""
    request = HttpRequest()
    request.method, request.path = "GET", order["path"]
    request.path_info, request.GET = order["path"], QueryDict(order["query"])
    try:
        found = resolve(order["path"])
        request.resolver_match = found
        # What `as_view` leaves at what it returns.
        page = vars(found.func)["view_class"]()
        page.setup(request, *found.args, **found.kwargs)
        # A page of a site activates that of its site.
        with timezone.override(actor.zone_info):
            page.enter(actor)
            yield page
    except (Hidden, Resolver404) as absence:
        message = _("This list is no longer there for you. Nothing was done.")
        raise Refused("list.gone", message) from absence
