"""`doorward demo-data`: the command line, and somebody to sign in with."""

import argparse
import shutil
import sys
import time

from django.conf import settings
from django.db import transaction

from doorward.demo.cast import MAIL_DOMAIN
from doorward.demo.sizes.filling import Filled, fill, timed
from doorward.demo.sizes.size import Nonsense, Size
from doorward.tenancy.actions import create_account
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node
from doorward.tenancy.passwords import generated
from doorward.tenancy.permissions import Role

_LETTERS = {"k": 1_000, "m": 1_000_000}
_SPARE = 1_000_000_000


def main(argv: list[str]) -> int:
    """Fill an installation; return the exit code."""
    options = _parser().parse_args(argv)
    begun = time.monotonic()
    try:
        size = Size(**vars(options))
        _require_space(size)
        filled = fill(size, timed(_say))
    except Nonsense as fault:
        sys.stderr.write(f"doorward demo-data: {fault}\n")
        return 2
    _say(f"done in {time.monotonic() - begun:.0f} s")
    for line in _sign_ins(filled):
        _say(line)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="doorward demo-data",
        description="Add sites with people, doors and a year of their log to this installation, "
        "below its first installer. All of it comes at once, at the end; ended before, nothing is "
        "left. A further time adds as much again.",
    )
    for name, count, told in (
        ("sites", 1, "how many sites to add (1)"),
        ("people", 1_000, "people in all, with cards and rights (1,000)"),
        ("doors", 10, "doors in all, each with a device (10)"),
        ("events", 0, "lines of the door log in all (none)"),
        ("seed", 1, "another number gives other names and other events (1)"),
    ):
        parser.add_argument(f"--{name}", type=_count, default=count, metavar="N", help=told)
    return parser


def _count(text: str) -> int:
    """Read 10000, 10,000, 10_000, 10k or 1M."""
    plain = text.replace(",", "").replace("_", "").lower()
    times = _LETTERS.get(plain[-1:], 1)
    digits = plain[:-1] if times > 1 else plain
    if not (digits.isascii() and digits.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text} is no whole number, such as 10000, 10k or 1M")
    return int(digits) * times


def _require_space(size: Size) -> None:
    """Raise `Nonsense` where the installation's own database would run out of disk."""
    data = settings.ENVIRONMENT.data
    if not data.is_dir():
        return
    free, needed = shutil.disk_usage(data).free, size.bytes_needed + _SPARE
    if needed > free:
        raise Nonsense(
            f"That takes about {needed / 1e9:.0f} GB and {free / 1e9:.0f} GB are free at {data}. "
            "Ask for fewer events or people, or make room."
        )


def _sign_ins(filled: Filled) -> list[str]:
    """Make a manager and a company administrator of the first site; tell how to be them."""
    site, company = filled.first_site, filled.first_company
    actor = Actor.system("demo-data")
    lines = [f"{site.name} is site {site.pk}; whoever installs or operates here sees all of it."]
    for role, node, name in (
        (Role.PROPERTY_MANAGER, site.node, "manager"),
        (Role.COMPANY_ADMINISTRATOR, company.node, "administrator"),
    ):
        login = f"{name}-{site.pk}"
        lines.append(_account(actor, role, node, login, f"{name.title()} {site.pk}"))
    return lines


def _account(actor: Actor, role: Role, node: Node, login: str, name: str) -> str:
    if Account.objects.filter(username__iexact=login).exists():
        return f"{login} is an account already."
    password = generated()
    with transaction.atomic():
        email = f"{login}@{MAIL_DOMAIN}"
        create_account(actor, node, role, username=login, password=password, name=name, email=email)
    return f"Sign in as {login} with {password} ({role.label.lower()} of {node.name})."


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
