"""Registering many MACs from a sheet: asking for it, looking at it, doing it."""

from dataclasses import dataclass, field
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.devices import macs
from doorward.devices.actions.macs import holders_of, is_installer, register_macs, require_registrar
from doorward.devices.sheets import MACS, RESULT, Registered
from doorward.files.importing import TIMELESS, Import
from doorward.files.models import Work
from doorward.files.report import Report
from doorward.kit.errors import Refused
from doorward.kit.sheets import Fault, Line, Table, write_xlsx
from doorward.tenancy.actor import Actor
from doorward.tenancy.installers import installers_for
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

CHECK, REGISTER = "macs.check", "macs.register"


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


class MacImport(Import[Plan]):
    """Many MACs from a sheet, into an installer's library."""

    look, act = CHECK, REGISTER
    title = gettext_lazy("MACs from %(file)s")
    result = gettext_lazy("MACs registered")
    moved_on = gettext_lazy(
        "The library has changed meanwhile. Nothing was done; check the file again."
    )

    def weigh(self, work: Work, report: Report, *, lock: bool) -> Plan:
        installer = _installer(work, report.actor)
        with report.source() as file:
            return plan_of(report.actor, installer, file, report)

    def carry_out(self, work: Work, plan: Plan, report: Report) -> None:
        register_macs(report.actor, _installer(work, report.actor), plan.new)

    def write(self, plan: Plan, stream: BinaryIO) -> None:
        write_xlsx(RESULT, plan.lines, stream, TIMELESS)


MAC_IMPORT = MacImport()


def ask_for_check(actor: Actor, installer: Node, sent: UploadedFile) -> Work:
    """Keep a file and let it be looked at; raise `Invalid` for one that is no sheet."""
    require_registrar(actor, installer)
    return MAC_IMPORT.ask(actor, installer, sent, {"installer": installer.pk})


def ask_at_once(actor: Actor, installer: Node, sent: UploadedFile) -> Work:
    """Keep a file and let it be registered without a look before: all of it, or nothing."""
    require_registrar(actor, installer)
    return MAC_IMPORT.ask_at_once(actor, installer, sent, {"installer": installer.pk})


def address_of_check(work: Work) -> str:
    return reverse("mac-import-check", args=[work.pk])


def _installer(work: Work, actor: Actor) -> Node:
    """Return for whom MACs are registered; raise what keeps the actor from it by now."""
    key = work.parameters["installer"]
    for node in installers_for(actor, Can.REGISTER_MAC):
        if node.pk == key:
            require_registrar(actor, node)
            return node
    raise Refused("mac.owner", _("You do not register MACs for this installer any more."))


def plan_of(actor: Actor, installer: Node, file: BinaryIO, report: Report) -> Plan:
    """Weigh a sheet against the library; raise `Unreadable`."""
    plan, table = Plan(), Table(file, MACS, TIMELESS)
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
