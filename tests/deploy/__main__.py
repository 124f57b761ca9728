"""Run a command in the shape of separate processes: `python -m tests.deploy pytest tests/journeys`.

It finds in DATABASE_URL a PostgreSQL outside of all installations, by a role that may create
databases, and has each installation that it starts run with two front processes.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deploy.outside import outside_database

FRONTS = "2"
# Several installations at once, each with a pool for every process.
CONNECTIONS = 500


def main(command: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="doorward-") as folder:
        Path(folder).chmod(0o711)
        with outside_database(Path(folder), connections=CONNECTIONS, may_create=True) as outside:
            environ = {"DATABASE_URL": outside.with_password, "DOORWARD_TEST_WORKERS": FRONTS}
            return subprocess.run(command, env=os.environ | environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
