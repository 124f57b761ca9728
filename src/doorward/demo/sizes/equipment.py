"""Connectors, devices with their MACs, and a door at each device."""

from dataclasses import dataclass

from doorward.demo.sizes.places import Places
from doorward.demo.sizes.size import Size, chance, home
from doorward.demo.sizes.writing import block, write
from doorward.devices.models import Connector, Device, Door, MacEntry, ShelfHead
from doorward.kit import clock, vault
from doorward.tenancy.models import Node

# Where a device's first relay has its exit button and its contact (as the demo's are wired).
EXIT, CONTACT = "1", "2"
_MODELS = """array[
    ['R20A','320.30.11.63','single_tenant_door_phone'],
    ['X916','916.30.10.114','multi_tenant_door_phone'],
    ['A08S','108.30.10.144','access_control']
]"""
_ROOMS = """array[
    'Stairwell','Office','Storage','Laboratory','Meeting room','Server room','Garage','Terrace',
    'Archive','Loading bay'
]"""


@dataclass(frozen=True)
class Equipment:
    """The first keys of what was made; device and door of the same number belong together."""

    size: Size
    connectors: int
    devices: int
    doors: int

    @property
    def rows(self) -> str:
        """Return a FROM of doors d, from 0: their site i and which of its doors, l, they are."""
        size = self.size
        site = home("d", size.doors, size.sites)
        return (
            f"(SELECT d, i, d - {size.doors} * i / {size.sites} AS l"
            f" FROM (SELECT d::bigint AS d, ({site})::bigint AS i"
            f" FROM generate_series(0::bigint, {size.doors - 1}) AS d) AS placed) AS place"
        )


def equip(installer: Node, places: Places) -> Equipment:
    """Put connectors, devices and doors to the sites; the devices were seen until now."""
    size = places.size
    made = Equipment(
        size=size,
        connectors=block(Connector, size.sites * size.connectors_a_site),
        devices=block(Device, size.doors),
        doors=block(Door, size.doors),
    )
    _connectors(made, places)
    _devices(made, places, installer)
    _doors(made, places)
    return made


def _connectors(made: Equipment, places: Places) -> None:
    each = made.size.connectors_a_site
    own = f"{made.connectors} + c"
    now = f"'{clock.now().isoformat()}'"
    write(
        Connector,
        f"generate_series(0, {made.size.sites * each - 1}) AS c",
        id=own,
        node_id=f"{places.site_nodes} + c / {each}",
        site_id=f"{places.sites} + c / {each}",
        name=f"'Rack ' || (1 + mod(c, {each}))",
        # A key that nobody has the other half of.
        public_key=f"sha256(('connector ' || ({own}) || ' {made.size.seed}')::bytea)",
        enrolled_at=now,
        version="'0.1'",
        spool=f"'filled-' || ({own})",
        online_since=now,
        last_seen_at=now,
    )


def _devices(made: Equipment, places: Places, installer: Node) -> None:
    size = made.size
    macs = block(MacEntry, size.doors)
    # Bit 1 of the first byte: given by hand, so no device that was ever built has it.
    mac = f"'02D0' || lpad(upper(to_hex({made.devices} + d)), 8, '0')"
    write(MacEntry, made.rows, id=f"{macs} + d", node_id=str(installer.pk), mac=mac)
    kind, fate = (chance("d", salt, size.seed) for salt in (5, 6))
    model = f"({_MODELS})[1 + mod({kind}, 3)]"
    away = f"mod({fate}, 50) = 0"
    now = f"'{clock.now().isoformat()}'::timestamptz"
    write(
        Device,
        made.rows,
        id=f"{made.devices} + d",
        node_id=f"{places.site_nodes} + i",
        site_id=f"{places.sites} + i",
        connector_id=(
            f"{made.connectors} + i * {size.connectors_a_site} + mod(l, {size.connectors_a_site})"
        ),
        mac_entry_id=f"{macs} + d",
        name="'Terminal ' || (l + 1)",
        kind=f"{model}[3]",
        model=f"{model}[1]",
        firmware=f"{model}[2]",
        address=(
            "'10.' || mod(l / 64516, 254) || '.' || mod(l / 254, 254) || '.' || (1 + mod(l, 254))"
        ),
        user="'admin'",
        password=_sealed("demo"),
        binding=f"'{Device.Binding.BOUND}'",
        stated_mac=mac,
        reachable=f"NOT ({away})",
        reachable_since=f"{now} - mod({fate}, 2000) * interval '1 hour'",
        seen_at=now,
        problem=f"CASE WHEN {away} THEN '{Device.Problem.UNREACHABLE}' ELSE '' END",
    )
    write(ShelfHead, made.rows, device_id=f"{made.devices} + d")


def _doors(made: Equipment, places: Places) -> None:
    size = made.size
    write(
        Door,
        made.rows,
        id=f"{made.doors} + d",
        node_id=f"{places.site_nodes} + i",
        site_id=f"{places.sites} + i",
        device_id=f"{made.devices} + d",
        name=(
            "CASE l WHEN 0 THEN 'Main entrance'"
            f" ELSE ({_ROOMS})[1 + mod({chance('d', 7, size.seed)}, 10)] || ' ' || l END"
        ),
        exit_input=EXIT,
        contact_input=CONTACT,
    )
    # Every company may use the first door, and one of them each of the others.
    write(
        Door.companies.through,
        f"{made.rows} JOIN generate_series(0, {size.companies_a_site - 1}) AS own"
        f" ON l = 0 OR own = mod(l - 1, {size.companies_a_site})",
        door_id=f"{made.doors} + d",
        company_id=f"{places.companies} + i * {size.companies_a_site} + own",
    )


def _sealed(secret: str) -> str:
    return f"'\\x{vault.seal(secret).hex()}'::bytea"
