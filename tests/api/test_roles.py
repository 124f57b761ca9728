"""Every route × the cast: one table, which fails where a row is missing.

Each request is as good as it can be, so that only the role decides: what is not seen is 404 in
an address and 422 in a body, what is seen and not allowed is 403.
"""

from dataclasses import dataclass

import pytest
from django.db import transaction

from doorward.activity.models import DoorEvent
from doorward.api import api
from doorward.devices.models import Command, MacEntry
from doorward.tenancy.models import Account, Invitation
from tests.api.conftest import Caller
from tests.cast import FREE_MAC, NAMES, Cast, PeopleFile

# Columns: otto dora sven ivan iris mona ada rita oscar, from the operator to the outsider.
TABLE = {
    "GET /access-groups": "200 200 200 200 200 200 200 200 200",
    "POST /access-groups": "403 422 422 201 201 201 201 422 422",
    "DELETE /access-groups/{group}": "403 404 404 204 204 204 204 404 404",
    "GET /access-groups/{group}": "200 404 404 200 200 200 200 404 404",
    "PATCH /access-groups/{group}": "403 404 404 200 200 200 200 404 404",
    "GET /access-groups/{group}/people": "200 404 404 200 200 200 200 404 404",
    "POST /access-groups/{group}/people/add": "403 404 404 200 200 200 200 404 404",
    "POST /access-groups/{group}/people/remove": "403 404 404 200 200 200 200 404 404",
    "POST /access-groups/{group}/preview": "403 404 404 200 200 200 200 404 404",
    "GET /companies": "200 200 200 200 200 200 200 200 200",
    "POST /companies": "403 403 403 201 201 201 403 422 422",
    "DELETE /companies/{company}": "403 404 404 409 409 409 403 404 404",
    "GET /companies/{company}": "200 404 404 200 200 200 200 404 404",
    "PATCH /companies/{company}": "403 404 404 200 200 200 403 404 404",
    "GET /connectors": "200 200 200 200 200 200 200 200 200",
    "POST /connectors": "403 403 403 201 201 201 403 422 422",
    "DELETE /connectors/{connector}": "403 404 404 204 204 204 404 404 404",
    "GET /connectors/{connector}": "200 404 404 200 200 200 404 404 404",
    "PATCH /connectors/{connector}": "403 404 404 200 200 200 404 404 404",
    "POST /connectors/{connector}/code": "403 404 404 200 200 200 404 404 404",
    "POST /connectors/{connector}/revoke": "403 404 404 200 200 200 404 404 404",
    "GET /credentials": "200 200 200 200 200 200 200 200 200",
    "POST /credentials": "403 422 422 201 201 201 201 403 422",
    "DELETE /credentials/{credential}": "403 404 404 204 204 204 204 403 404",
    "GET /credentials/{credential}": "200 404 404 200 200 200 200 200 404",
    "POST /credentials/{credential}/replace": "403 404 404 409 409 409 409 403 404",
    "GET /devices": "200 200 200 200 200 200 200 200 200",
    "POST /devices": "403 422 422 201 201 201 422 422 422",
    "DELETE /devices/{device}": "403 403 403 409 409 409 404 404 404",
    "GET /devices/{device}": "200 200 200 200 200 200 404 404 404",
    "PATCH /devices/{device}": "403 403 403 200 200 200 404 404 404",
    "POST /devices/{device}/resync": "403 403 403 202 202 202 404 404 404",
    "GET /door-events": "200 200 200 200 200 200 200 200 200",
    "GET /door-events/{event}": "200 404 404 200 200 200 200 200 404",
    "GET /doors": "200 200 200 200 200 200 200 200 200",
    "POST /doors": "403 403 403 201 201 201 422 422 422",
    "DELETE /doors/{door}": "403 404 404 204 204 204 403 404 404",
    "GET /doors/{door}": "200 404 404 200 200 200 200 404 404",
    "PATCH /doors/{door}": "403 404 404 200 200 200 403 404 404",
    "GET /doors/{door}/commands/{command}": "200 404 404 200 200 200 404 404 404",
    "GET /doors/{door}/people": "200 404 404 200 200 200 200 404 404",
    "POST /doors/{door}/unlock": "403 404 404 202 202 202 202 404 404",
    "GET /macs": "200 200 200 200 200 200 200 200 200",
    "POST /macs": "201 201 403 201 201 403 403 403 422",
    "DELETE /macs/{mac}": "204 204 403 204 204 404 404 404 404",
    "GET /macs/{mac}": "200 200 200 200 200 404 404 404 404",
    "GET /people": "200 200 200 200 200 200 200 200 200",
    "POST /people": "403 422 422 201 201 201 201 422 422",
    "POST /people/bulk": "403 422 422 200 200 200 200 403 422",
    "DELETE /people/{person}": "403 404 404 204 204 204 204 403 404",
    "POST /people/import": "403 403 403 202 202 202 202 422 422",
    "GET /people/{person}": "200 404 404 200 200 200 200 200 404",
    "PATCH /people/{person}": "403 404 404 200 200 200 200 403 404",
    "GET /people-groups": "200 200 200 200 200 200 200 200 200",
    "POST /people-groups": "403 422 422 201 201 201 201 422 422",
    "DELETE /people-groups/{people_group}": "403 404 404 204 204 204 204 404 404",
    "GET /people-groups/{people_group}": "200 404 404 200 200 200 200 404 404",
    "PATCH /people-groups/{people_group}": "403 404 404 200 200 200 200 404 404",
    "GET /people/{person}/doors": "200 404 404 200 200 200 200 200 404",
    "GET /people/{person}/why": "200 404 404 200 200 200 200 422 404",
    "GET /accounts": "200 200 200 200 200 200 200 200 200",
    "GET /accounts/{account}": "200 404 404 200 200 200 200 404 404",
    "POST /accounts/{account}/second-factor": "200 404 404 200 200 200 403 404 404",
    "DELETE /accounts/{account}/second-factors": "409 404 404 409 409 409 403 404 404",
    "POST /accounts/{account}/password-link": "200 404 404 200 200 200 403 404 404",
    "POST /accounts/{account}/unlock": "200 404 404 200 200 200 403 404 404",
    "POST /accounts/{account}/shut": "200 404 404 200 200 200 403 404 404",
    "POST /accounts/{account}/open": "200 404 404 200 200 200 403 404 404",
    "GET /invitations": "200 200 200 200 200 200 200 200 200",
    "POST /invitations": "201 422 422 201 201 422 422 403 422",
    "GET /invitations/{invitation}": "200 404 404 200 200 404 404 404 404",
    "DELETE /invitations/{invitation}": "204 404 404 204 204 404 404 404 404",
    "GET /search": "200 200 200 200 200 200 200 200 200",
    "POST /search": "200 200 200 200 200 200 200 200 200",
    "GET /sites": "200 200 200 200 200 200 200 200 200",
    "POST /sites": "403 403 403 201 201 403 403 403 422",
    "DELETE /sites/{site}": "403 403 403 409 409 403 403 404 404",
    "GET /sites/{site}": "200 200 200 200 200 200 200 404 404",
    "PATCH /sites/{site}": "403 403 403 200 200 403 403 404 404",
    "GET /works": "200 200 200 200 200 200 200 200 200",
    "GET /works/{work}": "404 404 404 404 404 200 404 404 404",
    "GET /works/{work}/result": "404 404 404 404 404 200 404 404 404",
    "POST /works/{work}/cancel": "404 404 404 404 404 409 404 404 404",
    "POST /works/{work}/retry": "404 404 404 404 404 202 404 404 404",
}


