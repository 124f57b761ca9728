"""Which parts an installation has, as data."""

import sys

from doorward.kit.env import Environment, base_url
from doorward.supervisor.parts import Part, Plan

# -P: the current folder is not where Doorward's modules are looked for.
DOORWARD = (sys.executable, "-P", "-m", "doorward.cli")


def doorward_plan(settings: Environment) -> Plan:
    """Return the parts of Doorward; the demo adds its devices and the connector beside them."""
    front = Part("front", (*DOORWARD, "front"), patience=2.5)
    worker = Part("worker", (*DOORWARD, "worker"), patience=2.0)
    demo = (_emulator(settings), _connector(settings)) if settings.demo else ()
    return Plan(setup=(*DOORWARD, "setup"), front=front, others=(worker, *demo))


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
