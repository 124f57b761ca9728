"""Pages of an import: choosing a file, looking at what it would do, confirming it."""

import io
from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from doorward.files.importing import TIMELESS, Import
from doorward.files.kinds import address_of
from doorward.files.models import Work
from doorward.files.pages import WorkPage, WorkShow
from doorward.files.wording import counted
from doorward.kit.counts import number_words
from doorward.kit.errors import Hidden, Text
from doorward.kit.pages import CONTENT_TYPES, Context, Crumb, DeedPage, FormPage, Page
from doorward.kit.sheets import MAX_ROWS, Local, Sheet, csv_template, write_template


class ImportStart(FormPage):
    """Choosing a file; it is looked at, and nothing is changed."""

    template = "files/import.html"
    deed = _("Check the file")
    # What to do before a file is chosen, and what else is good to know.
    first_step: ClassVar[Text]
    note: ClassVar[Text] = ""
    most: ClassVar[int] = MAX_ROWS

    def templates(self) -> Iterable[Crumb]:
        """Return what can be filled in: labels with their addresses."""
        raise NotImplementedError

    def context(self) -> Context:
        told = {"first_step": self.first_step, "note": self.note, "most": self.most}
        return {**super().context(), **told, "templates": self.templates()}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        return address_of(self.ask(form))

    def ask(self, form: Any) -> Work:
        """Ask for the look at the file."""
        raise NotImplementedError


class SheetTemplate(Page):
    """What to fill in: a workbook, or CSV where the address asks for it."""

    title = _("Template")
    # Any: columns of every kind of thing.
    sheet: ClassVar[Sheet[Any]]

    def name(self) -> str:
        """Return what the file is called, without its ending."""
        return str(self.sheet.title)

    def local(self) -> Local:
        return TIMELESS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("format") == "csv":
            return attached(csv_template(self.sheet), self.name(), "csv")
        content = io.BytesIO()
        write_template(self.sheet, content, self.local())
        return attached(content.getvalue(), self.name(), "xlsx")


def attached(content: bytes, name: str, form: str) -> FileResponse:
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=f"{name}.{form}",
        content_type=CONTENT_TYPES[form],
    )


class CheckPage(WorkPage):
    """A page about a file of one kind of import that is looked at."""

    # Any: plans of every kind.
    importing: ClassVar[Import[Any]]

    def prepare(self) -> None:
        super().prepare()
        if self.work.kind != self.importing.look:
            raise Hidden

    def way_back(self) -> str:
        return address_of(self.work)


class ImportCheck(CheckPage, WorkShow):
    """What a file would do and what is wrong with it, with the question whether to do it."""

    template = "files/import_check.html"
    # What the button says that asks.
    verb: ClassVar[Text] = _("Import…")
    # How it is taken back.
    undoing: ClassVar[Text]

    def again(self) -> str:
        """Return where another file is chosen."""
        raise NotImplementedError

    def apply_url(self) -> str:
        raise NotImplementedError

    def file(self) -> str:
        """Return what the file is called that was looked at."""
        return self.work.source.name if self.work.source else ""

    def question(self) -> str:
        raise NotImplementedError

    def answer(self) -> str:
        """Return what the button says that does it."""
        raise NotImplementedError

    def consequences(self) -> Iterable[Text]:
        """Return what follows, each in a sentence."""
        told = counted(self.work.counts)
        return [f"{label}: {number_words(number)}" for label, number in told if number]

    def over(self) -> Text:
        """Return what is said once the file is looked at."""
        if self.work.fault_count:
            return _("The file was checked and nothing is changed. Mend what is listed below.")
        if self.importing.makes_something(self.work):
            return _("The file was checked. Nothing is changed yet: so much would be done.")
        return _("The file was checked. All that it says is there already.")

    def context(self) -> Context:
        told = {"may_follow": self.importing.may_follow(self.work), "again": self.again()}
        if told["may_follow"]:
            told |= {"verb": self.verb, "question": self.question(), "answer": self.answer()}
            told |= {"consequences": [*self.consequences(), self.undoing]}
            told |= {"apply_url": self.apply_url()}
        return {**super().context(), **told, "over": self.over()}


class ImportApply(CheckPage, DeedPage):
    """Doing what a file says that was looked at."""

    title = _("Import")
    started: Work

    def act(self) -> None:
        self.started = self.importing.follow(self.actor, self.work)

    def way_back(self) -> str:
        started = getattr(self, "started", None)
        return address_of(started) if started else super().way_back()
