"""Installers with accounts, sites, devices and people of their own, written by SQL.

Imported by a process of the installation itself: see `Installation.shell`.
"""

from django.db import connection, transaction

from doorward.demo.sizes.equipment import equip
from doorward.demo.sizes.people import populate
from doorward.demo.sizes.places import Places, settle
from doorward.demo.sizes.size import Size
from doorward.demo.sizes.writing import block, write
from doorward.tenancy.models import Account, Node, Standing
from doorward.tenancy.permissions import Role

# Each site with its node, and the installer that gets it.
_DEAL = """
    CREATE TEMPORARY TABLE dealt ON COMMIT DROP AS
    SELECT site.id AS site, site.node_id AS node, owner.id AS owner, owner.path AS path
    FROM (
        SELECT id, node_id, row_number() OVER (ORDER BY id) AS place
        FROM sites_site WHERE id >= %(first)s
    ) AS site
    JOIN (
        SELECT id, path, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
        FROM tenancy_node WHERE kind = 'installer' AND id <> %(mine)s
    ) AS owner ON owner.place = mod(site.place, owner.many)
    WHERE mod(site.place, %(kept)s) > 0
"""
_MOVE = """
    UPDATE sites_site SET installer_id = owner FROM dealt WHERE sites_site.id = site;
    UPDATE tenancy_node SET parent_id = owner, path = dealt.path || node || '/'
    FROM dealt WHERE tenancy_node.id = node;
    UPDATE tenancy_node SET path = dealt.path || node || '/' || tenancy_node.id || '/'
    FROM dealt WHERE tenancy_node.parent_id = node;
    UPDATE devices_macentry SET node_id = owner
    FROM dealt JOIN devices_device ON site_id = site
    WHERE devices_macentry.id = mac_entry_id;
    UPDATE devices_connector SET last_seen_at = now() + interval '1 day' WHERE mod(id, 50) > 0;
    UPDATE devices_shelfhead SET confirmed_epoch = epoch, confirmed = revision;
    INSERT INTO tenancy_standing (account_id, node_id, role, grants)
    SELECT manager.id, node, 'property_manager', '{}'
    FROM dealt JOIN tenancy_account AS manager ON username = 'manager-' || owner;
"""


def grow(*, installers: int, sites: int, people: int, kept: int) -> int:
    """Add so many of each, a device and a door at each site; return the first new installer.

    One connector in fifty is away, and one device in fifty; the others are here all day long, and
    hold what they should.

    Of `kept` new sites one stays with the installer of the demo, and the others get the rest.
    """
    mine = Node.objects.filter(kind=Node.Kind.INSTALLER).order_by("pk")[0]
    size = Size(sites=sites, people=people, doors=sites, companies=1, credentials=False)
    with transaction.atomic():
        first = _installers(mine, installers)
        places = settle(mine, size)
        equip(mine, places)
        populate(places, lambda _what, _done, _count: None)
        _deal_out(mine, places, kept)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return first


def _installers(like: Node, count: int) -> int:
    """Add installers beside one, each with an account of its own and one of a manager."""
    above = like.parent
    if above is None:
        raise ValueError("an installer has somebody above it")
    first = block(Node, count)
    series = f"generate_series({first}, {first + count - 1}) AS own"
    write(
        Node,
        series,
        id="own",
        parent_id=str(above.pk),
        kind=f"'{Node.Kind.INSTALLER}'",
        name="'Installer ' || own",
        path=f"'{above.path}' || own || '/'",
    )
    for name in ("installer", "manager"):
        write(
            Account,
            series,
            username=f"'{name}-' || own",
            name=f"initcap('{name} ') || own",
            email=f"'{name}-' || own || '@demo.example'",
            password="'!'",
        )
    write(
        Standing,
        f"{series} JOIN tenancy_account ON username = 'installer-' || own",
        account_id="tenancy_account.id",
        node_id="own",
        role=f"'{Role.INSTALLER}'",
    )
    return first


def _deal_out(mine: Node, places: Places, kept: int) -> None:
    """Hand the new sites out, with their devices' MACs, and let the managers manage them."""
    with connection.cursor() as cursor:
        cursor.execute(_DEAL, {"first": places.sites, "mine": mine.pk, "kept": kept})
        cursor.execute("ANALYZE dealt")
        cursor.execute(_MOVE)
