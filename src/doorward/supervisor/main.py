"""`doorward run`: the command line of the supervisor."""

import argparse
import os
from pathlib import Path

from doorward.kit import env
from doorward.supervisor.installation import Options, supervise
from doorward.supervisor.parts import PlanFor
from doorward.supervisor.plan import doorward_plan
from doorward.supervisor.refusal import Refusal
from doorward.supervisor.stopping import Stop, stopped_by_signals
from doorward.supervisor.terminal import complain


def main(argv: list[str], plan_for: PlanFor = doorward_plan) -> int:
    parser = argparse.ArgumentParser(
        prog="doorward run", description="Start an installation and keep it alive."
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep everything here (var)")
    parser.add_argument("--host", default=Options.host, help="the address to listen on")
    parser.add_argument("--port", type=port, default=Options.port, help="the port (8000)")
    add_workers(parser)
    parser.add_argument("--demo", action="store_true", help="with a demo building and its devices")
    parser.add_argument("--fresh", action="store_true", help="delete the data in DIR first")
    return run(Options(**vars(parser.parse_args(argv))), plan_for)


def run(options: Options, plan_for: PlanFor) -> int:
    """Run an installation until a signal ends it; return the exit code."""
    try:
        with stopped_by_signals():
            supervise(options, plan_for)
    except Stop:
        return 0
    except (Refusal, env.EnvironmentFault) as refusal:
        complain(str(refusal))
    return 1


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Let the command line say how many front processes there are; else the environment does."""
    parser.add_argument(
        "--workers",
        type=_workers,
        # A text, so that it is read as what is typed is.
        default=os.environ.get(env.WORKERS) or "1",
        metavar="N",
        help=f"how many front processes share the port (1 to {env.MOST_WORKERS}; 1)",
    )


def port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _workers(text: str) -> int:
    try:
        return env.workers(text)
    except env.EnvironmentFault as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault
