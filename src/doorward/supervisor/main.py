"""`doorward run`: the command line of the supervisor, and the signals that end it."""

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from doorward.kit.env import EnvironmentFault
from doorward.supervisor.installation import Options, supervise
from doorward.supervisor.parts import PlanFor
from doorward.supervisor.plan import doorward_plan
from doorward.supervisor.refusal import Refusal
from doorward.supervisor.terminal import complain

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked the installation to end."""


def main(argv: list[str], plan_for: PlanFor = doorward_plan) -> int:
    parser = argparse.ArgumentParser(
        prog="doorward run", description="Start an installation and keep it alive."
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep everything here (var)")
    parser.add_argument("--host", default=Options.host, help="the address to listen on")
    parser.add_argument("--port", type=_port, default=Options.port, help="the port (8000)")
    parser.add_argument("--demo", action="store_true", help="with a demo building and its devices")
    parser.add_argument("--fresh", action="store_true", help="delete the data in DIR first")
    return run(Options(**vars(parser.parse_args(argv))), plan_for)


def run(options: Options, plan_for: PlanFor) -> int:
    """Run an installation until a signal ends it; return the exit code."""
    try:
        with _stopped_by_signals():
            supervise(options, plan_for)
    except Stop:
        return 0
    except (Refusal, EnvironmentFault) as refusal:
        complain(str(refusal))
    return 1


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Raise Stop at the first signal; those that follow do not disturb an orderly end."""

    def stop(number: int, frame: FrameType | None) -> None:
        for sign in STOPS:
            signal.signal(sign, lambda number, frame: None)
        raise Stop

    for sign in STOPS:
        signal.signal(sign, stop)
    yield


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)
