"""The small pieces: waiting, settings, addresses, the command line."""

import json
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest

from doorward import cli
from doorward.kit.env import Environment, EnvironmentFault, MailServer, base_url, database_settings
from doorward.supervisor import parts
from doorward.supervisor.folder import DataFolder
from doorward.supervisor.parts import Backoff
from doorward.supervisor.plan import doorward_plan
from doorward.supervisor.terminal import Account, Demo, welcome

SETTINGS = Environment(
    database_url="postgresql://doorward:p%40ss@/doorward?host=%2Frun%2Fpg",
    data=Path("/srv/doorward"),
    base_url="https://doors.example.com",
    host="127.0.0.1",
    port=8000,
    master_key_file=Path("/srv/doorward/secrets/master.key"),
    mail=MailServer(
        host="mail.example.com",
        port=465,
        user="doorward",
        password_file=None,
        security="tls",
        sender="Doors <doors@example.com>",
    ),
    trusted_proxies=(ip_network("10.0.0.0/8"), ip_network("2001:db8::1")),
    demo=True,
)


def test_each_wait_is_twice_the_last_up_to_ten_seconds() -> None:
    backoff = Backoff()
    waits = [backoff.after(lived=0) for _ in range(8)]
    assert waits == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10]


def test_half_a_minute_of_health_makes_the_wait_short_again() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.after(lived=0)
    assert backoff.after(lived=29.9) > 0.2
    assert backoff.after(lived=30) == 0.2


