"""`doorward web`: front processes that share a port, where database and set-up are elsewhere."""

import argparse
import os
import socket
import time
from contextlib import ExitStack
from pathlib import Path

from doorward.kit import env
from doorward.supervisor.front_door import open_port
from doorward.supervisor.installation import BETWEEN_LOOKS
from doorward.supervisor.main import add_workers, port
from doorward.supervisor.parts import Keeper, keep, stop_together
from doorward.supervisor.plan import FRONT_PATIENCE, fronts
from doorward.supervisor.refusal import Refusal
from doorward.supervisor.stopping import Stop, stopped_by_signals
from doorward.supervisor.terminal import complain, say


class Journal:
    """Says which process a front is: in a container nobody looks for files."""

    def write_pid(self, part: str, pid: int) -> None:
        say(f"{part} is process {pid}")

    def forget_pid(self, part: str) -> None:
        """Nothing is kept that would be wrong by now."""

    def log(self, part: str) -> Path | None:
        return None


def main(argv: list[str]) -> int:
    """Serve until a signal ends it; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="doorward web", description="Serve pages, API and connectors, on a given database."
    )
    parser.add_argument("--host", help=f"the address to listen on ({env.HOST}, 127.0.0.1)")
    parser.add_argument("--port", type=port, help=f"the port ({env.PORT}, 8000)")
    add_workers(parser)
    asked = parser.parse_args(argv)
    told = {env.HOST: asked.host, env.PORT: asked.port, env.WORKERS: asked.workers}
    variables = dict(os.environ) | {name: str(word) for name, word in told.items() if word}
    settings = env.Environment.read(variables)
    try:
        with stopped_by_signals(), open_port(settings.host, settings.port, 0) as door:
            _serve(settings, door)
    except Stop:
        return 0
    except Refusal as refusal:
        complain(str(refusal))
    return 1


def _serve(settings: env.Environment, door: socket.socket) -> None:
    environ = dict(os.environ) | settings.variables() | {"PYTHONUNBUFFERED": "1"}
    journal = Journal()
    keepers: list[Keeper] = []
    with ExitStack() as ends:
        ends.callback(stop_together, keepers, FRONT_PATIENCE)
        for part in fronts(settings.workers):
            keepers.append(keep(part, journal, environ, door))
            keepers[-1].start()
        say(f"Serving at {settings.base_url}")
        while True:
            for keeper in keepers:
                keeper.look()
            time.sleep(BETWEEN_LOOKS)
