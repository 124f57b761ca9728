"""`doorward healthy`: whether the process of this container does its work, by its exit code."""

import argparse
import os

import psycopg

from doorward.kit.env import Environment
from doorward.supervisor.front_door import answers

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (compared, not bound)
# A worker's heart beats every ten seconds.
ALIVE = """
SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - interval '35 s')
"""


def main(argv: list[str]) -> int:
    """Return 0 where it does, 1 where it does not."""
    parser = argparse.ArgumentParser(prog="doorward healthy", description=__doc__)
    parser.add_argument("part", choices=["web", "worker"], help="what should be well")
    asked = parser.parse_args(argv).part
    settings = Environment.read(os.environ)
    well = serves(settings) if asked == "web" else works(settings)
    print(f"the {asked} is {'well' if well else 'not well'}")
    return 0 if well else 1


def serves(settings: Environment) -> bool:
    return answers(EVERY_ADDRESS.get(settings.host, settings.host), settings.port)


def works(settings: Environment) -> bool:
    """Say whether a worker on our database lives."""
    try:
        with psycopg.connect(settings.database_url, connect_timeout=3) as connection:
            found = connection.execute(ALIVE).fetchone()
    except psycopg.Error:
        return False
    return bool(found and found[0])
