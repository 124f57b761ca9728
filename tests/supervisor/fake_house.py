"""An installation with pretend parts, run by the tests as a process of its own."""

import os
import sys
from dataclasses import replace

from doorward.kit.env import Environment
from doorward.supervisor import main
from doorward.supervisor.parts import Part, Plan
from doorward.supervisor.plan import fronts

PYTHON = (sys.executable, "-I", "-S")
FRONT = """
import http.server, os, socket, sys
class Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ["DOORWARD_PART"].encode())
    def log_message(self, *words): pass
server = http.server.HTTPServer(("", 0), Healthy, bind_and_activate=False)
server.socket = socket.socket(fileno=int(sys.argv[sys.argv.index("--socket") + 1]))
server.serve_forever()
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
SLEEPER = "import time; time.sleep(600)"
SETUPS = {
    "good": "print('floors poured')",
    "slow": "import time; print('pouring', flush=True); time.sleep(600)",
    "bad": "import sys; sys.exit('the ground is frozen')",
}


def pretend_plan(settings: Environment) -> Plan:
    setup = SETUPS[os.environ.get("PRETEND_SETUP", "good")]
    # As the real ones are named, with another command.
    shown = fronts(settings.workers)
    pretended = tuple(replace(part, command=(*PYTHON, "-c", FRONT)) for part in shown)
    worker = Part("worker", (*PYTHON, "-c", DEAF), patience=0.5)
    connector = Part("connector", (*PYTHON, "-c", SLEEPER), awaits_front=True)
    return Plan((*PYTHON, "-c", setup), pretended, (worker, connector))


if __name__ == "__main__":
    sys.exit(main.main(sys.argv[1:], plan_for=pretend_plan))
