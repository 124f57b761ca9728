"""Importing people: choosing a file, looking at what it would do, confirming it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.files import import_pages
from doorward.files.kinds import address_of
from doorward.files.models import Work
from doorward.kit.counts import number_words
from doorward.kit.errors import Hidden
from doorward.kit.pages import Crumb
from doorward.people.pages import companies_at, people_crumb
from doorward.portal.forms import ImportFields
from doorward.portal.importing.asking import ask_for_check
from doorward.portal.importing.works import PEOPLE_IMPORT
from doorward.portal.sheets import PEOPLE
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can

_TITLE = gettext_lazy("Import people")


class ImportPage(SitePage):
    """A page of somebody who may change people of the site, or of a company there."""

    needs = Can.CHANGE_PERSON

    def subjects(self) -> Iterable[Any]:
        return [self.site, *companies_at(self).select_related("node")]

    def trail(self) -> Iterable[Crumb]:
        return [people_crumb(self.site)]

    def way_back(self) -> str:
        return reverse("people", args=[self.site.pk])


class PeopleImport(ImportPage, import_pages.ImportStart):
    title = _TITLE
    form_class = ImportFields
    first_step = gettext_lazy(
        "Fill in the template, or take an export of the list: both have the same columns."
    )
    note = gettext_lazy(
        "An empty cell changes nothing; a single hyphen (-) empties what is there. •••• stands for "
        "a card or PIN that stays as it is."
    )

    def templates(self) -> Iterable[Crumb]:
        template = reverse("people-template", args=[self.site.pk])
        return [
            (_("Template for Excel"), template),
            (_("Template as CSV"), f"{template}?format=csv"),
        ]

    def ask(self, form: ImportFields) -> Work:
        return ask_for_check(self.actor, self.site, form.cleaned_data["file"], form.choices())


class PeopleTemplate(ImportPage, import_pages.SheetTemplate):
    sheet = PEOPLE

    def name(self) -> str:
        return _("People of %(site)s") % {"site": self.site}


class SiteCheckPage(SitePage, import_pages.CheckPage):
    """A page about a file for this site that is looked at."""

    def prepare(self) -> None:
        super().prepare()
        if self.work.parameters["site"] != self.site.pk:
            raise Hidden

    def way_back(self) -> str:
        return address_of(self.work)

    def crumbs(self) -> Iterable[Crumb]:
        return [*[*super().crumbs()][:-1], (self.work.title, "")]


class ImportCheck(SiteCheckPage, ImportPage, import_pages.ImportCheck):
    importing = PEOPLE_IMPORT
    undoing = gettext_lazy(
        "All of it is done, or nothing. To take it back, import the file again with what was there "
        "before."
    )

    def trail(self) -> Iterable[Crumb]:
        return [*super().trail(), (_TITLE, self.again())]

    def again(self) -> str:
        return reverse("people-import", args=[self.site.pk])

    def apply_url(self) -> str:
        return reverse("people-import-apply", args=[self.site.pk, self.work.pk])

    def question(self) -> str:
        return _("Import %(file)s?") % {"file": self.file()}

    def answer(self) -> str:
        counts = self.work.counts
        total = counts.get("created", 0) + counts.get("changed", 0)
        words = ngettext("Import %(total)s person", "Import %(total)s people", total)
        return words % {"total": number_words(total)}


class ImportApply(import_pages.ImportApply, SiteCheckPage, ImportPage):
    importing = PEOPLE_IMPORT
