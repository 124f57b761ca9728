"""`doorward audit check`: whether the audit trail stands as it was written."""

import argparse
import sys
from datetime import UTC
from itertools import islice

from doorward.tenancy import heads
from doorward.tenancy.actions.seals import seal_entries
from doorward.tenancy.heads import Head, NoHead
from doorward.tenancy.trail import Read

# Faults that are told one by one.
MOST = 20


def main(argv: list[str]) -> int:
    """Return 0 where all fits, 1 where something does not."""
    options = _parser().parse_args(argv)
    try:
        return check([Head.read(text) for text in options.head])
    except NoHead as fault:
        sys.stderr.write(f"doorward audit: “{fault}” is no head, such as 56:3fa9… (64 digits)\n")
        return 2


def check(noted: list[Head]) -> int:
    seal_entries()
    kept = heads.kept()
    read = Read(heads=[*noted, *([kept] if kept else [])])
    faults = read.faults()
    shown = list(islice(faults, MOST))
    more = sum(1 for _fault in faults)
    for fault in shown:
        _say(f"Does not fit: {fault}.")
    if more:
        _say(f"And {more:,} more.")
    _say(_sum(read, fit=not shown))
    if not shown and read.newest:
        _say(
            f"Head: {Head.of(read.newest)}\n"
            "Note it somewhere else. With --head and this, a later check tells whether it stands."
        )
    return 1 if shown else 0


def _sum(read: Read, *, fit: bool) -> str:
    if read.newest is None:
        return "Checked 0 entries: none was ever sealed."
    until = f"{read.newest.made_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    end = "all of them stand as they were written" if fit else "not all stand as they were written"
    return f"Checked {read.entries:,} entries under {read.seals:,} seals until {until}: {end}."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="doorward audit", description="What keeps the audit trail honest."
    )
    deeds = parser.add_subparsers(required=True, metavar="DEED")
    told = "seal what is new and compare every entry with its seal"
    deed = deeds.add_parser("check", help=told, description=told.capitalize() + ".")
    deed.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="NUMBER:DIGEST",
        help="a head that an earlier check or the log of the worker has told; may be repeated",
    )
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