def _routes() -> set[str]:
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def _ids(cast: Cast) -> dict[str, int]:
    """Return an id at Maple Court for each name in an address; the attic has no devices."""
    front, rita = cast.door("Front door"), cast.person("Rita")
    return {
        "site": cast.maple.pk,
        "company": cast.acme.pk,
        "person": rita.pk,
        "credential": rita.credentials.get().pk,
        "mac": MacEntry.objects.get(mac=FREE_MAC).pk,
        "connector": cast.connector("Attic").pk,
        "device": cast.device("Lobby").pk,
        "door": front.pk,
        "command": Command.objects.get(door=front).pk,
        "group": cast.group("Acme nights").pk,
        "people_group": cast.crew("Workshop").pk,
        "account": Account.objects.get(username="ada").pk,
        "invitation": Invitation.objects.get(name="Nora").pk,
        "event": DoorEvent.objects.get(person=rita).pk,
        "work": cast.work().pk,
    }


def _body(route: str, cast: Cast) -> dict[str, object] | None:
    site, name = cast.maple.pk, "Elm"
    bodies: dict[str, dict[str, object]] = {
        "POST /sites": {
            "name": name,
            "zone": "Europe/Berlin",
            "installer": cast.maple.installer_id,
        },
        "POST /companies": {"site": site, "name": name},
        "POST /people": {"company": cast.acme.pk, "first_name": name, "last_name": name},
        "POST /people/bulk": {"operation": "suspend", "ids": [cast.person("Rita").pk]},
        "POST /people-groups": {"company": cast.acme.pk, "name": name},
        "POST /people/import": {"site": site, "file": PeopleFile()},
        "POST /credentials": {"person": cast.person("Rita").pk, "number": "01020304"},
        "POST /macs": {"mac": "0C1105AABB09", "installer": cast.maple.installer_id},
        "POST /connectors": {"site": site, "name": name},
        "POST /devices": {
            "site": site,
            "connector": cast.connector("Attic").pk,
            "name": name,
            "mac": FREE_MAC,
            "address": "10.0.0.9",
        },
        "POST /doors": {
            "site": site,
            "device": cast.device("Lobby").pk,
            "name": name,
            "relay": 2,
        },
        "POST /access-groups/{group}/people/add": {"ids": [cast.person("Rita").pk]},
        "POST /access-groups/{group}/people/remove": {"ids": [cast.person("Rita").pk]},
        "POST /access-groups/{group}/preview": {"operation": "delete"},
        "POST /access-groups": {"site": site, "name": name, "company": cast.acme.pk},
        "POST /search": {"q": name},
        "POST /accounts/{account}/second-factor": {"required": True},
        "POST /invitations": {
            "node": cast.maple.node_id,
            "role": "property_manager",
            "name": name,
            "email": "elm@example.com",
        },
    }
    return {} if route.startswith("PATCH") else bodies.get(route)


