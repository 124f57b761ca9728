"""The rows of a swarm, written by SQL as copies of the demo's: sites, connectors, devices, doors.

Imported by a process of the installation itself: see `Installation.shell`.
"""

import json
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from bench.swarm.copies import Copies
from bench.swarm.ids import A_CONNECTOR, BASE, DEVICES, PEOPLE, card_of, people_of
from bench.swarm.keys import public_of
from doorward.access.actions import shelf as access
from doorward.access.actions.credentials import match_of
from doorward.access.models import AccessGroup, AccessSegment, AccessWindow, Credential
from doorward.demo.sizes.people import NAMES
from doorward.demo.sizes.writing import words_at_once
from doorward.devices.actions.devices import refresh_settings
from doorward.devices.models import Connector, Device, Door, ShelfHead
from doorward.people.models import Person
from doorward.sites.models import Company, Site

_AT_ONCE = 1_000


def fill(first: int, last: int, *, devices: int, people: int = 0, apart: int = 1) -> str:
    """Add sites `apart` numbers from each other, each with a connector, its devices and people.

    Each device moves one door, every person has a card and may open all doors of the site. Return
    as JSON what every device of each connector holds, as if all of them had been told everything.
    """
    numbers = list(range(first, last + 1, apart))
    series = f"generate_series({first}, {last}, {apart}) AS n"
    with connection.cursor() as cursor, transaction.atomic():
        _sites(cursor, series, people)
        _behind_connectors(cursor, series, devices, site=f"{BASE} + n", node=f"{BASE} + n")
        if people:
            _may_open(cursor, series, numbers, devices, people)
        cursor.execute("ANALYZE")
    return _told([BASE + number for number in numbers])


def fill_site(site: int, first: int, last: int, *, devices: int) -> str:
    """Add connectors with devices and doors to a site that there is; return as `fill` does."""
    node = Site.objects.get(pk=site).node_id
    series = f"generate_series({first}, {last}) AS n"
    with connection.cursor() as cursor:
        _behind_connectors(cursor, series, devices, site=str(site), node=str(node))
        cursor.execute("ANALYZE")
    return _told([BASE + number for number in range(first, last + 1)])


def doors_of(connectors: Sequence[int]) -> list[int]:
    """Return the doors behind these connectors."""
    found = Door.objects.filter(device__connector__in=connectors).order_by("pk")
    return list(found.values_list("pk", flat=True))


def _sites(cursor: CursorWrapper, series: str, people: int) -> None:
    """Add sites, each with a company and its people."""
    site = Site.objects.select_related("installer").order_by("pk")[0]
    company = Company.objects.order_by("pk")[0]
    path, node, its = site.installer.path, f"{BASE} + n", f"{2 * BASE} + n"
    add = Copies(cursor)
    above = {"parent_id": str(site.installer_id), "path": f"'{path}' || ({node}) || '/'"}
    add.of(site.node, series, id=node, name="'Site ' || n", **above)
    below = {"parent_id": node, "path": f"'{path}' || ({node}) || '/' || ({its}) || '/'"}
    add.of(company.node, series, id=its, name="'Company ' || n", **below)
    add.of(site, series, id=node, node_id=node, name="'Site ' || n")
    add.of(company, series, id=node, node_id=its, site_id=node, name="'Company ' || n")
    with words_at_once("person_by_words"):
        add.of(
            Person.objects.filter(company=company, account=None).order_by("pk")[0],
            f"(SELECT n, m, n * 7919 + m AS k FROM {series}, generate_series(1, {people}) AS m)",
            id=f"{PEOPLE} + n * 10000 + m",
            site_id=node,
            company_id=node,
            node_id=its,
            group_id="NULL",
            personnel_id="'P' || m",
            **NAMES,
        )


