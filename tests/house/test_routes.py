"""Every route of the API for everybody, as it answers for what is at Maple Court.

A route without a row fails, and so does a row without a route.
"""

import json

import pytest
from django.db import transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.cast import NAMES, Cast
from tests.house.routes import body_of, path_of, routes

pytestmark = pytest.mark.django_db

# What exists for nobody is 404 in an address and 422 in a body; 409 is a refusal by the facts.
TABLE = """
                                            otto dora sven ivan iris mona ada  rita oscar nobody
GET    /sites                               200  200  200  200  200  200  200  200  200   401
POST   /sites                               403  403  403  201  201  403  403  403  201   401
GET    /sites/{site}                        200  200  200  200  200  200  200  404  404   401
PATCH  /sites/{site}                        403  403  403  200  200  403  403  404  404   401
DELETE /sites/{site}                        403  403  403  409  409  403  403  404  404   401
GET    /sites/deleted                       200  200  200  200  200  200  200  200  200   401
POST   /sites/{site}/restore                404  404  404  404  404  404  404  404  404   401
GET    /sites/{site}/managers               403  403  403  200  200  403  403  404  404   401
GET    /sites/{site}/managers/candidates    403  403  403  200  200  403  403  404  404   401
POST   /sites/{site}/managers/assign        403  403  403  200  200  403  403  404  404   401
POST   /sites/{site}/managers/withdraw      403  403  403  409  409  403  403  404  404   401
GET    /companies                           200  200  200  200  200  200  200  200  200   401
POST   /companies                           403  403  403  201  201  201  403  422  422   401
GET    /companies/{company}                 200  404  404  200  200  200  200  404  404   401
PATCH  /companies/{company}                 403  404  404  200  200  200  403  404  404   401
DELETE /companies/{company}                 403  404  404  409  409  409  403  404  404   401
GET    /people                              200  200  200  200  200  200  200  200  200   401
POST   /people                              403  422  422  201  201  201  201  422  422   401
POST   /people/bulk                         403  422  422  200  200  200  200  403  422   401
POST   /people/bulk/preview                 403  422  422  200  200  200  200  403  422   401
POST   /people/export                       200  200  200  200  200  200  200  422  422   401
POST   /workbook/import                     403  403  403  202  202  403  403  422  422   401
POST   /people/import                       403  403  403  202  202  202  202  422  422   401
GET    /people/{person}                     200  404  404  200  200  200  200  200  404   401
PATCH  /people/{person}                     403  404  404  200  200  200  200  403  404   401
DELETE /people/{person}                     403  404  404  204  204  204  204  403  404   401
GET    /people/{person}/doors               200  404  404  200  200  200  200  200  404   401
GET    /people/{person}/photo               404  404  404  404  404  404  404  404  404   401
PUT    /people/{person}/photo               403  404  404  204  204  204  204  403  404   401
DELETE /people/{person}/photo               403  404  404  204  204  204  204  403  404   401
GET    /people/{person}/why                 200  404  404  200  200  200  200  422  404   401
GET    /people-groups                       200  200  200  200  200  200  200  200  200   401
POST   /people-groups                       403  422  422  201  201  201  201  422  422   401
GET    /people-groups/{people_group}        200  404  404  200  200  200  200  404  404   401
PATCH  /people-groups/{people_group}        403  404  404  200  200  200  200  404  404   401
DELETE /people-groups/{people_group}        403  404  404  204  204  204  204  404  404   401
GET    /credentials                         200  200  200  200  200  200  200  200  200   401
POST   /credentials                         403  422  422  201  201  201  201  403  422   401
GET    /credentials/{credential}            200  404  404  200  200  200  200  200  404   401
DELETE /credentials/{credential}            403  404  404  204  204  204  204  403  404   401
POST   /credentials/{credential}/replace    403  404  404  409  409  409  409  403  404   401
GET    /macs                                200  200  200  200  200  200  200  200  200   401
POST   /macs                                201  201  403  201  201  403  403  403  422   401
POST   /macs/import                         202  202  403  202  202  403  403  403  422   401
POST   /macs/move                           200  200  403  403  403  403  403  403  422   401
GET    /macs/{mac}                          200  200  200  200  200  404  404  404  404   401
DELETE /macs/{mac}                          204  204  403  204  204  404  404  404  404   401
GET    /connectors                          200  200  200  200  200  200  200  200  200   401
POST   /connectors                          403  403  403  201  201  201  403  422  422   401
GET    /connectors/{connector}              200  404  404  200  200  200  404  404  404   401
PATCH  /connectors/{connector}              403  404  404  200  200  200  404  404  404   401
DELETE /connectors/{connector}              403  404  404  409  409  409  404  404  404   401
POST   /connectors/{connector}/code         403  404  404  200  200  200  404  404  404   401
POST   /connectors/{connector}/revoke       403  404  404  200  200  200  404  404  404   401
GET    /devices                             200  200  200  200  200  200  200  200  200   401
POST   /devices                             403  422  422  201  201  201  422  422  422   401
GET    /devices/{device}                    200  200  200  200  200  200  404  404  404   401
PATCH  /devices/{device}                    403  403  403  200  200  200  404  404  404   401
DELETE /devices/{device}                    403  403  403  409  409  409  404  404  404   401
GET    /devices/{device}/timeline           200  200  200  200  200  200  404  404  404   401
POST   /devices/{device}/resync             403  403  403  202  202  202  404  404  404   401
POST   /devices/{device}/reboot             403  403  403  202  202  202  404  404  404   401
GET    /devices/{device}/commands/{reboot}  200  404  404  200  200  200  404  404  404   401
GET    /devices/{device}/drifts             200  200  200  200  200  200  404  404  404   401
POST   /devices/{device}/drifts/seen        403  403  403  200  200  200  404  404  404   401
GET    /devices/{device}/strangers          200  200  200  200  200  200  404  404  404   401
POST   /devices/{device}/strangers/keep     403  403  403  200  200  200  404  404  404   401
POST   /devices/{device}/strangers/remove   403  403  403  200  200  200  404  404  404   401
POST   /devices/{device}/strangers/question 403  403  403  200  200  200  404  404  404   401
GET    /doors                               200  200  200  200  200  200  200  200  200   401
POST   /doors                               403  403  403  201  201  201  422  422  422   401
GET    /doors/{door}                        200  404  404  200  200  200  200  404  404   401
PATCH  /doors/{door}                        403  404  404  200  200  200  403  404  404   401
DELETE /doors/{door}                        403  404  404  204  204  204  403  404  404   401
POST   /doors/{door}/unlock                 403  404  404  202  202  202  202  404  404   401
GET    /doors/{door}/commands/{command}     200  404  404  200  200  200  404  404  404   401
GET    /doors/{door}/people                 200  404  404  200  200  200  200  404  404   401
GET    /access-groups                       200  200  200  200  200  200  200  200  200   401
POST   /access-groups                       403  403  403  201  201  201  403  422  422   401
GET    /access-groups/{group}               200  404  404  200  200  200  200  404  404   401
PATCH  /access-groups/{group}               403  404  404  200  200  200  403  404  404   401
DELETE /access-groups/{group}               403  404  404  204  204  204  403  404  404   401
GET    /access-groups/{group}/people        200  404  404  200  200  200  200  404  404   401
POST   /access-groups/{group}/people/add    403  404  404  200  200  200  403  404  404   401
POST   /access-groups/{group}/people/remove 403  404  404  200  200  200  403  404  404   401
POST   /access-groups/{group}/preview       403  404  404  200  200  200  403  404  404   401
GET    /organisations                       200  200  200  200  200  200  200  200  200   401
POST   /organisations                       201  201  201  403  403  403  403  403  403   401
GET    /organisations/{organisation}        200  200  200  404  404  404  404  404  404   401
PATCH  /organisations/{organisation}        200  200  200  404  404  404  404  404  404   401
DELETE /organisations/{organisation}        409  409  409  404  404  404  404  404  404   401
POST   /organisations/{organisation}/suspend 200 200 200  404  404  404  404  404  404   401
POST   /organisations/{organisation}/resume 409  409  409  404  404  404  404  404  404   401
GET    /organisations/{organisation}/limits 200  403  403  404  404  404  404  404  404   401
PATCH  /organisations/{organisation}/limits 200  403  403  404  404  404  404  404  404   401
GET    /settings/mail-server                200  403  403  403  403  403  403  403  403   401
PATCH  /settings/mail-server                200  403  403  403  403  403  403  403  403   401
DELETE /settings/mail-server                409  403  403  403  403  403  403  403  403   401
GET    /settings/branding                   200  403  403  403  403  403  403  403  403   401
PATCH  /settings/branding                   200  403  403  403  403  403  403  403  403   401
PUT    /settings/branding/logo              204  403  403  403  403  403  403  403  403   401
DELETE /settings/branding/logo              204  403  403  403  403  403  403  403  403   401
GET    /settings/limits                     200  403  403  403  403  403  403  403  403   401
PATCH  /settings/limits                     200  403  403  403  403  403  403  403  403   401
GET    /settings/contact                    403  200  200  403  403  403  403  403  403   401
PATCH  /settings/contact                    403  200  200  403  403  403  403  403  403   401
GET    /accounts                            200  200  200  200  200  200  200  200  200   401
GET    /accounts/{account}                  200  404  404  200  200  200  200  404  404   401
PATCH  /accounts/{account}                  200  404  404  200  200  200  403  404  404   401
DELETE /accounts/{account}                  204  404  404  204  204  204  403  404  404   401
POST   /accounts/{account}/second-factor    200  404  404  200  200  200  403  404  404   401
DELETE /accounts/{account}/second-factors   409  404  404  409  409  409  403  404  404   401
POST   /accounts/{account}/password-link    200  404  404  200  200  200  403  404  404   401
POST   /accounts/{account}/unlock           200  404  404  200  200  200  403  404  404   401
POST   /accounts/{account}/shut             200  404  404  200  200  200  403  404  404   401
POST   /accounts/{account}/open             200  404  404  200  200  200  403  404  404   401
GET    /invitations                         200  200  200  200  200  200  200  200  200   401
POST   /invitations                         201  422  422  201  201  422  422  403  422   401
GET    /invitations/{invitation}            200  404  404  200  200  404  404  404  404   401
DELETE /invitations/{invitation}            204  404  404  204  204  404  404  404  404   401
GET    /support-access                      200  200  200  200  200  200  200  200  200   401
GET    /support-access/{helped}             404  404  404  200  200  404  404  404  404   401
POST   /support-access/{helped}/enable      404  404  404  200  403  404  404  404  404   401
POST   /support-access/{helped}/disable     404  404  404  200  403  404  404  404  404   401
GET    /search                              200  200  200  200  200  200  200  200  200   401
POST   /search                              200  200  200  200  200  200  200  200  200   401
GET    /door-events                         200  200  200  200  200  200  200  200  200   401
GET    /door-events/{event}                 200  404  404  200  200  200  200  200  404   401
GET    /alarms                              200  200  200  200  200  200  200  200  200   401
GET    /alarms/{alarm}                      200  404  404  200  200  200  200  404  404   401
POST   /alarms/{alarm}/acknowledge          403  404  404  200  200  200  403  404  404   401
POST   /alarms/{alarm}/close                403  404  404  200  200  200  403  404  404   401
GET    /works                               200  200  200  200  200  200  200  200  200   401
GET    /works/{work}                        404  404  404  404  404  200  404  404  404   401
GET    /works/{work}/result                 404  404  404  404  404  200  404  404  404   401
POST   /works/{work}/cancel                 404  404  404  404  404  409  404  404  404   401
POST   /works/{work}/retry                  404  404  404  404  404  202  404  404  404   401
GET    /tickets                             200  200  200  200  200  200  200  200  200   401
POST   /tickets                             403  201  201  201  201  201  201  201  201   401
GET    /tickets/{ticket}                    404  404  404  200  200  200  404  404  404   401
POST   /tickets/{ticket}/answer             404  404  404  200  200  200  404  404  404   401
POST   /tickets/{ticket}/solve              404  404  404  200  200  200  404  404  404   401
GET    /notices                             200  200  200  200  200  200  200  200  200   401
POST   /notices/read                        200  200  200  200  200  200  200  200  200   401
POST   /notices/{notice}/read               404  404  404  404  404  200  404  404  404   401
GET    /messages                            200  200  200  200  200  200  200  200  200   401
GET    /messages/written                    200  200  200  200  200  200  200  200  200   401
POST   /messages                            201  201  201  201  403  403  403  403  201   401
GET    /messages/{message}                  404  404  404  200  404  200  404  404  404   401
PATCH  /messages/{message}                  404  404  404  409  404  403  404  404  404   401
DELETE /messages/{message}                  404  404  404  409  404  403  404  404  404   401
POST   /messages/{message}/send             404  404  404  409  404  403  404  404  404   401
POST   /messages/{message}/recall           404  404  404  200  404  403  404  404  404   401
POST   /messages/{message}/read             404  404  404  200  404  200  404  404  404   401
"""

HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
LISTS = [
    route
    for method, route, *_answers in ROWS
    if method == "GET" and "{" not in route and not route.startswith("/settings/")
]


def caller(cast: Cast, who: str) -> Client:
    token = {"Authorization": f"Bearer {cast.token(who)}"} if who in NAMES else {}
    return Client(headers=token)


def answer(client: Client, method: str, path: str, body: dict[str, object] | None) -> int:
    """Ask, and undo whatever that did; a body with a file goes as a form."""
    text = "" if body is None else json.dumps(body, default=str)
    with transaction.atomic():
        if body and "file" in body:
            form = encode_multipart(BOUNDARY, body)
            response = client.generic(method, path, form, content_type=MULTIPART_CONTENT)
        else:
            response = client.generic(method, path, text, content_type="application/json")
        transaction.set_rollback(True)
    return response.status_code


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_route_answers_each_role_as_the_table_says(row: list[str], cast: Cast) -> None:
    method, route, *expected = row
    if method == "POST":
        cast.power_on()
    body, path = body_of(method, route, cast), path_of(route, cast)
    given = {who: answer(caller(cast, who), method, path, body) for who in HEAD}
    assert given == dict(zip(HEAD, map(int, expected), strict=True))


def test_every_route_has_its_row() -> None:
    assert sorted((row[0], row[1]) for row in ROWS) == sorted(routes())


