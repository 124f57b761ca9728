"""Access groups: everybody's, the cleaners', and each company's own."""

from doorward.access.models import AccessGroup, AccessSegment, AccessWindow
from doorward.access.segments import ScheduleSegment, normalise
from doorward.access.windows import WEEKDAYS, WeeklyWindow
from doorward.demo.sizes.equipment import Equipment
from doorward.demo.sizes.people import CLEANER
from doorward.demo.sizes.places import GROUPS, ON_TOP, Places, company_of_person
from doorward.demo.sizes.writing import block, write
from doorward.protocols.neutral import EVERY_DAY

SATURDAY = 0b0100000
_EVERYBODY = (WeeklyWindow(WEEKDAYS, 7 * 60, 20 * 60), WeeklyWindow(SATURDAY, 9 * 60, 14 * 60))
_CLEANERS = (WeeklyWindow(EVERY_DAY, 5 * 60, 8 * 60),)
_COMPANY = (WeeklyWindow(WEEKDAYS, 6 * 60, 22 * 60),)


def grant(places: Places, equipment: Equipment, people: int) -> None:
    """Let everybody in at the first door, companies at one of their own, cleaners everywhere."""
    size = places.size
    each = size.companies_a_site
    everybody = block(AccessGroup, size.sites)
    cleaners = block(AccessGroup, size.sites)
    companies = block(AccessGroup, size.all_companies)
    for first, name in ((everybody, "Everybody"), (cleaners, "Cleaning")):
        write(
            AccessGroup,
            f"generate_series(0, {size.sites - 1}) AS i",
            id=f"{first} + i",
            node_id=f"{places.site_nodes} + i",
            site_id=f"{places.sites} + i",
            name=f"'{name}'",
        )
    write(
        AccessGroup,
        f"generate_series(0, {size.all_companies - 1}) AS j"
        f" JOIN sites_company AS company ON company.id = {places.companies} + j",
        id=f"{companies} + j",
        node_id="company.node_id",
        site_id="company.site_id",
        company_id="company.id",
        name="company.name || ' rooms'",
    )
    _hours(everybody, size.sites, _EVERYBODY)
    _hours(cleaners, size.sites, _CLEANERS)
    _hours(companies, size.all_companies, _COMPANY)
    doors = AccessGroup.doors.through
    door = f"{equipment.doors} + d"
    write(doors, f"{equipment.rows} WHERE l = 0", accessgroup_id=f"{everybody} + i", door_id=door)
    write(doors, equipment.rows, accessgroup_id=f"{cleaners} + i", door_id=door)
    write(
        doors,
        f"{equipment.rows} WHERE l BETWEEN 1 AND {each}",
        accessgroup_id=f"{companies} + i * {each} + l - 1",
        door_id=door,
    )
    write(
        AccessGroup.people_groups.through,
        f"generate_series(0, {size.all_companies * GROUPS - 1}) AS g"
        f" WHERE mod(g, {GROUPS}) < {ON_TOP}",
        accessgroup_id=f"{everybody} + g / {GROUPS * each}",
        group_id=f"{places.groups} + g",
    )
    person = f"{people} + n"
    company = company_of_person("n", size)
    named = AccessGroup.people.through
    series = f"generate_series(0::bigint, {size.people - 1}) AS n"
    write(named, series, accessgroup_id=f"{companies} + {company}", person_id=person)
    write(
        named,
        f"{series} WHERE mod(n, {CLEANER}) = 0",
        accessgroup_id=f"{cleaners} + ({company}) / {each}",
        person_id=person,
    )


def _hours(first: int, count: int, windows: tuple[WeeklyWindow, ...]) -> None:
    """Draw the same hours for so many access groups, and cut them as devices understand them."""
    if not count:
        return
    series = f"generate_series({first}::bigint, {first + count - 1}) AS own"
    for window in windows:
        write(AccessWindow, series, group_id="own", **_stretch(window))
    for segment in normalise(windows):
        write(AccessSegment, series, group_id="own", **_stretch(segment))


def _stretch(hours: WeeklyWindow | ScheduleSegment) -> dict[str, str]:
    return {name: str(getattr(hours, name)) for name in ("days", "start", "end")}
