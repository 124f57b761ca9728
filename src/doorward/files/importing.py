"""Importing from a sheet: the file is kept, looked at, and then all of it is done, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import BinaryIO, ClassVar, Generic, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from doorward.files import actions as files
from doorward.files import faults
from doorward.files.models import StoredFile, Work
from doorward.files.report import Report
from doorward.files.sheets import FAULTS
from doorward.kit.errors import Invalid, Refused, Text
from doorward.kit.pages import CONTENT_TYPES
from doorward.kit.sheets import Fault, Local, Unreadable, WrongHeader, write_xlsx
from doorward.kit.sheets.kinds import workbook_in
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node

# What stands in a list of faults, and in many a sheet, bears no time.
TIMELESS = Local(ZoneInfo("UTC"))
_XLSX = CONTENT_TYPES["xlsx"]


class Plan(Protocol):
    """What a file would do, and what keeps it from that."""

    @property
    def faults(self) -> Sequence[Fault]: ...

    def counts(self) -> Mapping[str, int]:
        """Return the consequences in numbers, by words of `files.wording.COUNTS`."""
        ...


P = TypeVar("P", bound=Plan)


class Import(Generic[P]):
    """A kind of import, with its two works: to look at a file, and to do what it says."""

    # Keys of the table of works.
    look: ClassVar[str]
    act: ClassVar[str]
    # Of a work, with the name of the file as %(file)s; and of the file that tells what was done.
    title: ClassVar[Text]
    result: ClassVar[Text]
    # Said where a file would no longer do what was confirmed.
    moved_on: ClassVar[Text]
    # What there has to be of one of these, by words of `files.wording.COUNTS`, to be done.
    makes: ClassVar[tuple[str, ...]] = ("created", "changed")
    takes_csv: ClassVar[bool] = True

    def weigh(self, work: Work, report: Report, *, lock: bool) -> P:
        """Say what a file would do; raise `Unreadable`. With `lock` what is there stays so.

        What this itself changes is undone where the file is only looked at.
        """
        raise NotImplementedError

    def carry_out(self, work: Work, plan: P, report: Report) -> None:
        """Do all that a plan without faults says; raise what the rooms' actions object to."""
        raise NotImplementedError

    def write(self, plan: P, stream: BinaryIO) -> None:
        """Write a workbook that tells what became of each row."""
        raise NotImplementedError

    # --- Asking ---------------------------------------------------------------------------

    @transaction.atomic
    def ask(
        self, actor: Actor, node: Node, sent: UploadedFile, parameters: Mapping[str, object]
    ) -> Work:
        """Keep a file and let it be looked at; raise `Invalid` for one that is no sheet."""
        return self._begin(actor, node, sent, self.look, parameters)

    @transaction.atomic
    def ask_at_once(
        self, actor: Actor, node: Node, sent: UploadedFile, parameters: Mapping[str, object]
    ) -> Work:
        """Keep a file and let it be done without a look before: all of it, or nothing."""
        return self._begin(actor, node, sent, self.act, parameters)

    @transaction.atomic
    def follow(self, actor: Actor, work: Work) -> Work:
        """Let a file be done that was looked at, as long as that would do the same."""
        if not self.may_follow(work):
            message = _("This file has faults or was not looked at to its end. Send it once more.")
            raise Refused("import.unchecked", message)
        return files.start_work(
            actor,
            work.node,
            kind=self.act,
            title=work.title,
            parameters={**work.parameters, "confirmed": work.counts},
            source=work.source,
        )

    def may_follow(self, work: Work) -> bool:
        """Say whether a look is over, found no fault, and found something to do."""
        is_over = work.kind == self.look and work.state == Work.State.DONE
        return is_over and not work.fault_count and self.makes_something(work)

    def makes_something(self, work: Work) -> bool:
        """Say whether a look found something that is not so already."""
        return any(work.counts.get(word, 0) for word in self.makes)

    def _begin(
        self,
        actor: Actor,
        node: Node,
        sent: UploadedFile,
        kind: str,
        parameters: Mapping[str, object],
    ) -> Work:
        self._require_readable(cast(BinaryIO, sent.file))
        sent.seek(0)
        file = files.store(
            actor,
            node,
            kind=StoredFile.Kind.IMPORT,
            name=sent.name or "import",
            content=sent.chunks(),
            content_type=sent.content_type or "application/octet-stream",
        )
        title = str(self.title) % {"file": file.name[:120]}
        return files.start_work(
            actor, node, kind=kind, title=title, parameters=parameters, source=file
        )

    def _require_readable(self, file: BinaryIO) -> None:
        try:
            book = workbook_in(file)
        except Unreadable as refusal:
            raise Invalid({"file": refusal.message}) from refusal
        if book is None and not self.takes_csv:
            message = _("This is no workbook. Choose the template, saved as .xlsx.")
            raise Invalid({"file": message})

    # --- Doing ----------------------------------------------------------------------------

    def check(self, work: Work, report: Report) -> None:
        """Say what a file would do and what is wrong with it; change nothing."""
        with _undone():
            plan = self._weighed(work, report, lock=False)
        _tell(report, plan)

    def do(self, work: Work, report: Report) -> None:
        """Do all that a file says, or nothing where anything is wrong or not as confirmed."""
        plan = self._weighed(work, report, lock=True)
        _tell(report, plan)
        if plan.faults:
            message = _(
                "Something is wrong with the file. Nothing was changed; mend it and send it again."
            )
            raise Refused("import.faults", message)
        confirmed = work.parameters.get("confirmed")
        if confirmed is not None and dict(plan.counts()) != confirmed:
            raise Refused("import.moved_on", self.moved_on)
        try:
            self.carry_out(work, plan, report)
        except Invalid as fault:
            raise Refused("import.faults", " ".join(map(str, fault.faults.values()))) from fault
        with report.result(f"{self.result}.xlsx", _XLSX) as file:
            self.write(plan, file)

    def _weighed(self, work: Work, report: Report, *, lock: bool) -> P:
        try:
            return self.weigh(work, report, lock=lock)
        except WrongHeader as refusal:
            for fault in refusal.faults:
                _note(report, _told(fault))
            raise Refused("sheet.header", refusal.summary) from refusal


@contextmanager
def _undone() -> Iterator[None]:
    """Take back at the end whatever is changed meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _tell(report: Report, plan: Plan) -> None:
    report.counts.update(plan.counts())
    told = [_told(fault) for fault in in_order(plan.faults)]
    for fault in told:
        _note(report, fault)
    if len(told) > faults.MOST:
        # All of them: the page of the work keeps no more.
        with report.result(_("Faults") + ".xlsx", _XLSX) as file:
            write_xlsx(FAULTS, told, file, TIMELESS)


def in_order(found: Sequence[Fault]) -> list[Fault]:
    """Return faults sheet by sheet, from the first row down and from the left to the right."""
    sheets = list(dict.fromkeys(fault.sheet for fault in found))

    def place(fault: Fault) -> tuple[int, int, int, str]:
        letters = fault.cell.rstrip("0123456789")
        return sheets.index(fault.sheet), fault.row or 0, len(letters), letters

    return sorted(found, key=place)


def _told(fault: Fault) -> faults.Fault:
    place = f"{fault.column} ({fault.cell})" if fault.cell else fault.column
    return faults.Fault(str(fault.words), str(fault.mend), fault.sheet, fault.row, place)


def _note(report: Report, fault: faults.Fault) -> None:
    report.fault(
        fault.words, mend=fault.mend, sheet=fault.sheet, row=fault.row or 0, column=fault.column
    )
