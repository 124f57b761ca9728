"""The two works of an import: looking at what it would do, and doing it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.access.actions.pins import count_guesses
from doorward.files.models import Work
from doorward.files.report import Report
from doorward.kit.errors import Invalid, Refused
from doorward.kit.sheets import (
    Column,
    Fault,
    Kind,
    Local,
    Sheet,
    WrongHeader,
    write_xlsx,
)
from doorward.portal.importing.deeds import carry_out, steps_of
from doorward.portal.importing.plan import Choices, Entry, Plan
from doorward.portal.importing.planning import plan_of
from doorward.portal.importing.roll import Roll
from doorward.sites.models import Site
from doorward.sites.words import local_of

CHECK, IMPORT = "people.check", "people.import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FAULTS: Sheet[Fault] = Sheet(
    gettext_lazy("Faults"),
    (
        Column("sheet", gettext_lazy("Sheet"), value=lambda fault: fault.sheet),
        Column("row", gettext_lazy("Row"), value=lambda f: f.row, kind=Kind.NUMBER, width=8),
        Column("column", gettext_lazy("Column"), value=lambda fault: fault.column),
        Column("cell", gettext_lazy("Cell"), value=lambda fault: fault.cell, width=10),
        Column("words", gettext_lazy("What is wrong"), value=lambda f: f.words, width=60),
        Column("mend", gettext_lazy("What mends it"), value=lambda fault: fault.mend, width=60),
    ),
)


def _outcome(entry: Entry) -> str:
    if entry.is_new:
        return _("Created")
    return _("Changed") if entry.is_changed else _("Unchanged")


RESULT: Sheet[Entry] = Sheet(
    gettext_lazy("Result"),
    (
        Column("row", gettext_lazy("Row"), value=lambda e: e.row, kind=Kind.NUMBER, width=8),
        Column("outcome", gettext_lazy("Outcome"), value=_outcome),
        Column(
            "personnel_id",
            gettext_lazy("Personnel ID"),
            value=lambda entry: entry.person.personnel_id,
            kind=Kind.CODE,
        ),
        Column("first", gettext_lazy("First name"), value=lambda e: e.person.first_name),
        Column("last", gettext_lazy("Last name"), value=lambda e: e.person.last_name),
        Column("company", gettext_lazy("Company"), value=lambda e: e.company.name, width=24),
    ),
)


@dataclass(frozen=True)
class Request:
    """What an import was asked for, as a work's parameters have it."""

    site: int
    update: bool
    create_groups: bool
    # Counts that were confirmed; none where nobody looked before.
    confirmed: dict[str, int] | None = None

    @classmethod
    def of(cls, work: Work) -> "Request":
        told = work.parameters
        return cls(
            site=int(told["site"]),
            update=bool(told["update"]),
            create_groups=bool(told["create_groups"]),
            confirmed=told.get("confirmed"),
        )

    @property
    def choices(self) -> Choices:
        return Choices(update=self.update, create_groups=self.create_groups)


def address_of_check(work: Work) -> str:
    return reverse("people-import-check", args=[work.parameters["site"], work.pk])


def check(work: Work, report: Report) -> None:
    """Say what an import would do and what is wrong with it; change nothing."""
    plan, roll = _planned(report, Request.of(work), lock=False)
    _tell(report, plan)
    if plan.faults:
        _write_faults(report, plan, local_of(roll.site))


def import_people(work: Work, report: Report) -> None:
    """Do all that the file says, or nothing where anything is wrong or not as it was confirmed."""
    request = Request.of(work)
    plan, roll = _planned(report, request, lock=True)
    _tell(report, plan)
    if plan.faults:
        _write_faults(report, plan, local_of(roll.site))
        raise Refused(
            "import.faults",
            _("Something is wrong with the file. Nothing was changed; mend it and send it again."),
        )
    if request.confirmed is not None and dict(plan.counts()) != request.confirmed:
        raise Refused(
            "import.moved_on",
            _("Somebody has changed people meanwhile. Nothing was changed; check the file again."),
        )
    report.begin_again(steps_of(plan))
    try:
        carry_out(report.actor, plan, roll, report.step)
    except Invalid as fault:
        raise Refused("import.faults", " ".join(map(str, fault.faults.values()))) from fault
    with report.result(_("People imported") + ".xlsx", XLSX) as file:
        write_xlsx(RESULT, plan.entries, file, local_of(roll.site))


def _planned(report: Report, request: Request, *, lock: bool) -> tuple[Plan, Roll]:
    site = Site.objects.find(report.actor, request.site)
    with report.source() as file, _told_as_faults(report):
        plan, roll = plan_of(report.actor, site, file, request.choices, report, lock=lock)
    # To be told which PINs somebody has is a guess at them, though the import is undone then.
    report.actor.afterwards(lambda: count_guesses(report.actor, plan.pins_taken))
    return plan, roll


@contextmanager
def _told_as_faults(report: Report) -> Iterator[None]:
    try:
        yield
    except WrongHeader as refusal:
        _report(report, refusal.faults)
        message = _("The first row is not as in the template. Mend it as listed and send it again.")
        raise Refused("sheet.header", message) from refusal


def _tell(report: Report, plan: Plan) -> None:
    report.counts.update(plan.counts())
    _report(report, sorted(plan.faults, key=lambda fault: fault.row or 0))


def _report(report: Report, faults: Sequence[Fault]) -> None:
    for fault in faults:
        report.fault(
            str(fault.words),
            mend=str(fault.mend),
            sheet=fault.sheet,
            row=fault.row or 0,
            column=f"{fault.column} ({fault.cell})" if fault.cell else fault.column,
        )


def _write_faults(report: Report, plan: Plan, local: Local) -> None:
    faults = sorted(plan.faults, key=lambda fault: fault.row or 0)
    with report.result(_("Faults") + ".xlsx", XLSX) as file:
        write_xlsx(FAULTS, faults, file, local)
