"""The compose file says nothing that Doorward does not understand. It is not run here."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from doorward import cli
from doorward.kit import connections, env

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DEFAULTS = re.compile(r"\$\{\w+:-([^}]*)}")
READ = {value for name, value in vars(env).items() if name.isupper() and isinstance(value, str)}
STEPS = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()


def test_what_stands_alone_is_there() -> None:
    assert set(SERVICES) == {"database", "setup", "web", "worker", "connector"}


@pytest.mark.parametrize("name", OURS)
def test_each_command_is_one_of_ours_with_options_that_it_has(name: str) -> None:
    command, *options = OURS[name]["command"]
    assert command in cli.COMMANDS
    named = {option.partition("=")[0] for option in options}
    if named:
        asked = [sys.executable, "-P", "-m", "doorward.cli", command, "--help"]
        shown = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        assert named <= set(re.findall(r"--[a-z-]+", shown))


@pytest.mark.parametrize("name", OURS)
def test_each_variable_is_one_that_is_read(name: str) -> None:
    assert set(OURS[name].get("environment", {})) <= READ


def test_the_settings_are_read_without_a_fault(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("brass")
    told = {name: filled(word) for name, word in SERVICES["web"]["environment"].items()}
    told["DOORWARD_DATABASE_PASSWORD_FILE"] = str(password)
    settings = env.Environment.read(told)
    assert settings.workers == 2
    assert settings.host == "0.0.0.0"
    assert settings.database_url == "postgresql://doorward:brass@database:5432/doorward"


def test_the_database_takes_the_connections_of_all() -> None:
    words = " ".join(SERVICES["database"]["command"])
    most = re.search(r"max_connections=(\d+)", words)
    assert most is not None
    assert int(most[1]) == connections.wanted(4)


def test_what_is_on_site_knows_neither_the_key_nor_the_database() -> None:
    connector = SERVICES["connector"]
    assert connector["secrets"] == ["connector-code"]
    assert "environment" not in connector


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    kept = {volume.partition(":")[0] for volume in service["volumes"]}
    assert kept <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("setup", "connector")])
def test_what_stays_has_a_health_check_that_exists(name: str) -> None:
    kind, program, *words = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    if name != "database":
        assert (program, words) == ("doorward", ["healthy", name])


def test_no_secret_stands_in_the_file() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    assert not re.search(r"PASSWORD(?!_FILE)\b|://\w+:\w+@", text)
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())


@pytest.mark.parametrize("name", OURS)
def test_ours_run_with_as_little_as_they_need(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "privileged" not in service


def test_images_are_pinned_by_name_and_version() -> None:
    images = [line.split()[1] for line in STEPS if line.startswith("FROM ")]
    images += [service["image"] for service in SERVICES.values()]
    assert len(images) == 8
    assert all(re.fullmatch(r"[a-z]+:\d+(\.\d+)+[a-z-]*", image) for image in images), images


def test_the_image_runs_as_nobody_special_and_copies_what_there_is() -> None:
    assert "USER 10001:10001" in STEPS
    root = DEPLOY.parent
    for line in STEPS:
        if line.startswith("COPY ") and "--from" not in line:
            *sources, _ = line.split()[1:]
            assert all((root / source).exists() for source in sources), line
    wanted = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert all((root / line[1:]).exists() for line in wanted if line.startswith("!"))


def filled(word: str) -> str:
    """Fill in what stands behind a variable that nobody has set."""
    return DEFAULTS.sub(r"\1", word)
