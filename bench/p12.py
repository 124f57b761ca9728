"""P12, start: from `doorward run` on a prepared folder with a million people to the sign-in page,
against a bare Python that imports Django.

The functional check of the run: the page that answers is the sign-in page.
"""

import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.figure import Sample, interleave, line, sample, sized
from bench.installation import start, stop

SITES, PEOPLE = sized(1_000), 1_000
GOAL = "≤ 5,000 ms"


def measure() -> str:
    with tempfile.TemporaryDirectory(prefix="doorward-") as folder:
        data = Path(folder)
        data.chmod(0o711)
        # The first start makes the database; it is what prepares the folder.
        first = start(data)
        first.shell(f"from bench import crowd; crowd.sites({SITES}, each={PEOPLE})")
        stop(first.process)
        return line(
            f"P12 start among {SITES * PEOPLE:,} people",
            *interleave(lambda: _start(data), _import_django),
            GOAL,
        )


def _start(data: Path) -> Sample:
    begun = time.perf_counter()
    installation = start(data)
    took = (time.perf_counter() - begun) * 1000
    try:
        with urllib.request.urlopen(f"{installation.base}/sign-in/", timeout=5) as page:
            if b'name="login"' not in page.read():
                raise AssertionError("what answers is no sign-in page: the figure is void")
    finally:
        stop(installation.process)
    return sample([took])


def _import_django() -> Sample:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import django.db.models"], check=True)
    return sample([(time.perf_counter() - begun) * 1000])
