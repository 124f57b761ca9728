"""The companies of a workbook."""

from collections.abc import Sequence

from doorward.kit.errors import InvalidRows
from doorward.kit.sheets import Line, Table
from doorward.portal.importing.roll import plain
from doorward.portal.workbook.parts import Part, take_up, told
from doorward.sites.actions import create_companies
from doorward.sites.models import Company, Site
from doorward.sites.sheets import COMPANIES
from doorward.tenancy.actor import Actor


def create(actor: Actor, site: Site, table: Table, lines: Sequence[Line]) -> Part[str]:
    """Create the companies that are not there; people are put into them."""
    part: Part[str] = Part(table)
    names = Company.objects.seen_at(actor, site).values_list("name", flat=True)
    known = {plain(name) for name in names}
    for line in lines:
        if not take_up(part, line, COMPANIES):
            continue
        name = told(line, "name")
        (part.same if plain(name) in known else part.new)[line.number] = name
        # A name that stands twice is one company.
        known.add(plain(name))
    if part.new:
        _create(actor, site, part)
    return part


def _create(actor: Actor, site: Site, part: Part[str]) -> None:
    """Create what can be; the others keep all of it from being done."""
    try:
        create_companies(actor, site, list(part.new.values()))
    except InvalidRows as fault:
        part.object_to(list(part.new), fault.rows)
        create_companies(actor, site, list(part.new.values()))
