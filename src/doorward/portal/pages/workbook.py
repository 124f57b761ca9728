"""The workbook of a whole site: downloading it, sending it filled in, confirming it."""

import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files import import_pages
from doorward.files.import_pages import attached
from doorward.files.importing import TIMELESS
from doorward.files.kinds import address_of
from doorward.files.models import Work
from doorward.kit.pages import Crumb, DoingPage, Page
from doorward.kit.sheets import write_workbook
from doorward.portal.forms import WorkbookFields
from doorward.portal.pages.importing import SiteCheckPage
from doorward.portal.workbook.filling import ask_for_filled, is_long, write_filled
from doorward.portal.workbook.sheets import ABOUT, MOST, SHEETS
from doorward.portal.workbook.works import WORKBOOK_IMPORT, ask_for_check
from doorward.sites.pages import SitePage
from doorward.tenancy.installers import installers_for
from doorward.tenancy.permissions import Can

_TITLE = gettext_lazy("Import a workbook")


class WorkbookTemplate(Page):
    """The empty workbook, the same for every site."""

    title = gettext_lazy("Template")
    needs = Can.CREATE_SITE

    def subjects(self) -> Iterable[Any]:
        return installers_for(self.actor, Can.CREATE_SITE)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        content = io.BytesIO()
        write_workbook([(sheet, None) for sheet in SHEETS.values()], content, TIMELESS, ABOUT)
        return attached(content.getvalue(), _("Office template"), "xlsx")


class WorkbookPage(SitePage):
    """A page of whoever may set up sites."""

    needs = Can.CREATE_SITE

    def again(self) -> str:
        return reverse("workbook", args=[self.site.pk])


class WorkbookImport(WorkbookPage, import_pages.ImportStart):
    title = _TITLE
    template = "portal/workbook.html"
    form_class = WorkbookFields
    most = MOST
    first_step = gettext_lazy(
        "Fill in companies, personnel, devices and cards in the template, each on its own sheet. "
        "Devices need their MACs in the MAC library and a connector at this office."
    )
    note = gettext_lazy(
        "An empty cell changes nothing; a single hyphen (-) empties what is there. •••• stands for "
        "a card or PIN that stays as it is."
    )

    def templates(self) -> Iterable[Crumb]:
        return [(_("Download The Template"), reverse("workbook-template"))]

    def ask(self, form: WorkbookFields) -> Work:
        return ask_for_check(self.actor, self.site, form.cleaned_data["file"], form.choices())


class WorkbookFilled(WorkbookPage, DoingPage):
    """The workbook with what the site has; where that is much, the way to where it will be."""

    http_method_names = ["post", "options"]

    def way_back(self) -> str:
        return self.again()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_long(self.actor, self.site):
            return self.go(self.once(lambda: address_of(ask_for_filled(self.actor, self.site))))
        content = io.BytesIO()
        write_filled(self.actor, self.site, content)
        return attached(content.getvalue(), self.site.name, "xlsx")


class WorkbookCheck(SiteCheckPage, WorkbookPage, import_pages.ImportCheck):
    importing = WORKBOOK_IMPORT
    undoing = gettext_lazy("All of it is done, or nothing.")

    def trail(self) -> Iterable[Crumb]:
        return [(_TITLE, self.again())]

    def apply_url(self) -> str:
        return reverse("workbook-apply", args=[self.site.pk, self.work.pk])

    def question(self) -> str:
        return _("Import %(file)s?") % {"file": self.file()}

    def answer(self) -> str:
        return _("Import the workbook")


class WorkbookApply(import_pages.ImportApply, SiteCheckPage, WorkbookPage):
    importing = WORKBOOK_IMPORT
