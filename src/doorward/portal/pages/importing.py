"""Importing people: choosing a file, looking at what it would do, confirming it."""

import io
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files.models import Work
from doorward.files.pages import WorkShow
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage
from doorward.kit.sheets import MAX_ROWS, csv_template, write_template
from doorward.people.pages import companies_at, people_crumb
from doorward.portal.forms import ImportFields
from doorward.portal.importing.asking import ask_for_check, ask_for_import, may_follow
from doorward.portal.importing.works import CHECK, XLSX
from doorward.portal.sheets import PEOPLE
from doorward.sites.pages import SitePage
from doorward.sites.words import local_of
from doorward.tenancy.permissions import Can


class ImportPage(SitePage):
    """A page of somebody who may change people of the site, or of a company there."""

    needs = Can.CHANGE_PERSON

    def subjects(self) -> Iterable[Any]:
        return [self.site, *companies_at(self).select_related("node")]

    def trail(self) -> Iterable[Crumb]:
        return [people_crumb(self.site)]

    def way_back(self) -> str:
        return reverse("people", args=[self.site.pk])


class PeopleImport(ImportPage, FormPage):
    title = gettext_lazy("Import people")
    template = "portal/import.html"
    form_class = ImportFields
    deed = gettext_lazy("Check the file")

    def form(self) -> forms.BaseForm:
        if self.request.method == "POST":
            return ImportFields(self.request.POST, self.request.FILES)
        return ImportFields()

    def context(self) -> Context:
        return {**super().context(), "most": MAX_ROWS}

    def save(self, form: ImportFields) -> str:
        work = ask_for_check(self.actor, self.site, form.cleaned_data["file"], form.choices())
        return reverse("people-import-check", args=[self.site.pk, work.pk])


class PeopleTemplate(ImportPage):
    """What to fill in: a workbook, or CSV where the address asks for it."""

    title = gettext_lazy("Template")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = _("People of %(site)s") % {"site": self.site}
        if request.GET.get("format") == "csv":
            return _attached(csv_template(PEOPLE), f"{name}.csv", "text/csv; charset=utf-8")
        content = io.BytesIO()
        write_template(PEOPLE, content, local_of(self.site))
        return _attached(content.getvalue(), f"{name}.xlsx", XLSX)


def _attached(content: bytes, name: str, kind: str) -> FileResponse:
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=kind)


class CheckPage(ImportPage):
    """A page about a file that is looked at before it is imported."""

    work: Work

    def prepare(self) -> None:
        super().prepare()
        rows = Work.objects.select_related("source", "result", "account", "node")
        self.work = rows.find(self.actor, self.kwargs["pk"])
        if self.work.kind != CHECK or self.work.parameters["site"] != self.site.pk:
            raise Hidden

    def crumbs(self) -> Iterable[Crumb]:
        return [*[*super().crumbs()][:-1], (self.work.title, "")]

    def way_back(self) -> str:
        return reverse("people-import-check", args=[self.site.pk, self.work.pk])


class ImportCheck(CheckPage, WorkShow):
    template = "portal/import_check.html"

    def trail(self) -> Iterable[Crumb]:
        again = reverse("people-import", args=[self.site.pk])
        return [*super().trail(), (_("Import people"), again)]

    def context(self) -> Context:
        counts = self.work.counts
        return {
            **super().context(),
            "may_follow": may_follow(self.work),
            "created": counts.get("created", 0),
            "changed": counts.get("changed", 0),
            "namesakes": counts.get("namesakes", 0),
            "is_checked": self.work.state == Work.State.DONE,
        }


class ImportApply(CheckPage, DeedPage):
    title = gettext_lazy("Import")
    started: Work

    def act(self) -> None:
        self.started = ask_for_import(self.actor, self.work)

    def way_back(self) -> str:
        started = getattr(self, "started", None)
        return reverse("work", args=[started.pk]) if started else super().way_back()
