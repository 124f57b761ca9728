"""A judge from elsewhere: pylocal-akuvox examines each model of the emulator (`make judge`).

It needs Python 3.13 and an environment of its own, so it is no part of the suite. It knows
nothing of this project: where it disagrees, the emulator is wrong or the page says why.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from pylocal_akuvox import AkuvoxDevice, AuthConfig, AuthMethod, run_capability_report

USER, PASSWORD = "admin", "httpapi"
DOOR_USER, DOOR_PASSWORD = "porter", "opens-doors"
# Opening in the older form: R20A refuses it, as the judge's own table says of that model.
MODELS = {"X916": True, "X915S": True, "E18C": True, "R20A": False, "A08S": True}


@contextmanager
def emulated(command: list[str], folder: Path) -> Iterator[dict[str, str]]:
    """Run an emulator with a device of each model; give their addresses."""
    devices = [
        {
            "name": model,
            "model": model,
            "mac": f"0C1105AABB{number:02X}",
            "port": 0,
            "scenario_port": 0,
            "user": USER,
            "password": PASSWORD,
            "relay_user": DOOR_USER,
            "relay_password": DOOR_PASSWORD,
        }
        for number, model in enumerate(MODELS)
    ]
    spec = folder / "spec.json"
    spec.write_text(json.dumps({"devices": devices}))
    process = subprocess.Popen(
        [*command, "--spec", str(spec), "--state", str(folder / "state")],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in MODELS]
        yield {line.split()[0]: line.split("api=http://")[1].split("/")[0] for line in lines}
    finally:
        process.terminate()
        process.wait(10)


async def judged(model: str, address: str) -> list[dict[str, str]]:
    """Return what the judge says of each of its tests."""
    auth = AuthConfig(method=AuthMethod.DIGEST, username=USER, password=PASSWORD)
    device = AkuvoxDevice(address, auth=auth, request_delay=0)
    report = await run_capability_report(
        device,
        write=True,
        open_door=MODELS[model],
        open_door_user=DOOR_USER,
        open_door_password=DOOR_PASSWORD,
    )
    return report["tests"]


async def main(command: list[str], wanted: list[str]) -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as folder, emulated(command, Path(folder)) as addresses:
        print(f"pylocal-akuvox {version('pylocal-akuvox')}")
        # One after another: the judge speaks by redirecting the process's own output.
        for model in wanted or MODELS:
            tests = await judged(model, addresses[model])
            counts = Counter(test["status"] for test in tests)
            said = ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))
            print(f"{model}: {said}")
            for test in tests:
                if test["status"] != "passed":
                    failed += test["status"] == "failed"
                    print(f"  {test['status']} {test['name']}: {test.get('reason', test)}")
    return min(failed, 1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emulator", default="doorward emulator", help="command that starts it")
    parser.add_argument("models", nargs="*", choices=[[], *MODELS])
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.emulator.split(), given.models)))
