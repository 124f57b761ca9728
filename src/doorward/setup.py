"""Bringing the database up to date before the parts start; the first time, someone to sign in."""

import json
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from doorward.activity.actions.log import prepare_partitions
from doorward.demo import building
from doorward.kit import connections, env
from doorward.kit.private import write_private
from doorward.tenancy.actions import create_account, issue_token, plant_node
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.passwords import generated
from doorward.tenancy.permissions import Role

ACCOUNTS = "accounts.json"


def main(argv: list[str]) -> int:
    """Migrate, prepare the log's partitions, plant the tree; with the demo, its building."""
    begun = time.monotonic()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    prepare_partitions()
    _say("the database is up to date", begun)
    _note_connections(settings.ENVIRONMENT.workers)
    data = settings.ENVIRONMENT.data
    with transaction.atomic():
        if not Node.objects.exists():
            _plant(data)
    if settings.ENVIRONMENT.demo:
        building.settle_in(data, settings.BASE_URL)
        _say("the demo building stands", begun)
    return 0


def _note_connections(fronts: int) -> None:
    """Say where the server takes fewer connections than we may open: ours takes as many."""
    wanted = connections.wanted(fronts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    if most < wanted:
        sys.stdout.write(
            f"PostgreSQL takes {most} connections; {fronts} front processes and a worker may open "
            f"{wanted}. Raise its max_connections, or lower {env.WORKERS}.\n"
        )


def _plant(data: Path) -> None:
    """Plant the tree down to one installer and let an operator and that installer sign in."""
    system = Actor.system("setup")
    root = plant_node(None, Node.Kind.OPERATOR, "Operator")
    distributor = plant_node(root, Node.Kind.DISTRIBUTOR, "Distributor")
    installer = plant_node(distributor, Node.Kind.INSTALLER, "Installer")
    accounts = [
        first_account(system, root, Role.OPERATOR, "operator", "Operator"),
        first_account(system, installer, Role.INSTALLER, "installer", "Installer"),
    ]
    write_private(data / ACCOUNTS, json.dumps({"accounts": accounts}, indent=2))


def first_account(actor: Actor, node: Node, role: Role, login: str, name: str) -> dict[str, str]:
    """Create an account with a password and a token of its own; return both, this once."""
    password = generated()
    account = create_account(
        actor, node, role, username=login, password=password, name=name, email=""
    )
    token = issue_token(actor, account, "first token")
    return {"role": role.value, "login": login, "password": password, "token": token}


def _say(what: str, begun: float) -> None:
    sys.stdout.write(f"{what} ({time.monotonic() - begun:.1f} s)\n")
    sys.stdout.flush()
