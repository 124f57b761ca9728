"""Canaries: a secret that was given to the house stands nowhere in clear."""

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from doorward.access.actions import credentials, pins
from doorward.devices.actions import connectors, devices
from doorward.files import folder
from doorward.files.actions import store
from doorward.files.models import StoredFile
from doorward.gateway import intake
from doorward.kit.errors import Invalid, Refused
from doorward.protocols import neutral
from doorward.protocols.link.frames import report
from doorward.tenancy.actions import create_account, issue_token
from doorward.tenancy.actions.mail_server import MailServerForm, choose_server
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, FREE_MAC, Cast, badge
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db

CARD, STRANGER_CARD = "C0FFEE99AA", "DEFACED1"
# Digits that no date, id or port has.
PIN, OLD_PIN, MISTYPED_PIN, CLASHING_PIN = "83604719", "47190836", "86304719", "60471983"
OPENING_PASSWORD = "canary-opening-password"
DEVICE_PASSWORD, PASSWORD = "canary-device-password", "yellow-bird-below-ground"
MAIL_PASSWORD = "canary-mail-password"

FILE = b"canary-in-a-stored-file"

_COLUMNS = """
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = 'public'
    AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')
ORDER BY table_name, ordinal_position
"""


@pytest.fixture
def secrets(
    cast: Cast, ivan: Actor, mona: Actor, run_jobs: RunJobs, caplog: pytest.LogCaptureFixture
) -> dict[str, str]:
    """Plant every kind of secret the way it comes in, by deeds that go well and that do not."""
    caplog.set_level(logging.DEBUG)
    _connector, code = connectors.create_connector(ivan, cast.maple, name="Roof")
    account = create_account(
        BUILDER,
        cast.maple.node,
        Role.PROPERTY_MANAGER,
        username="canary",
        password=PASSWORD,
        name="Canary",
        email="",
    )
    token = issue_token(BUILDER, account, "canary")
    form = devices.DeviceForm(
        name="Canary",
        mac=FREE_MAC,
        connector=cast.connector("Basement"),
        address="10.0.0.9",
        password=DEVICE_PASSWORD,
        relay_user="door",
        relay_password=OPENING_PASSWORD,
    )
    device = devices.create_device(ivan, cast.maple, form)
    devices.change_device(ivan, device, form)
    credentials.add_card(mona, cast.person("Rita"), number=CARD)
    pins.add_pin(mona, cast.person("Rita"), OLD_PIN)
    pins.replace_pin(mona, cast.person("Rita"), PIN)
    pins.add_pin(BUILDER, cast.person("Bob"), CLASHING_PIN)
    with pytest.raises(Invalid):
        pins.replace_pin(mona, cast.person("Rita"), CLASHING_PIN)
    posted = Client(headers={"Authorization": f"Bearer {cast.token('ivan')}"}).post(
        f"/api/v1/credentials/{cast.person('Rita').credentials.pins().get().pk}/replace",
        {"pin": PIN},
        content_type="application/json",
        headers={"Idempotency-Key": "canary"},
    )
    assert posted.json()["pin"] == PIN
    credentials.reveal(mona, cast.person("Rita").credentials.pins().get())
    store(
        mona,
        cast.maple.node,
        kind=StoredFile.Kind.EXPORT,
        name="Rota.csv",
        content=[FILE, *(secret.encode() for secret in (CARD, PIN))],
        content_type="text/csv",
    )
    lobby = cast.device("Lobby")
    rows = [badge(lobby, "known", CARD), badge(lobby, "unknown", STRANGER_CARD)]
    mad = badge(lobby, "mad", STRANGER_CARD, generation=2**40)
    keypad = {"method": neutral.Method.PIN}
    rows += [badge(lobby, "pin", PIN, **keypad), badge(lobby, "slip", MISTYPED_PIN, **keypad)]
    mad_pin = badge(lobby, "mad pin", MISTYPED_PIN, generation=2**40, **keypad)
    reports = [report(seq, row) for seq, row in enumerate([*rows, mad, mad_pin], start=1)]
    intake.store(lobby.connector_id, "s1", reports)
    run_jobs()
    mail = MailServerForm(
        host="mail.example.com",
        port=587,
        security="starttls",
        user="canary",
        password=MAIL_PASSWORD,
        sender_address="canary@example.com",
    )
    choose_server(BUILDER, mail)
    connectors.enrol(code, public_key=bytes(range(32)), version="1")
    with pytest.raises(Refused):
        connectors.enrol(code, public_key=bytes(32), version="1")
    return {
        "card": CARD,
        "a stranger's card": STRANGER_CARD,
        "PIN": PIN,
        "PIN replaced": OLD_PIN,
        "PIN mistyped": MISTYPED_PIN,
        "PIN of another": CLASHING_PIN,
        "device password": DEVICE_PASSWORD,
        "password for opening": OPENING_PASSWORD,
        "account password": PASSWORD,
        "password of the mail server": MAIL_PASSWORD,
        "token": token,
        "a file's content": FILE.decode(),
        "code": code,
        "code without hyphens": code.replace("-", ""),
    }


