"""From a workbook to a plan: read all sheets, create what others name, weigh the rest."""

from collections.abc import Mapping
from typing import BinaryIO

from doorward.devices.actions.devices import DeviceForm
from doorward.kit.sheets import Line, Table, tables_of
from doorward.kit.sheets.table import too_many
from doorward.portal.importing.plan import Choices, Plan
from doorward.portal.importing.planning import (
    Progress,
    ids_in,
    lines_of,
    roll_of,
    sheet_for,
    weighed,
)
from doorward.portal.workbook import cards, companies, devices
from doorward.portal.workbook.cards import Card
from doorward.portal.workbook.parts import Part
from doorward.portal.workbook.plan import BookPlan
from doorward.portal.workbook.sheets import MOST, PERSONNEL, SHEETS
from doorward.sites.models import Site
from doorward.sites.words import local_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

Lines = Mapping[str, list[Line]]


def plan_of(
    actor: Actor,
    site: Site,
    file: BinaryIO,
    choices: Choices,
    progress: Progress,
    *,
    lock: bool = False,
) -> BookPlan:
    """Say what a workbook would do; raise `Unreadable`. With `lock` people stay as they are found.

    Companies and devices are made right here, by the actions that say what is wrong with them:
    people are put into companies, and a site is held before its people. The caller takes it back
    where it only looks.
    """
    actor.require(Can.CREATE_SITE, site)
    # Before its node, which a new company holds: whoever changes or deletes a site does it so.
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    sheets = {**SHEETS, "personnel": sheet_for(PERSONNEL, choices)}
    tables = tables_of(file, sheets, local_of(site), most=MOST)
    lines = _read(actor, tables, progress)
    made, added, given = Part[str](), Part[DeviceForm](), Part[Card]()
    if table := tables.get("companies"):
        made = companies.create(actor, site, table, lines["companies"])
    if table := tables.get("devices"):
        added = devices.create(actor, site, table, lines["devices"])
    ids = ids_in(lines.get("personnel", []))
    roll = roll_of(actor, site)
    roll.call([*ids, *ids_in(lines.get("cards", []))], lock=lock)
    people = Plan(roll)
    if table := tables.get("personnel"):
        people = weighed(table, lines["personnel"], roll, choices, progress)
    if table := tables.get("cards"):
        named = {number.lower() for number in ids}
        given = cards.weighed(table, lines["cards"], people, named)
    title = tables["personnel"].name if "personnel" in tables else ""
    return BookPlan(people, title, made, added, given)


def _read(actor: Actor, tables: Mapping[str, Table], progress: Progress) -> Lines:
    """Read the rows of all sheets; raise `Unreadable` for more than a workbook holds."""
    lines = {name: lines_of(table, actor, progress) for name, table in tables.items()}
    if sum(map(len, lines.values())) > MOST:
        raise too_many(MOST)
    return lines
