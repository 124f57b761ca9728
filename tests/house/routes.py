"""Every route of the API at Maple Court, and what is sent along."""

from django.db.models import Model
from ninja.operation import PathView

from doorward.activity.models import Alarm, DoorEvent
from doorward.api import api
from doorward.devices.models import Command, MacEntry
from doorward.helpdesk.models import Ticket
from doorward.notices.models import Announcement, Notice
from doorward.tenancy.models import Account, Invitation, Organisation, Standing
from tests.books import BookFile
from tests.cast import FREE_MAC, Cast
from tests.uploads import FaceFile, MacFile, PeopleFile

PREFIX = "/api/v1"


def routes() -> list[tuple[str, str]]:
    """Return (method, path) of every operation the API has."""
    found = []
    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            assert isinstance(view, PathView)
            # What takes every method answers addresses that are no route.
            for operation in (op for op in view.operations if op.include_in_schema):
                found += [(method, prefix + path) for method in operation.methods]
    return found


def path_of(route: str, cast: Cast) -> str:
    """Return a route's path with Maple Court's ids in it."""
    ids = {name: thing.pk for name, thing in things(cast).items()}
    queries = {"why": f"?door={ids['door']}", "search": "?q=Rita"}
    return PREFIX + route.format(**ids) + queries.get(route.rsplit("/", 1)[1], "")


def things(cast: Cast) -> dict[str, Model]:
    """Return the thing of Maple Court that each name in an address stands for."""
    front = cast.door("Front door")
    return {
        "site": cast.maple,
        "company": cast.acme,
        "person": cast.person("Rita"),
        "credential": cast.person("Rita").credentials.get(),
        "mac": MacEntry.objects.get(mac=FREE_MAC),
        "connector": cast.connector("Basement"),
        "device": cast.device("Lobby"),
        "door": front,
        "command": Command.objects.get(door=front),
        "reboot": Command.objects.get(device=cast.device("Lobby"), kind="reboot"),
        "group": cast.group("Office hours"),
        "people_group": cast.crew("Workshop"),
        "account": Account.objects.get(username="ada"),
        "invitation": Invitation.objects.get(name="Nora"),
        "event": DoorEvent.objects.get(door=front, local_id="1"),
        "alarm": Alarm.objects.get(door=front),
        "work": cast.work(),
        "ticket": Ticket.objects.get(subject="The lobby stays dark"),
        "notice": Notice.objects.get(kind="manager"),
        "message": Announcement.objects.get(title="The lift is serviced"),
        "helped": Standing.objects.get(account__username="mona"),
        "organisation": Organisation.objects.get(name="Ivan's installations"),
    }


def body_of(method: str, route: str, cast: Cast) -> dict[str, object] | None:
    """Return what a deed is given, so that only the role decides."""
    if route.endswith("/second-factor"):
        return {"required": True}
    if method == "PUT":
        return {"file": FaceFile()}
    if method not in {"POST", "PATCH"}:
        return None
    rita = cast.person("Rita").pk
    managers = {"accounts": [Account.objects.get(username="mona").pk]}
    within: dict[str, dict[str, object]] = {
        "/sites/{site}/managers/assign": managers,
        "/sites/{site}/managers/withdraw": managers,
        "/access-groups/{group}/people/add": {"ids": [rita]},
        "/access-groups/{group}/people/remove": {"ids": [rita]},
        "/access-groups/{group}/preview": {"operation": "delete"},
        "/alarms/{alarm}/acknowledge": {"note": "seen"},
        "/alarms/{alarm}/close": {"note": "seen"},
        "/tickets/{ticket}/answer": {"text": "On my way."},
        "/devices/{device}/strangers/keep": {"ids": [1]},
        "/devices/{device}/strangers/question": {"ids": [1]},
        "/devices/{device}/strangers/remove": {"ids": [1]},
    }
    if method == "POST" and "{" in route:
        return within.get(route)
    new: dict[str, dict[str, object]] = {
        "sites": {"name": "Elm", "zone": "Europe/Berlin"},
        "companies": {"site": cast.maple.pk, "name": "Cedar"},
        "people": {"company": cast.acme.pk, "first_name": "Nils", "last_name": "New"},
        "people-groups": {"company": cast.acme.pk, "name": "Crew two"},
        "credentials": {"person": cast.person("Rita").pk, "number": "CAFEBABE"},
        "macs": {"mac": "0C1105AABB09", "installer": cast.maple.installer_id},
        "macs/import": {"installer": cast.maple.installer_id, "file": MacFile()},
        "macs/move": {
            "ids": [MacEntry.objects.get(mac=FREE_MAC).pk],
            "installer": cast.maple.installer_id,
        },
        "connectors": {"site": cast.maple.pk, "name": "Cellar"},
        "devices": {
            "site": cast.maple.pk,
            "connector": cast.connector("Basement").pk,
            "name": "Gate phone",
            "mac": FREE_MAC,
            "address": "10.0.0.9",
        },
        "doors": {
            "site": cast.maple.pk,
            "device": cast.device("Lobby").pk,
            "name": "Gate",
            "relay": 2,
        },
        "people/bulk": {"operation": "suspend", "ids": [rita]},
        "people/bulk/preview": {"operation": "suspend", "ids": [rita]},
        "people/export": {"site": cast.maple.pk, "format": "csv"},
        "workbook/import": {
            "site": cast.maple.pk,
            "file": BookFile({"Companies": [{"Name": "Cedar"}]}),
        },
        "people/import": {"site": cast.maple.pk, "file": PeopleFile()},
        "access-groups": {"site": cast.maple.pk, "name": "Weekdays"},
        "search": {"q": "Rita"},
        "notices/read": {},
        "messages": {"title": "New prices", "text": "From May.", "targets": ["sub_installer"]},
        "tickets": {"subject": "A dark lobby", "text": "Since Monday."},
        "organisations": {
            "kind": "installer",
            "above": Organisation.objects.get(name="Sven's distribution").pk,
            "name": "Nils installs",
            "first_name": "Nils",
            "email": "nils@example.com",
        },
        "invitations": {
            "node": cast.maple.node_id,
            "role": "property_manager",
            "first_name": "Nils",
            "last_name": "New",
            "email": "nils@example.com",
        },
    }
    settings: dict[str, dict[str, object]] = {
        "/settings/mail-server": {"host": "127.0.0.1", "sender_address": "doors@example.com"},
        "/settings/limits": {"sites": 10},
        "/organisations/{organisation}/limits": {"sites": 10},
        "/settings/contact": {"remark": "Weekdays"},
    }
    if method == "PATCH":
        of_person = "/people/" in route or "/accounts/" in route
        changed = {"last_name": "Roe"} if of_person else {"name": "Renamed"}
        return settings.get(route, {"title": "Renamed"} if "/messages/" in route else changed)
    return new[route.strip("/")]
