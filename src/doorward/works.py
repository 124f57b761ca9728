"""What long work there is: one plain table of kinds and what does them."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.devices import registering
from doorward.files import list_works
from doorward.files.kinds import WorkKind
from doorward.files.lists import BULK, EXPORT
from doorward.files.models import StoredFile, Work
from doorward.portal.importing import works as importing
from doorward.portal.workbook import filling
from doorward.portal.workbook import works as workbook


def _people(work: Work) -> str:
    return reverse("people", args=[work.parameters["site"]])


def _office(work: Work) -> str:
    return reverse("site", args=[work.parameters["site"]])


WORKS: Mapping[str, WorkKind] = {
    EXPORT: WorkKind(_("Export"), list_works.export, makes=StoredFile.Kind.EXPORT),
    BULK: WorkKind(_("Change of many"), list_works.do_to_many),
    registering.CHECK: WorkKind(
        _("Check of MACs"), registering.MAC_IMPORT.check, address=registering.address_of_check
    ),
    registering.REGISTER: WorkKind(
        _("Registering MACs"),
        registering.MAC_IMPORT.do,
        onward=(_("To the MAC library"), lambda _work: reverse("macs")),
    ),
    importing.CHECK: WorkKind(
        _("Check of an import"), importing.PEOPLE_IMPORT.check, address=importing.address_of_check
    ),
    importing.IMPORT: WorkKind(
        _("Import of people"), importing.PEOPLE_IMPORT.do, onward=(_("To the people"), _people)
    ),
    workbook.CHECK: WorkKind(
        _("Check of a workbook"),
        workbook.WORKBOOK_IMPORT.check,
        address=workbook.address_of_check,
        takes_several_sheets=True,
    ),
    workbook.IMPORT: WorkKind(
        _("Import of a workbook"),
        workbook.WORKBOOK_IMPORT.do,
        onward=(_("To the office"), _office),
        takes_several_sheets=True,
    ),
    filling.FILLED: WorkKind(_("Workbook"), filling.fill, makes=StoredFile.Kind.EXPORT),
}
