"""Sites with their companies and groups of people."""

from dataclasses import dataclass

from doorward.demo.sizes.size import Size, chance, home
from doorward.demo.sizes.writing import block, write
from doorward.people.models import Group
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Node

# Of each company: four groups, and two beneath the last of them.
GROUPS, ON_TOP = 6, 4
_GROUP_NAMES = "array['Office','Sales','Workshop','Engineering','Hardware','Software']"
_TREES = "array['Linden','Birch','Alder','Rowan','Hazel','Willow','Chestnut','Juniper']"
_KINDS = "array['House','Court','Works','Park','Yard','Tower']"
_STREETS = "array['Mill Lane','Station Road','Harbour Street','Old Market','Quarry Hill']"
# Country, city and zone, one place after the other.
_CITIES = """array[
    ['Germany','Berlin','Europe/Berlin'], ['Austria','Linz','Europe/Vienna'],
    ['Portugal','Porto','Europe/Lisbon'], ['Finland','Turku','Europe/Helsinki'],
    ['Canada','Halifax','America/Halifax'], ['Japan','Sapporo','Asia/Tokyo']
]"""
_FIRMS = """array[
    'Amber Optics','Basalt Foods','Cedar Legal','Delta Freight','Ember Studio','Fjord Analytics',
    'Granite Print','Harbour Bank','Indigo Travel','Jade Textiles','Kestrel Systems',
    'Lumen Dental','Meridian Maps','Nimbus Media','Onyx Trading','Pepper Kitchens',
    'Quartz Audio','Rivet Tools','Saffron Health','Tundra Wear'
]"""


@dataclass(frozen=True)
class Places:
    """The first keys of what was made; the others follow in a row."""

    size: Size
    site_nodes: int
    sites: int
    company_nodes: int
    companies: int
    groups: int

    def site_of_company(self, company: str) -> str:
        return f"({company}) / {self.size.companies_a_site}"


def settle(installer: Node, size: Size) -> Places:
    """Found the sites below an installer, each with its companies and their groups."""
    count = size.all_companies
    made = Places(
        size=size,
        site_nodes=block(Node, size.sites),
        sites=block(Site, size.sites),
        company_nodes=block(Node, count),
        companies=block(Company, count),
        groups=block(Group, count * GROUPS),
    )
    _sites(made, installer)
    _companies(made, installer)
    _groups(made)
    return made


def _sites(made: Places, installer: Node) -> None:
    size = made.size
    series = f"generate_series(0, {size.sites - 1}) AS i"
    node = f"{made.site_nodes} + i"
    kind, city = (chance("i", salt, size.seed) for salt in (1, 2))
    # The number keeps it from being called as another site of the installer.
    name = (
        f"({_TREES})[1 + mod({kind}, 8)] || ' ' || ({_KINDS})[1 + mod({kind} / 8, 6)]"
        f" || ' ' || ({made.sites} + i)"
    )
    path = f"'{installer.path}' || ({node}) || '/'"
    write(
        Node,
        series,
        id=node,
        parent_id=str(installer.pk),
        kind=f"'{Node.Kind.SITE}'",
        name=name,
        path=path,
    )
    told = {
        column: f"({_CITIES})[1 + mod({city}, 6)][{place}]"
        for place, column in enumerate(("country", "city", "zone"), 1)
    }
    write(
        Site,
        series,
        id=f"{made.sites} + i",
        node_id=node,
        installer_id=str(installer.pk),
        name=name,
        street=f"({_STREETS})[1 + mod({city}, 5)] || ' ' || (1 + mod({kind}, 200))",
        postcode=f"lpad(mod({kind}, 100000)::text, 5, '0')",
        **told,
    )


def _companies(made: Places, installer: Node) -> None:
    size = made.size
    site = made.site_of_company("j")
    series = f"generate_series(0, {size.all_companies - 1}) AS j"
    node = f"{made.company_nodes} + j"
    above = f"{made.site_nodes} + {site}"
    # Those of a site are neighbours in the list, so that no two are called the same.
    first = chance(site, 3, size.seed)
    name = f"({_FIRMS})[1 + mod({first} + mod(j, {size.companies_a_site}), 20)]"
    write(
        Node,
        series,
        id=node,
        parent_id=above,
        kind=f"'{Node.Kind.COMPANY}'",
        name=name,
        path=f"'{installer.path}' || ({above}) || '/' || ({node}) || '/'",
    )
    write(
        Company,
        series,
        id=f"{made.companies} + j",
        node_id=node,
        site_id=f"{made.sites} + {site}",
        name=name,
    )


def _groups(made: Places) -> None:
    company, place = f"(g / {GROUPS})", f"mod(g, {GROUPS})"
    own = f"({made.groups} + g)"
    above = f"({made.groups} + {company} * {GROUPS} + {ON_TOP - 1})"
    write(
        Group,
        f"generate_series(0, {made.size.all_companies * GROUPS - 1}) AS g",
        id=own,
        node_id=f"{made.company_nodes} + {company}",
        site_id=f"{made.sites} + {made.site_of_company(company)}",
        company_id=f"{made.companies} + {company}",
        parent_id=f"CASE WHEN {place} >= {ON_TOP} THEN {above} END",
        name=f"({_GROUP_NAMES})[1 + {place}]",
        ancestors=(
            f"CASE WHEN {place} >= {ON_TOP} THEN array[{above}, {own}]::bigint[]"
            f" ELSE array[{own}]::bigint[] END"
        ),
    )


def company_of_person(person: str, size: Size) -> str:
    """Return in SQL the company, from 0, of a person, from 0."""
    return home(person, size.people, size.all_companies)
