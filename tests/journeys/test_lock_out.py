"""Waits after wrong passwords outlive the whole installation, killed with its database."""

import os
import re
import signal
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from bench import shape
from bench.installation import Installation, start, stop

from tests.journeys.on_site import eventually

pytestmark = pytest.mark.process

WRONG = "not-the-password"


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder through which the database's own user can pass."""
    with tempfile.TemporaryDirectory(prefix="doorward-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)
        shape.forget(Path(folder))


def test_a_guesser_waits_on_after_everything_was_killed(data: Path) -> None:
    first = start(data)
    account = first.account("installer")
    assert [sign_in(first, account["login"], WRONG) for _ in range(5)] == [422] * 5
    assert sign_in(first, account["login"], account["password"]) == 429
    pids = [int(file.read_text(encoding="ascii")) for file in (data / "run").glob("*.pid")]
    first.process.kill()
    for pid in pids:
        kill(pid)
    first.process.wait()
    eventually(lambda: not any(map(is_alive, pids)), "everything is dead")
    second = start(data)
    try:
        assert sign_in(second, account["login"], account["password"]) == 429
    finally:
        stop(second.process)


def sign_in(installation: Installation, login: str, password: str) -> int:
    """Sign in in a browser that nobody knows; return what the page answers."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = f"{installation.base}/sign-in/"
    with browser.open(page, timeout=30) as shown:
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', shown.read().decode())
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "login": login, "password": password}
    request = urllib.request.Request(
        page, urllib.parse.urlencode(fields).encode(), {"Referer": installation.base}
    )
    try:
        with browser.open(request, timeout=30) as answer:
            status: int = answer.status
    except urllib.error.HTTPError as refusal:
        status = refusal.code
    return status


def kill(pid: int) -> None:
    if is_alive(pid):
        os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that is dead and not yet buried does not."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return False
    return told.rpartition(")")[2].split()[0] != "Z"
