"""Registering many MACs: choosing a file, looking at what it would do, confirming it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.devices import registering
from doorward.devices.actions.macs import registers_for
from doorward.devices.forms import MacSheetFields
from doorward.devices.registering import MAC_IMPORT
from doorward.devices.sheets import MACS
from doorward.files import import_pages
from doorward.files.models import Work
from doorward.kit.counts import number_words
from doorward.kit.errors import Text
from doorward.kit.pages import Context, Crumb, Page
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


class MacImport(RegistrarPage, import_pages.ImportStart):
    title = _TITLE
    form_class = MacSheetFields
    first_step = gettext_lazy("Fill in the template: one MAC a row, in any notation.")

    def form_options(self) -> Context:
        return {**super().form_options(), "installers": self.installers}

    def templates(self) -> Iterable[Crumb]:
        template = reverse("mac-template")
        return [
            (_("Template for Excel"), template),
            (_("Template as CSV"), f"{template}?format=csv"),
        ]

    def ask(self, form: MacSheetFields) -> Work:
        file = form.cleaned_data["file"]
        return registering.ask_for_check(self.actor, form.installer(), file)


class MacTemplate(RegistrarPage, import_pages.SheetTemplate):
    sheet = MACS


class MacImportCheck(import_pages.ImportCheck):
    importing = MAC_IMPORT
    verb = gettext_lazy("Register…")
    undoing = gettext_lazy(
        "All of it is done, or nothing. To take it back, remove them on the list."
    )

    def crumbs(self) -> Iterable[Crumb]:
        way = [(_LIBRARY, reverse("macs")), (_TITLE, reverse("mac-import"))]
        return [*way, (self.work.title, "")]

    def again(self) -> str:
        return reverse("mac-import")

    def apply_url(self) -> str:
        return reverse("mac-import-apply", args=[self.work.pk])

    def question(self) -> str:
        return _("Register the MACs of %(file)s?") % {"file": self.file()}

    def answer(self) -> str:
        new = self._counted("created")
        words = ngettext("Register %(total)s MAC", "Register %(total)s MACs", new)
        return words % {"total": number_words(new)}

    def consequences(self) -> Iterable[Text]:
        yield _("They are registered for %(installer)s.") % {"installer": self.work.node.name}
        if known := self._counted("unchanged"):
            words = ngettext(
                "%(total)s is in the library already and stays as it is.",
                "%(total)s are in the library already and stay as they are.",
                known,
            )
            yield words % {"total": number_words(known)}

    def _counted(self, word: str) -> int:
        return int(self.work.counts.get(word, 0))


class MacImportApply(import_pages.ImportApply):
    importing = MAC_IMPORT
    title = _TITLE
