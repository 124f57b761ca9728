"""The command `doorward`: finds the module of a subcommand and hands over."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from doorward import __version__
from doorward.kit.env import DATA, DATABASE_URL, EnvironmentFault

# Each module has a `main(argv: list[str]) -> int`. They are imported on demand: the connector and
# the emulator run where Django is not installed.
COMMANDS = {
    "run": ("doorward.supervisor.main", "start an installation and keep it alive"),
    "web": ("doorward.supervisor.web", "serve pages, API and connectors on a given database"),
    "front": ("doorward.front", "be one of the processes of `web`"),
    "worker": ("doorward.worker", "do the jobs"),
    "setup": ("doorward.setup", "bring the database up to date"),
    "demo-data": ("doorward.demo.sizes.command", "add sites, people, doors and their log"),
    "audit": ("doorward.audit", "say whether the audit trail stands as it was written"),
    "manage": ("doorward.manage", "run a management command"),
    "healthy": ("doorward.healthy", "say by the exit code whether a part is well"),
    "connector": ("doorward.connector.main", "speak with the devices of a site"),
    "emulator": ("doorward.emulator.main", "pretend to be devices"),
}

OF_DJANGO = {"front", "worker", "setup", "demo-data", "audit"}
# These find by themselves the installation that runs here.
JOINING = {"manage", "demo-data", "audit"}


def main(argv: list[str] | None = None) -> int:
    words = sys.argv[1:] if argv is None else argv
    if words[:1] == ["--version"]:
        print(f"Doorward {__version__}")
        return 0
    if not words or words[0] not in COMMANDS:
        print(_usage(), file=sys.stdout if words[:1] in ([], ["--help"]) else sys.stderr)
        return 0 if words[:1] in ([], ["--help"]) else 2
    try:
        return _hand_over(words[0], words[1:])
    except EnvironmentFault as fault:
        print(f"doorward: {fault}", file=sys.stderr)
        return 2


def _hand_over(command: str, argv: list[str]) -> int:
    if command in JOINING:
        _join_running_installation()
    if command in OF_DJANGO:
        # Models can be imported only once Django is set up.
        import_module("doorward.wsgi")
    module, _ = COMMANDS[command]
    code: int = import_module(module).main(argv)
    return code


def _join_running_installation() -> None:
    """Take the settings of the installation that runs on DOORWARD_DATA, or on `var` here."""
    file = Path(os.environ.get(DATA) or "var") / "run" / "environment.json"
    if DATABASE_URL not in os.environ and file.exists():
        os.environ.update(json.loads(file.read_text(encoding="utf-8")))


def _usage() -> str:
    lines = [f"  {name:<11}{purpose}" for name, (_, purpose) in COMMANDS.items()]
    return "\n".join(["usage: doorward COMMAND [OPTIONS]", "", *lines])


if __name__ == "__main__":
    sys.exit(main())
