"""Building Maple Court: once, by the same actions that people use, then left alone."""

import json
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.db import transaction

from doorward.access.actions.credentials import add_card
from doorward.access.actions.groups import GroupForm, create_group
from doorward.demo import cast
from doorward.devices.actions.connectors import create_connector
from doorward.devices.actions.devices import DeviceForm, create_device
from doorward.devices.actions.doors import DoorForm, create_door
from doorward.devices.actions.macs import register_mac
from doorward.devices.models import Connector, Device, Door
from doorward.kit.private import write_private
from doorward.people import actions as people_actions
from doorward.people.actions import PersonForm, create_person, give_account
from doorward.people.models import Group, Person
from doorward.sites.actions import SiteForm, create_company, create_site
from doorward.sites.models import Company, Site
from doorward.tenancy.actions import create_account, issue_token, plant_node
from doorward.tenancy.actions.profile import change_zone
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.passwords import generated
from doorward.tenancy.permissions import Role

# Counted from the installation's own port, so that two that begin at the same time do not choose
# the same ones. Above the highest there is no room.
API_PORT, SCENARIO_PORT = 1_101, 1_201
_USUAL, _HIGHEST = 8_000, 60_000
USER = "admin"


def settle_in(data: Path, base: str) -> None:
    """Build once; at every start write where the installation now answers."""
    told = data / "demo.json"
    if told.exists():
        demo = json.loads(told.read_text(encoding="utf-8"))
        if demo["base"] != base:
            write_private(told, json.dumps({**demo, "base": base}, indent=2))
        return
    with transaction.atomic():
        demo = _build(data, base)
    write_private(told, json.dumps(demo, indent=2))


def _build(data: Path, base: str) -> dict[str, object]:
    system = Actor.system("demo")
    installer = Node.objects.get(kind=Node.Kind.INSTALLER)
    spec = _spec(urlsplit(base).port or _USUAL)
    for device in cast.DEVICES:
        register_mac(system, installer, mac=device.mac)
    site = create_site(
        system,
        installer,
        SiteForm(
            name=cast.SITE,
            zone=cast.ZONE,
            country="Germany",
            city="Berlin",
            street="Ahornstraße 12",
            postcode="10115",
        ),
    )
    companies = {name: create_company(system, site, name=name) for name in (cast.ACME, cast.GLOBEX)}
    connector, code = create_connector(system, site, name="Basement rack")
    devices = _devices(system, site, connector, spec)
    doors = _doors(system, site, devices, companies)
    people = _people(system, companies)
    _groups(system, site, doors, people)
    accounts = _accounts(system, site, companies[cast.ACME], people[0])
    write_private(data / "connector" / "code", code)
    write_private(data / "emulator" / "spec.json", json.dumps({"devices": spec}, indent=2))
    return {
        "base": base,
        "wall": f"http://127.0.0.1:{spec[0]['scenario_port']}/",
        "accounts": accounts,
        "site": str(site.pk),
        "connector": str(connector.pk),
        "devices": [_tell(entry, devices[str(entry["name"])]) for entry in spec],
    }


def _spec(port: int) -> list[dict[str, object]]:
    """Return the emulator's devices; each has a password of its own and free ports."""
    near = port if port <= _HIGHEST else port - _HIGHEST // 2
    ports = _free_ports(near + API_PORT, near + SCENARIO_PORT, len(cast.DEVICES))
    return [
        {
            "name": device.name,
            "model": device.model,
            "firmware": device.firmware,
            "mac": device.mac,
            "port": port,
            "scenario_port": scenario_port,
            "auth_mode": device.auth_mode,
            "user": USER,
            "password": secrets.token_urlsafe(9),
            "relays": device.relays,
        }
        for device, (port, scenario_port) in zip(cast.DEVICES, ports, strict=True)
    ]


def _devices(
    actor: Actor, site: Site, connector: Connector, spec: Iterable[dict[str, object]]
) -> dict[str, Device]:
    return {
        str(entry["name"]): create_device(
            actor,
            site,
            DeviceForm(
                name=str(entry["name"]),
                mac=str(entry["mac"]),
                connector=connector,
                address=f"127.0.0.1:{entry['port']}",
                auth_mode=str(entry["auth_mode"]),
                user=str(entry["user"]),
                password=str(entry["password"]),
            ),
        )
        for entry in spec
    }