def test_settings_come_out_of_the_environment_as_they_went_in() -> None:
    assert Environment.read(SETTINGS.variables()) == SETTINGS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", ""),
        ("DOORWARD_PORT", "eighty"),
        ("DOORWARD_PORT", "65536"),
        ("DOORWARD_BASE_URL", "doors.example.com"),
        ("DOORWARD_DEMO", "yes"),
        ("DOORWARD_DEBUG", "2"),
        ("DOORWARD_SMTP_PORT", "smtp"),
        ("DOORWARD_SMTP_SECURITY", "ssl"),
        ("DOORWARD_SMTP_PASSWORD_FILE", "/nowhere/at/all"),
        ("DOORWARD_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("DOORWARD_WORKERS", "0"),
        ("DOORWARD_WORKERS", "33"),
        ("DOORWARD_DATABASE_PASSWORD_FILE", "/nowhere/at/all"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(EnvironmentFault, match=name):
        Environment.read(SETTINGS.variables() | {name: value})


def test_a_socket_folder_becomes_the_host() -> None:
    found = database_settings(SETTINGS.database_url)
    assert found["HOST"] == "/run/pg"
    assert found["PASSWORD"] == "p@ss"
    assert found["NAME"] == "doorward"


def test_a_database_elsewhere_keeps_its_options() -> None:
    found = database_settings("postgresql://dora:x@db.example.com:5433/doors?sslmode=require")
    assert (found["HOST"], found["PORT"]) == ("db.example.com", "5433")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_the_password_of_the_database_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss/word\n")
    told = SETTINGS.variables() | {
        "DATABASE_URL": "postgresql://dora@db.example.com:5433/doors?sslmode=require",
        "DOORWARD_DATABASE_PASSWORD_FILE": str(file),
    }
    url = Environment.read(told).database_url
    assert url == "postgresql://dora:p%40ss%2Fword@db.example.com:5433/doors?sslmode=require"
    # A child is told the whole address, and still of the file.
    assert Environment.read(told | {"DATABASE_URL": url}).database_url == url
    with pytest.raises(EnvironmentFault, match="must name the user"):
        Environment.read(told | {"DATABASE_URL": "postgresql://db.example.com/doors"})


@pytest.mark.parametrize("url", ["sqlite:///doors", "postgresql://db.example.com", "doors"])
def test_an_address_of_no_postgresql_database_is_refused(url: str) -> None:
    with pytest.raises(EnvironmentFault, match="DATABASE_URL"):
        database_settings(url)


def test_a_server_on_every_address_is_found_on_this_machine() -> None:
    assert base_url("0.0.0.0", 8000) == "http://127.0.0.1:8000"
    assert base_url("::1", 8000) == "http://[::1]:8000"


def test_the_connector_calls_the_front_not_the_public_address() -> None:
    connector = doorward_plan(SETTINGS).others[-1]
    assert "ws://127.0.0.1:8000/link" in connector.command
    assert connector.awaits_front


def test_without_the_demo_there_are_no_pretend_devices() -> None:
    plain = Environment.read(SETTINGS.variables() | {"DOORWARD_DEMO": "0"})
    assert [part.name for part in doorward_plan(plain).parts] == ["front", "worker"]


def test_all_parts_can_end_one_after_another_within_ten_seconds() -> None:
    seconds = sum(part.patience for part in doorward_plan(SETTINGS).parts)
    assert seconds + 2.6 < 10  # PostgreSQL: 2 s to end fast, then 0.6 s to end at once


def test_the_welcome_names_address_accounts_and_devices(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = {
        "accounts": [{"role": "Installer", "login": "ivan@example.com", "password": "brass-key"}],
        "wall": "http://127.0.0.1:9200/",
    }
    (tmp_path / "demo.json").write_text(json.dumps(told))
    demo = Demo.read(tmp_path / "demo.json")
    welcome("http://127.0.0.1:8000", tmp_path, demo=demo, accounts=tmp_path / "accounts.json")
    said = capsys.readouterr().out
    for word in ("http://127.0.0.1:8000", "ivan@example.com", "brass-key", told["wall"]):
        assert str(word) in said


def test_a_demo_may_have_no_wall(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"accounts": []}')
    assert Demo.read(tmp_path / "demo.json") == Demo((), None)


def test_accounts_are_told_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    accounts = (Account("Installer", "ivan@x.org", "a"), Account("Manager", "mona@maple.org", "b"))
    demo = Demo(accounts, None)
    welcome("http://127.0.0.1:8000", Path("logs"), demo=demo, accounts=Path("accounts.json"))
    lines = [line for line in capsys.readouterr().out.splitlines() if "@" in line]
    assert lines[0].index("ivan") == lines[1].index("mona")


def test_passwords_of_a_real_installation_are_not_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    accounts = tmp_path / "accounts.json"
    accounts.write_text(
        '{"accounts": [{"role": "operator", "login": "op", "password": "brass-key"}]}'
    )
    welcome("http://127.0.0.1:8000", tmp_path, demo=None, accounts=accounts)
    said = capsys.readouterr().out
    assert str(accounts) in said
    assert "brass-key" not in said


def test_an_unknown_command_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["dance"]) == 2
    assert "connector" in capsys.readouterr().err


def test_a_management_command_joins_the_running_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "environment.json").write_text(json.dumps(SETTINGS.variables()))
    for name in SETTINGS.variables():
        # Set first, or what the command sets would stay for other tests.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOORWARD_DATA", str(tmp_path))
    seen: list[str] = []
    monkeypatch.setattr(cli, "import_module", lambda name: Recorder(seen))
    cli.main(["manage", "check"])
    assert seen == ["check", SETTINGS.database_url]


class Recorder:
    """A command's module that notes what it was called with."""

    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def main(self, argv: list[str]) -> int:
        self._seen.extend([*argv, cli.os.environ["DATABASE_URL"]])
        return 0


def test_what_stands_on_site_learns_no_secret_of_the_cloud(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "var", None)
    folder.settle_in()
    told = SETTINGS.variables() | {"DOORWARD_DATABASE_PASSWORD_FILE": "/run/secrets/password"}
    for name, on_site in (("connector", True), ("worker", False)):
        part = parts.Part(name, ("/usr/bin/env",), on_site=on_site)
        parts.keep(part, folder, told).start().wait()
    secrets = {"DATABASE_URL", "DOORWARD_DATABASE_PASSWORD_FILE", "DOORWARD_MASTER_KEY_FILE"}
    shown = {
        name: {line.partition("=")[0] for line in folder.log(name).read_text().splitlines()}
        for name in ("connector", "worker")
    }
    assert "DOORWARD_DATA" in shown["connector"]
    assert not secrets & shown["connector"]
    assert secrets <= shown["worker"]


def test_a_part_that_never_lives_is_not_told_of_for_ever(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path / "var", None)
    folder.settle_in()
    monkeypatch.setattr(parts, "FIRST_DELAY", parts.LONGEST_DELAY)
    keeper = parts.keep(parts.Part("worker", ("/bin/false",)), folder, {})
    for _ in range(3):
        keeper.start().wait()
        keeper.look()
    assert capsys.readouterr().out.count("worker ended (exit code 1)") == 1


def test_the_supervisor_loads_no_web_framework() -> None:
    program = "import sys, doorward.supervisor.main; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