def test_there_is_a_column_for_everybody() -> None:
    assert [*NAMES, "nobody"] == HEAD


@pytest.mark.parametrize("route", LISTS)
def test_a_list_tells_an_outsider_nothing_of_maple(route: str, cast: Cast) -> None:
    text = caller(cast, "oscar").get(path_of(route, cast)).content.decode()
    told = ("Maple", "Acme", "Lobby", "0C1105AABB0", "Rita", "Basement", "Front door", "2C3D")
    assert [word for word in told if word in text] == []


@pytest.mark.parametrize("route", LISTS)
def test_a_list_filtered_by_a_stranger_s_id_stays_empty(route: str, cast: Cast) -> None:
    oscar = caller(cast, "oscar")
    for field in ("site", "company", "person", "door", "device", "connector"):
        stranger = path_of(f"/{{{field}}}", cast).rsplit("/", 1)[1]
        response = oscar.get(f"{path_of(route, cast)}?{field}={stranger}")
        # A list that knows no such filter says so; none gives a row.
        assert response.status_code == 422 or response.json()["items"] == [], field


def test_an_id_that_never_was_answers_like_a_stranger_s(cast: Cast) -> None:
    oscar = caller(cast, "oscar")
    stranger = oscar.get(path_of("/doors/{door}", cast))
    missing = oscar.get("/api/v1/doors/987654321")
    assert (stranger.status_code, stranger.json()) == (missing.status_code, missing.json())
