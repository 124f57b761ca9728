"""What the supervisor says to the person at the terminal: little, and in whole steps."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SLACK = 2


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in to the demo."""

    role: str
    login: str
    password: str


@dataclass(frozen=True)
class Demo:
    """What `doorward setup` tells about the demo building it made (DIR/demo.json)."""

    accounts: tuple[Account, ...]
    wall: str | None

    @classmethod
    def read(cls, file: Path) -> "Demo":
        told = json.loads(file.read_text(encoding="utf-8"))
        accounts = (
            Account(entry["role"].replace("_", " "), entry["login"], entry["password"])
            for entry in told["accounts"]
        )
        return cls(tuple(accounts), told.get("wall"))


def say(line: str = "") -> None:
    """Print a line. A terminal that has gone must not take the installation with it."""
    try:
        print(line, flush=True)
    except OSError:
        return


def complain(line: str) -> None:
    print(f"doorward: {line}", file=sys.stderr, flush=True)


@contextmanager
def step(done: str) -> Iterator[None]:
    """Say how many seconds the step took, once it is done."""
    begun = time.monotonic()
    yield
    say(f"{time.monotonic() - begun:6.1f} s  {done}")


def detail(line: str) -> None:
    say(f"          {line}")


def welcome(address: str, logs: Path, *, demo: Demo | None, accounts: Path) -> None:
    """Say where to sign in, as whom, and how to stop.

    Only the demo's passwords are shown: those of a real installation stay in the file `accounts`,
    as what is printed here may end up in a journal.
    """
    say()
    say(f"  Sign in at {address}")
    if demo:
        say()
        _accounts(demo.accounts)
        if demo.wall:
            say()
            say(f"  The pretend devices: {demo.wall}")
    elif accounts.exists():
        say(f"  The first accounts and their passwords: {accounts}")
    say()
    say(f"  Ctrl-C stops everything. Logs: {logs}")
    say()


def _accounts(accounts: tuple[Account, ...]) -> None:
    roles = max((len(account.role) for account in accounts), default=0) + SLACK
    logins = max((len(account.login) for account in accounts), default=0) + SLACK
    for account in accounts:
        say(f"  {account.role:<{roles}}{account.login:<{logins}}{account.password}")
