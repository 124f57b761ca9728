"""Deeds with an Idempotency-Key: asked for twice, done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from doorward.devices.models import Command
from doorward.kit import clock
from doorward.sites.models import Site
from doorward.tenancy.idempotency import KEPT
from doorward.tenancy.jobs import forget_idempotency_keys
from doorward.tenancy.models import AuditEntry, IdempotencyKey
from tests.api.conftest import Caller, CallerOf, faults
from tests.cast import Cast

ELM = {"name": "Elm", "zone": "Europe/Berlin"}


def test_the_same_deed_asked_for_twice_is_done_once(installer: Caller) -> None:
    first = installer.post("/sites", ELM, Idempotency_Key="k1")
    again = installer.post("/sites", ELM, Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Location"] == first["Location"]
    assert (first.get("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (None, "true")
    assert Site.objects.filter(name="Elm").count() == 1
    assert AuditEntry.objects.filter(subject="site", label="Elm").count() == 1


def test_a_key_with_another_body_is_refused(installer: Caller) -> None:
    installer.post("/sites", ELM, Idempotency_Key="k1")
    other = installer.post("/sites", {**ELM, "name": "Ash"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.mismatch")
    assert not Site.objects.filter(name="Ash").exists()


def test_a_key_with_another_deed_is_refused(installer: Caller, cast: Cast) -> None:
    basement, attic = cast.connector("Basement").pk, cast.connector("Attic").pk
    assert installer.post(f"/connectors/{basement}/code", Idempotency_Key="k").status_code == 200
    other = installer.post(f"/connectors/{attic}/code", Idempotency_Key="k")
    assert other.json()["code"] == "idempotency.mismatch"


def test_a_key_belongs_to_one_account(installer: Caller, stranger: Caller) -> None:
    installer.post("/sites", ELM, Idempotency_Key="k1")
    assert stranger.post("/sites", ELM, Idempotency_Key="k1").status_code == 201
    assert Site.objects.filter(name="Elm").count() == 2


def test_a_key_holds_over_token_and_session(installer: Caller, cast: Cast) -> None:
    made = installer.post("/sites", ELM, Idempotency_Key="k1")
    again = cast.client("ivan").post(
        "/api/v1/sites",
        ELM,
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert again.json() == made.json()


def test_a_replay_tells_no_secret(installer: Caller, cast: Cast) -> None:
    body = {"site": cast.maple.pk, "name": "Roof"}
    first = installer.post("/connectors", body, Idempotency_Key="k1").json()
    again = installer.post("/connectors", body, Idempotency_Key="k1").json()
    code = first.pop("code")
    assert again == first
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenancy_idempotencykey::text FROM tenancy_idempotencykey")
        assert code not in cursor.fetchone()[0]


def test_a_door_is_unlocked_once(installer: Caller, cast: Cast) -> None:
    cast.power_on("Lobby")
    path = f"/doors/{cast.door('Front door').pk}/unlock"
    before = Command.objects.count()
    first = installer.post(path, Idempotency_Key="k1")
    again = installer.post(path, Idempotency_Key="k1")
    assert first.status_code == again.status_code == 202
    assert (again.json(), again["Location"]) == (first.json(), first["Location"])
    assert Command.objects.count() == before + 1


def test_what_was_refused_did_nothing_and_is_judged_anew(installer: Caller, cast: Cast) -> None:
    path = f"/doors/{cast.door('Front door').pk}/unlock"
    assert installer.post(path, Idempotency_Key="k1").status_code == 409
    cast.power_on("Lobby")
    assert installer.post(path, Idempotency_Key="k1").status_code == 202


def test_a_mended_body_may_keep_its_key(installer: Caller) -> None:
    assert faults(installer.post("/sites", {**ELM, "zone": "Nowhere"}, Idempotency_Key="k1"))
    assert installer.post("/sites", ELM, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "with space", "x" * 256, "ümlaut"])
def test_a_key_that_is_none_is_named(installer: Caller, key: str) -> None:
    assert set(faults(installer.post("/sites", ELM, Idempotency_Key=key))) == {"Idempotency-Key"}
    assert not Site.objects.filter(name="Elm").exists()


def test_keys_are_forgotten_after_a_day(installer: Caller) -> None:
    installer.post("/sites", ELM, Idempotency_Key="old")
    IdempotencyKey.objects.update(created_at=clock.now() - KEPT - timedelta(seconds=1))
    installer.post("/sites", {**ELM, "name": "Ash"}, Idempotency_Key="new")
    forget_idempotency_keys(0)
    assert [row.key for row in IdempotencyKey.objects.all()] == ["new"]


@pytest.mark.django_db(transaction=True)
def test_twins_at_the_same_moment_do_one_deed(caller: CallerOf, cast: Cast) -> None:
    cast.power_on("Lobby")
    path = f"/doors/{cast.door('Front door').pk}/unlock"
    twins = [caller("ivan") for _ in range(4)]
    start = Barrier(len(twins))
    before = Command.objects.count()

    def ask(twin: Caller) -> tuple[int, str]:
        start.wait()
        try:
            answer = twin.post(path, Idempotency_Key="twins")
            return answer.status_code, answer.json().get("id", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(len(twins)) as threads:
        answers = set(threads.map(ask, twins))
    assert len(answers) == 1
    assert answers.pop()[0] == 202
    assert Command.objects.count() == before + 1
