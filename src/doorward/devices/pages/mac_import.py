"""Registering many MACs: choosing a file, looking at what it would do, confirming it."""

import io
from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.devices import registering
from doorward.devices.actions.macs import registers_for
from doorward.devices.forms import MacSheetFields
from doorward.devices.sheets import MACS
from doorward.files.models import Work
from doorward.files.pages import WorkPage, WorkShow
from doorward.kit.errors import Hidden
from doorward.kit.pages import CONTENT_TYPES, Context, Crumb, DeedPage, FormPage, Page
from doorward.kit.sheets import MAX_ROWS, csv_template, write_template
from doorward.tenancy.installers import installers_for
from doorward.tenancy.permissions import Can

_LIBRARY = gettext_lazy("MAC Library")
_TITLE = gettext_lazy("Register many MACs")


class RegistrarPage(Page):
    """A page of whoever may register MACs for somebody."""

    needs = Can.REGISTER_MAC

    def prepare(self) -> None:
        installers = installers_for(self.actor, Can.REGISTER_MAC)
        self.installers = registers_for(self.actor, installers)

    def subjects(self) -> Iterable[Any]:
        return self.installers

    def crumbs(self) -> Iterable[Crumb]:
        return [(_LIBRARY, reverse("macs")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("macs")


class MacImport(RegistrarPage, FormPage):
    title = _TITLE
    template = "devices/mac_import.html"
    form_class = MacSheetFields
    deed = gettext_lazy("Check the file")

    def form(self) -> forms.BaseForm:
        sent = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        return MacSheetFields(*sent, installers=self.installers)

    def context(self) -> Context:
        return {**super().context(), "most": MAX_ROWS}

    def save(self, form: MacSheetFields) -> str:
        file = form.cleaned_data["file"]
        return registering.address_of_check(
            registering.ask_for_check(self.actor, form.installer(), file)
        )


class MacTemplate(RegistrarPage):
    """What to fill in: a workbook, or CSV where the address asks for it."""

    title = gettext_lazy("Template")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format") == "csv":
            return _attached(csv_template(MACS), "csv")
        content = io.BytesIO()
        write_template(MACS, content, registering.LOCAL)
        return _attached(content.getvalue(), "xlsx")


def _attached(content: bytes, form: str) -> FileResponse:
    name, kind = f"{_('MACs')}.{form}", CONTENT_TYPES[form]
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=kind)


class CheckPage(WorkPage):
    """A page about a sheet of MACs that is looked at before they are registered."""

    def prepare(self) -> None:
        super().prepare()
        if self.work.kind != registering.CHECK:
            raise Hidden

    def crumbs(self) -> Iterable[Crumb]:
        way = [(_LIBRARY, reverse("macs")), (_TITLE, reverse("mac-import"))]
        return [*way, (self.work.title, "")]

    def way_back(self) -> str:
        return registering.address_of_check(self.work)


class MacImportCheck(CheckPage, WorkShow):
    template = "devices/mac_import_check.html"

    def context(self) -> Context:
        return {
            **super().context(),
            "may_follow": registering.may_follow(self.work),
            "new": self.work.counts.get("created", 0),
            "known": self.work.counts.get("unchanged", 0),
            "is_checked": self.work.state == Work.State.DONE,
        }


class MacImportApply(CheckPage, DeedPage):
    title = _TITLE
    started: Work

    def act(self) -> None:
        self.started = registering.ask_to_register(self.actor, self.work)

    def way_back(self) -> str:
        started = getattr(self, "started", None)
        return reverse("work", args=[started.pk]) if started else super().way_back()
