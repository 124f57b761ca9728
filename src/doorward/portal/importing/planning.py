"""From a file to a plan: read it, look up what it names, weigh each row, check them together."""

from dataclasses import replace
from typing import BinaryIO, Protocol, cast

from doorward.access.actions.pins import require_patience
from doorward.kit.sheets import Sheet, Table
from doorward.portal.importing.checks import Checks
from doorward.portal.importing.plan import Choices, Plan
from doorward.portal.importing.roll import Roll
from doorward.portal.importing.weighing import Weighing, tells_pin
from doorward.portal.sheets import PEOPLE
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
) -> tuple[Plan, Roll]:
    """Say what a file would do; raise `Unreadable`. With `lock` people stay as they are found."""
    roll = Roll.of(actor, site)
    actor.require_any(Can.CHANGE_PERSON, [site, *roll.companies.values()])
    plan = Plan()
    table = Table(file, _sheet_for(choices), local_of(site))
    lines = []
    patient = False
    for line in table:
        if not patient and tells_pin(line):
            # Asked as soon as there is one: who has to wait should hear it now.
            require_patience(actor)
            patient = True
        lines.append(line)
        progress.step()
    for fault in table.merged:
        plan.fault(fault)
    roll.call([str(line.told.get("personnel_id", "")) for line in lines], lock=lock)
    # Each row is weighed by itself and then beside the others.
    progress.begin_again(2 * len(lines))
    weighing = Weighing(table, roll, choices, plan)
    for line in lines:
        if entry := weighing.weigh(line):
            plan.entries.append(entry)
        progress.step()
    Checks(table, roll, plan).run(progress.step)
    return plan, roll


def _sheet_for(choices: Choices) -> Sheet[object]:
    """Return the sheet to read: where people are changed, an ID alone says who is meant."""
    columns = PEOPLE.columns
    if choices.update:
        columns = [replace(column, mandatory=False) for column in columns]
    return cast(Sheet[object], replace(PEOPLE, columns=columns))
