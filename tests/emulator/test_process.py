"""The command as a process: spec, ready lines, signals, and a kill."""

import asyncio
import json
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from doorward.emulator.main import main
from doorward.emulator.spec import SpecError, read_spec

DEVICE: dict[str, Any] = {
    "name": "Lobby",
    "model": "X916",
    "firmware": "916.30.10.114",
    "mac": "0C1105AABB01",
    "port": 0,
    "scenario_port": 0,
    "auth_mode": "none",
    "user": "admin",
    "password": "httpapi",
    "relays": 2,
}


def spec_file(folder: Path, *devices: object) -> Path:
    path = folder / "spec.json"
    path.write_text(json.dumps({"devices": devices}))
    return path


async def launch(folder: Path) -> tuple[Process, str]:
    """Start the command; return the process and the address of its first device."""
    code = "import sys; from doorward.emulator.main import main; sys.exit(main(sys.argv[1:]))"
    spec = spec_file(folder, DEVICE)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, "--spec", spec, "--state", folder / "state", stdout=PIPE
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
    assert line.startswith("Lobby X916 0C1105AABB01 api=http://127.0.0.1:")
    return process, line.split("api=")[1].split()[0]


@pytest.mark.process
async def test_a_process_ends_soon_even_with_a_call_in_the_air(tmp_path: Path) -> None:
    process, address = await launch(tmp_path)
    _, writer = await asyncio.open_connection("127.0.0.1", int(address.split(":")[2][:-5]))
    writer.write(b"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    await writer.drain()
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 5) == 0
    assert time.monotonic() - began < 2
    writer.close()


@pytest.mark.process
async def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    process, address = await launch(tmp_path)
    body = {"target": "user", "action": "add", "data": {"item": [{"UserID": "1", "Name": "Ada"}]}}
    async with aiohttp.ClientSession() as session, session.post(address, json=body) as response:
        assert (await response.json(content_type=None))["retcode"] == 1
    process.kill()
    await process.wait()
    again, address = await launch(tmp_path)
    async with aiohttp.ClientSession() as session, session.get(f"{address}user/get") as response:
        assert (await response.json(content_type=None))["data"]["num"] == 1
    again.terminate()
    assert await again.wait() == 0


def test_a_spec_is_read_with_its_defaults(tmp_path: Path) -> None:
    (device,) = read_spec(spec_file(tmp_path, DEVICE))
    assert (device.name, device.reboot_seconds, device.foreign_users) == ("Lobby", 3.0, 0)


@pytest.mark.parametrize(
    ("devices", "mend"),
    [
        ([], "at least one device"),
        ([7], "a device is an object"),
        ([DEVICE | {"colour": "red"}], "unknown device keys: colour"),
        ([DEVICE | {"port": "9101"}], "port: wants a int"),
        ([DEVICE | {"port": 70_000}], "a port is a number"),
        ([DEVICE | {"mac": "0c:11"}], "twelve upper-case hex digits"),
        ([DEVICE | {"model": "Z1"}], "model 'Z1'"),
        ([DEVICE | {"auth_mode": "token"}], "auth_mode"),
        ([DEVICE | {"relays": 5}], "1 to 4 relays"),
        ([{"name": "Lobby"}], "is missing"),
        ([DEVICE, DEVICE], "the same mac"),
    ],
)
def test_a_spec_to_mend_says_where(tmp_path: Path, devices: list[object], mend: str) -> None:
    with pytest.raises(SpecError, match=mend):
        read_spec(spec_file(tmp_path, *devices))


def test_a_spec_to_mend_ends_the_command_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.json"
    assert main(["--spec", str(missing), "--state", str(tmp_path)]) == 2
    assert "cannot read missing.json" in capsys.readouterr().err