def _behind_connectors(
    cursor: CursorWrapper, series: str, devices: int, *, site: str, node: str
) -> None:
    add = Copies(cursor)
    pattern = Device.objects.bound().select_related("mac_entry").order_by("pk")[0]
    add.of(
        Connector.objects.order_by("pk")[0],
        series,
        id=f"{BASE} + n",
        node_id=node,
        site_id=site,
        name="'Connector ' || n",
        code_digest="NULL",
        spool="''",
        committed="0",
        spool_depth="0",
        online_since="NULL",
        last_seen_at="NULL",
    )
    first, last = _ends(cursor, series)
    keys = [(key, public_of(key)) for key in range(first, last + 1)]
    cursor.execute(
        "UPDATE devices_connector SET public_key = told.key"
        " FROM unnest(%s::bigint[], %s::bytea[]) AS told (id, key)"
        " WHERE devices_connector.id = told.id",
        [[key for key, _ in keys], [public for _, public in keys]],
    )
    each = f"(SELECT n, m FROM {series}, generate_series(1, {devices}) AS m)"
    device = f"{DEVICES} + n * {A_CONNECTOR} + m"
    mac = f"'F' || lpad(upper(to_hex({device})), 11, '0')"
    add.of(pattern.mac_entry, each, id=device, mac=mac)
    add.of(
        pattern,
        each,
        id=device,
        node_id=node,
        site_id=site,
        connector_id=f"{BASE} + n",
        mac_entry_id=device,
        stated_mac=mac,
        name="'Device ' || n || '.' || m",
        reachable="FALSE",
        reachable_since="NULL",
        seen_at="NULL",
        findings="'[]'",
        inputs="'{}'",
    )
    add.of(
        Door.objects.filter(relay=Door.Relay.A).order_by("pk")[0],
        each,
        id=device,
        node_id=node,
        site_id=site,
        device_id=device,
        name="'Door ' || n || '.' || m",
        exit_input="NULL",
        contact_input="NULL",
    )
    cursor.execute(
        f"INSERT INTO {ShelfHead._meta.db_table}"
        " (device_id, epoch, revision, floor, confirmed_epoch, confirmed)"
        f" SELECT {device}, 1, 0, 0, 0, 0 FROM {each} AS place"
    )


def _may_open(
    cursor: CursorWrapper, series: str, numbers: Sequence[int], devices: int, people: int
) -> None:
    """Give every person a card and all doors of their site."""
    holders = [key for number in numbers for key in people_of(number, people)]
    numbers_on_cards = [card_of(key) for key in holders]
    cursor.execute("CREATE TEMP TABLE swarm_card (person bigint, match bytea, tail text)")
    cursor.execute(
        "INSERT INTO swarm_card SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::text[])",
        [holders, [match_of(one) for one in numbers_on_cards], [c[-4:] for c in numbers_on_cards]],
    )
    add = Copies(cursor)
    add.of(
        Credential.objects.cards().order_by("pk")[0],
        "(SELECT swarm_card.*, holder.node_id AS node, holder.site_id AS site FROM swarm_card"
        f" JOIN {Person._meta.db_table} AS holder ON holder.id = swarm_card.person)",
        id="place.person",
        person_id="place.person",
        node_id="place.node",
        site_id="place.site",
        match="place.match",
        tail="place.tail",
    )
    cursor.execute("DROP TABLE swarm_card")
    group = AccessGroup.objects.filter(company=None).exclude(windows=None).order_by("pk")[0]
    of_site = f"{BASE} + n"
    add.of(group, series, id=of_site, node_id=of_site, site_id=of_site, name="'Swarm'")
    for kind in (AccessWindow, AccessSegment):
        for place, row in enumerate(kind.objects.filter(group=group).order_by("pk"), start=1):
            add.of(row, series, id=f"{BASE} + n * 100 + {place}", group_id=of_site)
    each = f"{series}, generate_series(1, {devices}) AS m"
    cursor.execute(
        "INSERT INTO access_accessgroup_doors (accessgroup_id, door_id)"
        f" SELECT {of_site}, {DEVICES} + n * {A_CONNECTOR} + m FROM {each}"
    )
    cursor.execute(
        "INSERT INTO access_accessgroup_people (accessgroup_id, person_id)"
        f" SELECT {of_site}, {PEOPLE} + n * 10000 + m"
        f" FROM {series}, generate_series(1, {people}) AS m"
    )


def _told(connectors: Sequence[int]) -> str:
    """Bring the shelves up to date and note all of it as held by the devices."""
    devices = list(
        Device.objects.filter(connector__in=connectors).order_by("pk").values_list("pk", flat=True)
    )
    for begin in range(0, len(devices), _AT_ONCE):
        some = devices[begin : begin + _AT_ONCE]
        refresh_settings(some)
        access.follow(some)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE devices_shelfhead SET confirmed_epoch = epoch, confirmed = revision,"
            " confirmed_at = now() WHERE device_id = ANY(%s)",
            [devices],
        )
        cursor.execute(
            "UPDATE devices_shelfentry SET synced_at = now() WHERE device_id = ANY(%s)", [devices]
        )
        cursor.execute("ANALYZE")
    heads = ShelfHead.objects.filter(device__in=devices).order_by("device")
    held: dict[int, dict[int, list[int]]] = {key: {} for key in connectors}
    for connector, device, epoch, revision in heads.values_list(
        "device__connector", "device", "epoch", "revision"
    ):
        held[connector][device] = [epoch, revision]
    return json.dumps(held)


def _ends(cursor: CursorWrapper, series: str) -> tuple[int, int]:
    cursor.execute(f"SELECT min(n) + {BASE}, max(n) + {BASE} FROM {series}")
    first, last = cursor.fetchone()
    return first, last
