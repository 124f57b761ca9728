"""A whole installation of its own for a measurement or a test: started, found, ended."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bench import shape

HERE = Path(__file__).parent.parent
START_SECONDS = 120
STOP_SECONDS = 15


@dataclass
class Installation:
    """A running `doorward run --demo`. Any: what its JSON files say."""

    data: Path
    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def demo(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.data / "demo.json").read_text(encoding="utf-8"))
        return told

    def account(self, role: str) -> dict[str, str]:
        found: dict[str, str] = next(a for a in self.demo["accounts"] if a["role"] == role)
        return found

    def pid(self, part: str) -> int:
        return self.pids(part)[0]

    def pids(self, part: str) -> list[int]:
        """Return the processes of a part: of several fronts, all of them."""
        run = self.data / "run"
        named = [run / f"{part}.pid", *sorted(run.glob(f"{part}-*.pid"))]
        found = [int(file.read_text(encoding="ascii")) for file in named if file.exists()]
        if not found:
            raise FileNotFoundError(f"no {part} runs now")
        return found

    def kill(self, part: str) -> None:
        """Kill a part, of several fronts all, as a lack of memory does: with SIGKILL."""
        for pid in self.pids(part):
            os.kill(pid, signal.SIGKILL)

    @property
    def database_is_ours(self) -> bool:
        """Whether its database is a part of it, and no server elsewhere."""
        return (self.data / "postgres").exists()

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: str = "installer",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Call the API as one of the demo's roles; return the status and the JSON answer."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.account(role)['token']}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        return _answer(request)

    def shell(self, script: str) -> str:
        """Run Python within the installation, where `bench` is at hand; return what it prints."""
        given = {name: word for name, word in os.environ.items() if name != "DATABASE_URL"}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "doorward.cli", "manage", "shell", "-v0", "-c", script],
            env={
                **given,
                "DOORWARD_DATA": str(self.data),
                "PYTHONPATH": os.pathsep.join([str(HERE), os.environ.get("PYTHONPATH", "")]),
            },
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def send_file(
        self, path: str, name: str, content: bytes, *, role: str = "installer", **fields: object
    ) -> tuple[int, Any]:
        """Send a file with fields to the API, as a form in a browser does."""
        edge = "a-line-that-no-file-has"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = "".join(parts).encode() + f"--{edge}\r\n{head}".encode()
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method="POST",
            data=body + content + f"\r\n--{edge}--\r\n".encode(),
            headers={
                "Authorization": f"Bearer {self.account(role)['token']}",
                "Content-Type": f"multipart/form-data; boundary={edge}",
            },
        )
        return _answer(request)

    def scenario(self, device: int, path: str, body: object = None) -> Any:
        """Ask a pretend device, by its place in the demo, to do or tell something."""
        url = f"{self.demo['devices'][device]['scenario']}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            url, data=data, headers={"Content-Type": "application/json"}
        )
        return _answer(request)[1]


@contextmanager
def running_installation(
    *options: str, data: Path | None = None, demo: bool = True
) -> Iterator[Installation]:
    """Start an installation on a free port and end it; without `data` it leaves nothing."""
    if data is None:
        with tempfile.TemporaryDirectory(prefix="doorward-") as folder:
            Path(folder).chmod(0o711)
            with running_installation(*options, data=Path(folder), demo=demo) as installation:
                yield installation
        return
    installation = start(data, *options, demo=demo)
    try:
        yield installation
    finally:
        stop(installation.process)
        shape.forget(data)


def start(data: Path, *options: str, demo: bool = True) -> Installation:
    """Start an installation and wait until its sign-in page answers."""
    port = free_port()
    words = ["run", "--port", str(port), "--data", str(data), *shape.options(options), *options]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DOORWARD_")}
    # Who measures asks faster than a caller of the API may.
    environment["DOORWARD_API_REQUESTS_A_MINUTE"] = "1000000"
    for stray in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        environment.pop(stray, None)
    environment |= shape.environment(data)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "doorward.cli", *words, *(["--demo"] if demo else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
    )
    installation = Installation(data, port, process)
    try:
        _await_sign_in(installation)
    except BaseException:
        # All that it has started ends with it.
        process.kill()
        process.wait()
        raise
    return installation


def stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_sign_in(installation: Installation) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if installation.process.poll() is not None:
            told = installation.process.stdout.read() if installation.process.stdout else b""
            raise RuntimeError(f"the installation ended: {told.decode()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{installation.base}/sign-in/", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError("the sign-in page did not answer")


def _answer(request: urllib.request.Request) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
            return answer.status, json.loads(text) if text else None
    except urllib.error.HTTPError as refusal:
        text = refusal.read()
        try:
            return refusal.code, json.loads(text)
        except ValueError:
            return refusal.code, text.decode(errors="replace")
