"""One running installation: takes its folder, starts its parts in order, ends them in reverse."""

import base64
import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from doorward import __version__
from doorward.kit import env
from doorward.supervisor import leftovers
from doorward.supervisor.database import cluster_of, start_database
from doorward.supervisor.folder import SYSTEM_FOLDER, DataFolder, choose_path
from doorward.supervisor.front_door import answers, open_port
from doorward.supervisor.launch import launch
from doorward.supervisor.owner import database_owner
from doorward.supervisor.parts import (
    PART,
    Keeper,
    Part,
    Plan,
    PlanFor,
    end,
    keep,
    stop_together,
    tail,
)
from doorward.supervisor.preparation import is_prepared, note_prepared
from doorward.supervisor.refusal import Refusal
from doorward.supervisor.terminal import Demo, detail, say, step, welcome

ENVIRONMENT = "environment.json"
SUPERVISOR = "supervisor"
# After a kill the kernel may still be taking down what held the port.
PATIENCE_AFTER_A_KILL = 3.0
FRONT_IS_LATE = 30.0
BETWEEN_LOOKS = 0.1
BETWEEN_KNOCKS = 0.03


@dataclass(frozen=True)
class Options:
    """What the command line of `doorward run` says."""

    data: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    demo: bool = False
    fresh: bool = False


def supervise(options: Options, plan_for: PlanFor) -> None:
    """Start everything and keep it alive until something is raised; then end everything."""
    with ExitStack() as ends:
        folder, door = take_folder(options, ends)
        Installation(folder, door, options, ends).live(plan_for)


def take_folder(options: Options, ends: ExitStack) -> tuple[DataFolder, socket.socket]:
    """Take the folder and the port, before anything is changed or started."""
    owner = None if os.environ.get(env.DATABASE_URL) else database_owner()
    folder = DataFolder(choose_path(options.data, owner), owner)
    folder.settle_in()
    ends.callback(os.close, folder.lock())
    killed = _end_leftovers(folder)
    door = open_port(options.host, options.port, PATIENCE_AFTER_A_KILL if killed else 0)
    ends.callback(door.close)
    if options.fresh:
        folder.clear()
    folder.rotate_logs()
    folder.write_pid(SUPERVISOR, os.getpid())
    ends.callback(folder.forget_pid, SUPERVISOR)
    return folder, door


class Installation:
    """The parts of one data folder; `ends` holds how to end what was started so far."""

    def __init__(
        self, folder: DataFolder, door: socket.socket, options: Options, ends: ExitStack
    ) -> None:
        self._folder = folder
        self._door = door
        self._options = options
        self._ends = ends
        self._keepers: list[Keeper] = []

    def live(self, plan_for: PlanFor) -> None:
        say(f"Doorward {__version__}, data in {self._folder.path}")
        if self._options.data is None and self._folder.path == SYSTEM_FOLDER:
            detail("there, as the database's user cannot pass through the folder you are in")
        self._ends.callback(say, "Doorward has ended.")
        settings = self._settings()
        plan = plan_for(settings)
        environ = self._publish(settings)
        # A database of somebody else's may be anything by now.
        if not self._folder.owner:
            self._set_up(plan, environ)
        elif not is_prepared(self._folder, settings):
            self._set_up(plan, environ)
            note_prepared(self._folder, settings)
        self._ends.callback(say, "Ending ...")
        self._start_fronts(plan.fronts, environ)
        self._start((part for part in plan.others if not part.awaits_front), environ)
        self._await_front(settings, plan.fronts[0])
        self._start((part for part in plan.others if part.awaits_front), environ)
        self._welcome(settings)
        while True:
            self._look()
            time.sleep(BETWEEN_LOOKS)

    def _settings(self) -> env.Environment:
        """Return the settings of all parts, with the database running."""
        variables = dict(os.environ) | {
            env.DATA: str(self._folder.path),
            env.HOST: self._options.host,
            env.PORT: str(self._options.port),
            env.WORKERS: str(self._options.workers),
            env.DEMO: "1" if self._options.demo else "0",
        }
        if not variables.get(env.MASTER_KEY_FILE):
            variables[env.MASTER_KEY_FILE] = str(self._folder.secret("master.key", _new_key))
        if self._folder.owner:
            cluster = cluster_of(self._folder, self._folder.owner, self._options.workers)
            variables[env.DATABASE_URL] = cluster.url
            self._adopt(start_database(cluster, self._folder))
        return env.Environment.read(variables)

    def _publish(self, settings: env.Environment) -> dict[str, str]:
        """Leave the settings for `doorward manage`; return the environment of the parts."""
        variables = settings.variables()
        file = self._folder.write_private(ENVIRONMENT, json.dumps(variables))
        self._ends.callback(file.unlink, missing_ok=True)
        return dict(os.environ) | variables | {"PYTHONUNBUFFERED": "1"}

    def _set_up(self, plan: Plan, environ: dict[str, str]) -> None:
        """Run the set-up to its end, showing what it says."""
        path = self._folder.log("setup")
        with step("set up"), path.open("ab", buffering=0) as log:
            process = launch(plan.setup, log=log, environ=environ, stdout=subprocess.PIPE)
            try:
                for line in process.stdout or ():
                    log.write(line)
                    detail(line.decode(errors="replace").rstrip())
                process.wait()
            finally:
                end([process], patience=1)
        if process.returncode != 0:
            raise Refusal(f"the set-up failed.\n{tail(path)}\nMore stands in {path}.")

    def _start_fronts(self, fronts: Sequence[Part], environ: dict[str, str]) -> None:
        keepers = [keep(part, self._folder, environ, self._door) for part in fronts]
        self._ends.callback(stop_together, keepers, fronts[0].patience)
        for keeper in keepers:
            self._keepers.append(keeper)
            keeper.start()

    def _start(self, parts: Iterable[Part], environ: dict[str, str]) -> None:
        for part in parts:
            keeper = keep(part, self._folder, environ)
            self._adopt(keeper)
            keeper.start()

    def _adopt(self, keeper: Keeper) -> None:
        self._keepers.append(keeper)
        self._ends.callback(keeper.stop)

    def _await_front(self, settings: env.Environment, front: Part) -> None:
        """Return when a front answers, however long it takes; late is said once."""
        late = time.monotonic() + FRONT_IS_LATE
        with step("front answers"):
            while not answers(settings.host, settings.port):
                if time.monotonic() > late:
                    detail(
                        f"the front does not answer yet. Its log: {self._folder.log(front.name)}"
                    )
                    late = float("inf")
                self._look()
                time.sleep(BETWEEN_KNOCKS)

    def _look(self) -> None:
        for keeper in self._keepers:
            keeper.look()

    def _welcome(self, settings: env.Environment) -> None:
        told = self._folder.path / "demo.json"
        demo = Demo.read(told) if settings.demo and told.exists() else None
        accounts = self._folder.path / "accounts.json"
        welcome(settings.base_url, self._folder.path / "logs", demo=demo, accounts=accounts)


def _end_leftovers(folder: DataFolder) -> bool:
    """End parts that outlived a killed supervisor; return whether one was killed at all."""
    pids = folder.pids()
    for name, pid in pids.items():
        ours = {env.DATA: str(folder.path), PART: name}
        leftovers.end(leftovers.started_with([pid], ours))
        folder.forget_pid(name)
    return bool(pids)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