def _doors(
    actor: Actor, site: Site, devices: dict[str, Device], companies: dict[str, Company]
) -> dict[str, Door]:
    return {
        door.name: create_door(
            actor,
            site,
            DoorForm(
                name=door.name,
                device=devices[door.device],
                relay=door.relay,
                hold_seconds=door.hold_seconds,
                exit_input=door.exit_input,
                contact_input=door.contact_input,
                companies=[companies[name] for name in door.companies],
            ),
        )
        for door in cast.DOORS
    }


def _people(actor: Actor, companies: dict[str, Company]) -> list[Person]:
    made = []
    places = {name: iter(_crews(actor, company)) for name, company in companies.items()}
    for first_name, last_name, company, card in cast.people():
        group = next(places[company], None)
        form = PersonForm(first_name=first_name, last_name=last_name, group=group)
        person = create_person(actor, companies[company], form)
        add_card(actor, person, number=card)
        made.append(person)
    return made


def _crews(actor: Actor, company: Company) -> list[Group]:
    """Make a company's groups of people; return one for each of its first people."""
    made: dict[str, Group] = {}
    places: list[Group] = []
    for path, count in cast.CREWS.get(company.name, {}).items():
        above, _slash, name = path.rpartition("/")
        made[path] = people_actions.create_group(actor, company, name=name, parent=made.get(above))
        places += [made[path]] * count
    return places


def _groups(actor: Actor, site: Site, doors: dict[str, Door], people: list[Person]) -> None:
    for group in cast.GROUPS:
        members = [person for person in people if person.company.name in group.companies]
        form = GroupForm(
            name=group.name,
            doors=[doors[name] for name in group.doors],
            people=members[: group.first],
            people_groups=list(Group.objects.filter(site=site, name__in=group.crews)),
            windows=group.windows,
        )
        create_group(actor, site, form)


def _accounts(actor: Actor, site: Site, company: Company, rita: Person) -> list[dict[str, str]]:
    installer = site.installer
    sub_distributor = plant_node(installer.parent, Node.Kind.SUB_DISTRIBUTOR, "Sub-distributor")
    places = {
        Role.OPERATOR: Node.objects.get(parent=None),
        Role.DISTRIBUTOR: Node.objects.get(kind=Node.Kind.DISTRIBUTOR),
        Role.SUB_DISTRIBUTOR: sub_distributor,
        Role.INSTALLER: installer,
        Role.SUB_INSTALLER: installer,
        Role.PROPERTY_MANAGER: site.node,
        Role.COMPANY_ADMINISTRATOR: company.node,
        Role.PERSONNEL: company.node,
    }
    accounts = []
    for member in cast.CAST:
        password = generated()
        account = create_account(
            actor,
            places[member.role],
            member.role,
            username=member.login,
            password=password,
            name=member.name,
            email=f"{member.login}@{cast.MAIL_DOMAIN}",
        )
        if places[member.role].path.startswith(site.node.path):
            change_zone(Actor.of(account), site.zone)
        token = issue_token(actor, account, "demo")
        if member.role == Role.PERSONNEL:
            give_account(actor, rita, account)
        accounts.append(
            {
                "role": member.role.value,
                "login": member.login,
                "password": password,
                "token": token,
            }
        )
    return accounts


def _tell(entry: dict[str, object], device: Device) -> dict[str, object]:
    return {
        **{name: entry[name] for name in ("name", "model", "firmware", "mac")},
        "address": f"127.0.0.1:{entry['port']}",
        **{name: entry[name] for name in ("auth_mode", "user", "password")},
        "scenario": f"http://127.0.0.1:{entry['scenario_port']}",
        "id": str(device.pk),
    }


def _free_ports(api: int, scenario: int, count: int) -> list[tuple[int, int]]:
    """Return pairs of ports that nobody listens on, the usual ones where they are free."""
    return list(
        zip(_free_from(api, count, scenario), _free_from(scenario, count, 65_535), strict=True)
    )


def _free_from(first: int, count: int, before: int) -> list[int]:
    found: list[int] = []
    for port in range(first, min(before, first + 2_000)):
        if _is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise OSError(f"no {count} free ports from {first} on")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
