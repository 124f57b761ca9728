"""Which parts an installation has, as data."""

import sys

from doorward.kit.env import Environment, base_url
from doorward.supervisor.parts import Part, Plan

# -P: the current folder is not where Doorward's modules are looked for.
DOORWARD = (sys.executable, "-P", "-m", "doorward.cli")
FRONT_PATIENCE = 2.5


def doorward_plan(settings: Environment) -> Plan:
    """Return the parts of Doorward; the demo adds its devices and the connector beside them."""
    worker = Part("worker", (*DOORWARD, "worker"), patience=2.0)
    demo = (_emulator(settings), _connector(settings)) if settings.demo else ()
    return Plan(setup=(*DOORWARD, "setup"), fronts=fronts(settings.workers), others=(worker, *demo))


def fronts(count: int) -> tuple[Part, ...]:
    """Return so many front processes, which share a port; a sole one needs no number."""
    names = ["front"] if count == 1 else [f"front-{place}" for place in range(1, count + 1)]
    command = (*DOORWARD, "front")
    return tuple(Part(name, command, patience=FRONT_PATIENCE, serves=True) for name in names)


def _emulator(settings: Environment) -> Part:
    state = settings.data / "emulator"
    command = ("emulator", "--spec", str(state / "spec.json"), "--state", str(state))
    return Part("emulator", (*DOORWARD, *command), patience=1.0, on_site=True)


def _connector(settings: Environment) -> Part:
    data = settings.data / "connector"
    cloud = base_url(settings.host, settings.port).replace("http", "ws", 1) + "/link"
    command = ("connector", "--cloud", cloud, "--data", str(data), "--calls", "127.0.0.1:0")
    code = ("--code-file", str(data / "code"))
    return Part("connector", (*DOORWARD, *command, *code), awaits_front=True, on_site=True)
