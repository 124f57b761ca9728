"""Registering many MACs from a sheet: asking for it, looking at it, doing it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, cast
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from doorward.devices import macs
from doorward.devices.actions.macs import holders_of, is_installer, register_macs, require_registrar
from doorward.devices.sheets import MACS, RESULT, Registered
from doorward.files import actions as files
from doorward.files.models import StoredFile, Work
from doorward.files.report import Report
from doorward.kit.errors import Invalid, Refused
from doorward.kit.pages import CONTENT_TYPES
from doorward.kit.sheets import Fault, Line, Local, Table, Unreadable, WrongHeader, write_xlsx
from doorward.kit.sheets.kinds import workbook_in
from doorward.tenancy.actor import Actor
from doorward.tenancy.installers import installers_for
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

CHECK, REGISTER = "macs.check", "macs.register"
# No time stands in these sheets.
LOCAL = Local(ZoneInfo("UTC"))


@dataclass
class Plan:
    """What a sheet would do: its rows with a MAC, and what is wrong with the others."""

    lines: list[Registered] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def new(self) -> list[str]:
        return [line.mac for line in self.lines if line.is_new]

    def counts(self) -> dict[str, int]:
        """Return the consequences in numbers, by words of `files.wording.COUNTS`."""
        faulty = len({fault.row for fault in self.faults if fault.row is not None})
        new = len(self.new)
        return {"created": new, "unchanged": len(self.lines) - new, "faulty": faulty}


# --- Asking -----------------------------------------------------------------------------------


@transaction.atomic
def ask_for_check(actor: Actor, installer: Node, sent: UploadedFile) -> Work:
    """Keep a file and let it be looked at; raise `Invalid` for one that is no sheet."""
    return _ask(actor, installer, sent, CHECK)


@transaction.atomic
def ask_at_once(actor: Actor, installer: Node, sent: UploadedFile) -> Work:
    """Keep a file and let it be registered without a look before: all of it, or nothing."""
    return _ask(actor, installer, sent, REGISTER)


def _ask(actor: Actor, installer: Node, sent: UploadedFile, kind: str) -> Work:
    require_registrar(actor, installer)
    try:
        workbook_in(cast(BinaryIO, sent.file))
    except Unreadable as refusal:
        raise Invalid({"file": refusal.message}) from refusal
    sent.seek(0)
    file = files.store(
        actor,
        installer,
        kind=StoredFile.Kind.IMPORT,
        name=sent.name or "macs",
        content=sent.chunks(),
        content_type=sent.content_type or "application/octet-stream",
    )
    return files.start_work(
        actor,
        installer,
        kind=kind,
        title=_("MACs from %(file)s") % {"file": file.name[:120]},
        parameters={"installer": installer.pk},
        source=file,
    )


@transaction.atomic
def ask_to_register(actor: Actor, work: Work) -> Work:
    """Let a file be registered that was looked at, as long as that would do the same."""
    if not may_follow(work):
        message = _("This file has faults or was not looked at to its end. Send it once more.")
        raise Refused("import.unchecked", message)
    return files.start_work(
        actor,
        work.node,
        kind=REGISTER,
        title=work.title,
        parameters={**work.parameters, "confirmed": work.counts},
        source=work.source,
    )


def may_follow(work: Work) -> bool:
    """Say whether a check is over, found no fault, and found something to register."""
    is_done = work.kind == CHECK and work.state == Work.State.DONE
    return is_done and not work.fault_count and work.counts.get("created", 0) > 0


def address_of_check(work: Work) -> str:
    return reverse("mac-import-check", args=[work.pk])


# --- Doing ------------------------------------------------------------------------------------


def check(work: Work, report: Report) -> None:
    """Say what a sheet would register and what is wrong with it; change nothing."""
    _tell(report, _planned(work, report))


def register(work: Work, report: Report) -> None:
    """Register all MACs of a sheet, or none where anything is wrong or not as confirmed."""
    plan = _planned(work, report)
    _tell(report, plan)
    if plan.faults:
        raise Refused(
            "import.faults",
            _("Something is wrong with the file. Nothing was changed; mend it and send it again."),
        )
    confirmed = work.parameters.get("confirmed")
    if confirmed is not None and plan.counts() != confirmed:
        raise Refused(
            "import.moved_on",
            _("The library has changed meanwhile. Nothing was done; check the file again."),
        )
    register_macs(report.actor, _installer(work, report.actor), plan.new)
    with report.result(_("MACs registered") + ".xlsx", CONTENT_TYPES["xlsx"]) as file:
        write_xlsx(RESULT, plan.lines, file, LOCAL)


def _installer(work: Work, actor: Actor) -> Node:
    """Return for whom MACs are registered; raise what keeps the actor from it by now."""
    key = work.parameters["installer"]
    for node in installers_for(actor, Can.REGISTER_MAC):
        if node.pk == key:
            require_registrar(actor, node)
            return node
    raise Refused("mac.owner", _("You do not register MACs for this installer any more."))


def _planned(work: Work, report: Report) -> Plan:
    installer = _installer(work, report.actor)
    with report.source() as file, _header_told(report):
        return plan_of(report.actor, installer, file, report)


def plan_of(actor: Actor, installer: Node, file: BinaryIO, report: Report) -> Plan:
    """Weigh a sheet against the library; raise `Unreadable`."""
    plan, table = Plan(), Table(file, MACS, LOCAL)
    rows: dict[str, int] = {}
    for line in table:
        if mac := _mac_of(line, table, plan, rows):
            rows[mac] = line.number
        report.step()
    plan.faults += table.merged
    held = holders_of(rows)
    for mac, row in rows.items():
        if held.get(mac, installer.pk) == installer.pk:
            plan.lines.append(Registered(row, mac, is_new=mac not in held))
        else:
            words = _("This MAC is registered already, in another library.")
            plan.faults.append(table.fault(row, "mac", words, _mend_of_foreign(actor)))
    return plan


def _mac_of(line: Line, table: Table, plan: Plan, rows: dict[str, int]) -> str:
    """Return a row's MAC, or nothing and note what is wrong with it."""
    plan.faults += line.faults
    if "mac" in line.unread:
        return ""
    try:
        mac = macs.canonical(line.texts.get("mac", ""))
    except ValueError:
        words = _("“%(text)s” is no MAC.") % {"text": line.texts.get("mac", "")[:32]}
        mend = _("Enter the twelve hex digits from the device's label, such as 0C11050B9814.")
        plan.faults.append(table.fault(line.number, "mac", words, mend))
        return ""
    if mac in rows:
        words = _("Row %(row)d has this MAC too.") % {"row": rows[mac]}
        plan.faults.append(table.fault(line.number, "mac", words, _("Leave one of the two out.")))
        return ""
    return mac


def _mend_of_foreign(actor: Actor) -> str:
    if is_installer(actor):
        return _("Check the label, and ask your distributor if it is right.")
    return _("Check the label. If it is right, move the MAC on the list, or leave the row out.")


@contextmanager
def _header_told(report: Report) -> Iterator[None]:
    try:
        yield
    except WrongHeader as refusal:
        for fault in refusal.faults:
            _note(report, fault)
        message = _("The first row is not as in the template. Mend it as listed and send it again.")
        raise Refused("sheet.header", message) from refusal


def _tell(report: Report, plan: Plan) -> None:
    report.counts.update(plan.counts())
    for fault in sorted(plan.faults, key=lambda fault: fault.row or 0):
        _note(report, fault)


def _note(report: Report, fault: Fault) -> None:
    place = f"{fault.column} ({fault.cell})" if fault.cell else fault.column
    report.fault(fault.words, mend=fault.mend, sheet=fault.sheet, row=fault.row or 0, column=place)