@dataclass(frozen=True)
class Asked:
    """A route at Maple Court, and what is sent: the same for everybody."""

    verb: str
    path: str
    body: dict[str, object] | None
    query: dict[str, object]

    @classmethod
    def of(cls, route: str, cast: Cast) -> "Asked":
        verb, path = route.split(" ")
        ids = _ids(cast)
        queries: dict[str, dict[str, object]] = {
            "why": {"door": ids["door"]},
            "search": {"q": "Elm"},
        }
        query = queries.get(path.rsplit("/", 1)[1], {})
        return cls(verb, path.format(**ids), _body(route, cast), query)

    def by(self, caller: Caller) -> int:
        if self.verb == "GET":
            return caller.get(self.path, **self.query).status_code
        if self.verb == "DELETE":
            return caller.delete(self.path).status_code
        send = caller.post if self.verb == "POST" else caller.patch
        return send(self.path, self.body).status_code


def test_the_table_has_a_row_for_every_route() -> None:
    assert set(TABLE) == _routes()


@pytest.mark.parametrize("route", TABLE)
def test_each_role_may_what_the_table_says(cast: Cast, route: str) -> None:
    cast.power_on("Lobby")
    asked, found = Asked.of(route, cast), {}
    for name in NAMES:
        before = transaction.savepoint()
        found[name] = asked.by(Caller(cast.token(name)))
        transaction.savepoint_rollback(before)
    assert found == dict(zip(NAMES, map(int, TABLE[route].split()), strict=True))


@pytest.mark.parametrize("route", TABLE)
def test_nobody_may_anything(cast: Cast, route: str) -> None:
    assert Asked.of(route, cast).by(Caller()) == 401