def columns() -> Iterator[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        yield from cursor.fetchall()


def holds(table: str, column: str, kind: str, secret: str) -> bool:
    """Say whether a column has the secret in it, in any case, as text or as its bytes."""
    field = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE {field} ILIKE %s)', [f"%{secret}%"]
        )
        (found,) = cursor.fetchone()
    return bool(found)


def test_no_column_of_the_database_holds_a_secret_in_clear(secrets: dict[str, str]) -> None:
    found = [
        f"{name} in {table}.{column}"
        for table, column, kind in columns()
        for name, secret in secrets.items()
        if holds(table, column, kind, secret)
    ]
    assert found == []


def test_no_file_of_the_installation_holds_a_secret_in_clear(secrets: dict[str, str]) -> None:
    files = [path for path in settings.ENVIRONMENT.data.rglob("*") if path.is_file()]
    kept = folder.path_of(StoredFile.objects.get(name="Rota.csv").key)
    assert kept in files
    found = [
        f"{name} in {path}"
        for path in files
        for name, secret in secrets.items()
        if secret.encode() in path.read_bytes()
    ]
    assert found == []


def test_the_search_finds_what_stands_in_clear(secrets: dict[str, str]) -> None:
    found = {table for table, column, kind in columns() if holds(table, column, kind, "Canary")}
    assert {"tenancy_account", "devices_device", "tenancy_auditentry"} <= found


def test_no_log_line_holds_a_secret(
    secrets: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    lines = [record.getMessage() for record in caplog.get_records("setup")]
    assert [name for name, secret in secrets.items() if secret in "\n".join(lines)] == []
    assert any("apart" in line for line in lines)


@pytest.mark.parametrize("page", ["person", "device", "door-log", "site-audit", "connector"])
def test_no_page_shows_a_secret(page: str, secrets: dict[str, str], cast: Cast) -> None:
    ids = {
        "person": [cast.person("Rita").pk],
        "device": [cast.device("Canary").pk],
        "connector": [cast.connector("Roof").pk],
    }
    address = reverse(page, args=[cast.maple.pk, *ids.get(page, [])])
    text = cast.client("ivan").get(address).content.decode()
    assert [name for name, secret in secrets.items() if secret in text] == []


@pytest.mark.parametrize("route", ["credentials", "devices", "connectors", "door-events"])
def test_no_answer_of_the_api_tells_a_secret(
    route: str, secrets: dict[str, str], cast: Cast
) -> None:
    client = Client(headers={"Authorization": f"Bearer {cast.token('ivan')}"})
    text = client.get(f"/api/v1/{route}").content.decode()
    assert "items" in text
    assert [name for name, secret in secrets.items() if secret in text] == []
