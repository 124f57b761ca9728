"""From a file to a plan: read it, look up what it names, weigh each row, check them together."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO, Protocol

from doorward.access.actions.pins import require_patience
from doorward.kit.sheets import Line, Sheet, Table
from doorward.portal.importing.checks import Checks
from doorward.portal.importing.plan import Choices, Plan
from doorward.portal.importing.roll import Roll
from doorward.portal.importing.weighing import Weighing, tells_pin
from doorward.portal.sheets import PEOPLE, OnPaper
from doorward.sites.models import Site
from doorward.sites.words import local_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can


class Progress(Protocol):
    """Who hears how far it is."""

    def step(self, number: int = 1) -> None: ...

    def begin_again(self, number: int) -> None: ...


def plan_of(
    actor: Actor,
    site: Site,
    file: BinaryIO,
    choices: Choices,
    progress: Progress,
    *,
    lock: bool = False,
) -> Plan:
    """Say what a file would do; raise `Unreadable`. With `lock` people stay as they are found."""
    roll = roll_of(actor, site)
    table = Table(file, sheet_for(PEOPLE, choices), local_of(site))
    lines = lines_of(table, actor, progress)
    roll.call(ids_in(lines), lock=lock)
    return weighed(table, lines, roll, choices, progress)


def roll_of(actor: Actor, site: Site) -> Roll:
    """Return what a site has, for somebody who may change people of it or of a company there."""
    roll = Roll.of(actor, site)
    actor.require_any(Can.CHANGE_PERSON, [site, *roll.companies.values()])
    return roll


def lines_of(table: Table, actor: Actor, progress: Progress) -> list[Line]:
    """Read the rows of a sheet of people; raise `Refused` for who has tried too many PINs."""
    lines = []
    patient = False
    for line in table:
        if not patient and tells_pin(line):
            # Asked as soon as there is one: who has to wait should hear it now.
            require_patience(actor)
            patient = True
        lines.append(line)
        progress.step()
    return lines


def ids_in(lines: Iterable[Line]) -> list[str]:
    """Return the personnel IDs that rows name."""
    return [str(line.told.get("personnel_id", "")) for line in lines]


def weighed(
    table: Table, lines: Sequence[Line], roll: Roll, choices: Choices, progress: Progress
) -> Plan:
    """Say what rows would do; whom they name was called."""
    plan = Plan(roll)
    for fault in table.merged:
        plan.fault(fault)
    # Each row is weighed by itself and then beside the others.
    progress.begin_again(2 * len(lines))
    weighing = Weighing(table, roll, choices, plan)
    for line in lines:
        entry = weighing.weigh(line)
        if entry is not None:
            plan.entries.append(entry)
        # Who is not known cannot be looked at beside others: that was both passes.
        progress.step(1 if entry else 2)
    Checks(table, roll, plan).run(progress.step)
    return plan


def sheet_for(people: Sheet[OnPaper], choices: Choices) -> Sheet[OnPaper]:
    """Return the sheet to read: where people are changed, an ID alone says who is meant."""
    if not choices.update:
        return people
    return replace(people, columns=[replace(one, mandatory=False) for one in people.columns])
