"""ETags: nobody is sent what they know, and nobody changes what they have not seen."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from doorward.notices.models import Announcement
from doorward.people.actions import PersonForm, create_person
from doorward.tenancy.models import AuditEntry
from tests.api.conftest import Caller, CallerOf
from tests.cast import BUILDER, Cast, reach
from tests.house.routes import PREFIX, body_of, path_of, routes

pytestmark = pytest.mark.django_db

SETTINGS = ("/branding", "/contact", "/settings/limits", "/mail-server")
SINGLE = [
    route
    for method, route in routes()
    if method == "GET" and route.endswith(("}", "}/limits", *SETTINGS))
]
# What is never shown by itself, and what is a file, has no version that one could have seen.
UNSHOWN = {
    "/accounts/{account}/second-factors",
    "/invitations/{invitation}",
    "/people/{person}/photo",
    "/settings/branding/logo",
}
CHANGES = [
    (method, route)
    for method, route in routes()
    if method in {"PATCH", "DELETE"} and route not in UNSHOWN
]
# What is seen by its owner alone.
OWNERS = {
    "/works/{work}": "mona",
    "/organisations/{organisation}": "sven",
    "/organisations/{organisation}/limits": "otto",
    "/settings/branding": "otto",
    "/settings/contact": "dora",
    "/settings/limits": "otto",
    "/settings/mail-server": "otto",
}
UNKNOWN = '"somebody-elses"'


def at(route: str, cast: Cast) -> str:
    return path_of(route, cast).removeprefix(PREFIX)


@pytest.mark.parametrize("route", SINGLE)
def test_a_thing_is_not_sent_to_whoever_has_it(route: str, caller: CallerOf, cast: Cast) -> None:
    path, owner = at(route, cast), caller(OWNERS.get(route, "ivan"))
    tag = owner.get(path)["ETag"]
    again = owner.known(path, f'W/{UNKNOWN}, "x", {tag}')
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert owner.known(path, UNKNOWN).status_code == 200
    assert owner.known(path, "*").status_code == 304


@pytest.mark.parametrize(("method", "route"), CHANGES)
def test_nothing_is_done_to_what_has_another_version(
    method: str, route: str, caller: CallerOf, cast: Cast
) -> None:
    path, body = at(route, cast), body_of(method, route, cast)
    owner = caller(OWNERS.get(route, "ivan"))
    before = AuditEntry.objects.count()
    refusal = owner.send(method, path, body, If_Match=UNKNOWN)
    assert (refusal.status_code, refusal.json()["code"]) == (412, "version.stale")
    assert refusal["Content-Type"] == "application/problem+json"
    assert AuditEntry.objects.count() == before
    tag = owner.get(path)["ETag"]
    # A weak tag says too little to decide on.
    assert owner.send(method, path, body, If_Match=f"W/{tag}").status_code == 412
    assert owner.send(method, path, body, If_Match=tag).status_code in {200, 204, 409}


@pytest.mark.parametrize("route", [route for method, route in CHANGES if method == "PATCH"])
def test_a_change_answers_with_the_new_version(route: str, caller: CallerOf, cast: Cast) -> None:
    installer = caller(OWNERS.get(route, "ivan"))
    path = at(route, cast)
    # What was sent is not changed any more.
    Announcement.objects.update(state=Announcement.State.DRAFT)
    before = installer.get(path)["ETag"]
    after = installer.patch(path, body_of("PATCH", route, cast))["ETag"]
    assert after != before
    assert after == installer.get(path)["ETag"]


def test_a_new_thing_comes_with_its_version(installer: Caller) -> None:
    made = installer.post("/sites", {"name": "Elm", "zone": "Europe/Berlin"})
    assert made["ETag"] == installer.get(f"/sites/{made.json()['id']}")["ETag"]


def test_a_version_covers_doors_and_people_of_an_access_group(
    installer: Caller, cast: Cast
) -> None:
    office, bob = cast.group("Office hours"), cast.person("Bob")
    path = f"/access-groups/{office.pk}"
    known = installer.get(path)
    # As many as before, and yet somebody else.
    installer.post(f"{path}/people/remove", {"ids": [bob.pk]})
    other = create_person(BUILDER, cast.acme, PersonForm(first_name="Al", last_name="Crew"))
    installer.post(f"{path}/people/add", {"ids": [other.pk]})
    assert installer.get(path).json() == known.json()
    answer = installer.send("PATCH", path, {"name": "Weekdays"}, If_Match=known["ETag"])
    assert answer.status_code == 412
    assert installer.get(path).json()["name"] == "Office hours"


def test_who_moves_between_groups_of_people_bars_no_change(installer: Caller, cast: Cast) -> None:
    office, workshop = cast.group("Office hours"), cast.crew("Workshop")
    office.people_groups.add(workshop)
    office.people.clear()
    path = f"/access-groups/{office.pk}"
    known = installer.get(path)
    installer.patch(f"/people/{cast.person('Rita').pk}", {"group": workshop.pk})
    now = installer.get(path)
    assert [one.json()["people_count"] for one in (known, now)] == [0, 1]
    assert now.json()["named_count"] == 0
    body = {"name": "Weekdays"}
    assert installer.send("PATCH", path, body, If_Match=known["ETag"]).status_code == 200


def test_a_version_covers_a_password_that_is_never_told(installer: Caller, cast: Cast) -> None:
    path = f"/devices/{cast.device('Lobby').pk}"
    known = installer.get(path)["ETag"]
    installer.patch(path, {"password": "another-password"})
    assert installer.get(path)["ETag"] != known


def test_what_a_device_tells_by_itself_bars_no_change(installer: Caller, cast: Cast) -> None:
    lobby = cast.device("Lobby")
    path, known = f"/devices/{lobby.pk}", installer.get(f"/devices/{lobby.pk}")["ETag"]
    reach(lobby)
    assert installer.get(path)["ETag"] != known
    assert installer.known(path, known).status_code == 200
    assert installer.send("PATCH", path, {"name": "Hall"}, If_Match=known).status_code == 200


def test_of_a_strangers_thing_no_version_is_told(stranger: Caller, cast: Cast) -> None:
    path = f"/people/{cast.person('Rita').pk}"
    assert stranger.send("PATCH", path, {}, If_Match=UNKNOWN).status_code == 404
    hidden = stranger.known(path, "*")
    assert (hidden.status_code, "ETag" in hidden) == (404, False)


@pytest.mark.django_db(transaction=True)
def test_of_two_editors_at_the_same_moment_one_is_told(caller: CallerOf, cast: Cast) -> None:
    path = f"/people/{cast.person('Rita').pk}"
    callers = [caller(name) for name in ("ivan", "mona", "iris", "ada")]
    known = callers[0].get(path)["ETag"]
    start = Barrier(len(callers))

    def rename(place: int) -> int:
        start.wait()
        try:
            body = {"last_name": f"Row {place}"}
            return callers[place].send("PATCH", path, body, If_Match=known).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(callers)) as threads:
        answers = sorted(threads.map(rename, range(len(callers))))
    assert answers == [200, 412, 412, 412]
