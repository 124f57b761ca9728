"""What devices call: written into their settings, heard once, believed only with its token."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorward.connector import worker
from doorward.connector.action_urls import Bucket
from doorward.connector.sensors import DOUBLE_SECONDS
from doorward.protocols.neutral import (
    AlarmKind,
    AlarmRaised,
    AlarmsOver,
    AssignDevices,
    BadgeScanned,
    FindingCode,
    InputChanged,
    Report,
)
from tests.connector.conftest import MAC, Connector, DoorPhone, assigned
from tests.connector.fake_cloud import FakeCloud

KEYS = "Config.Features.ACTIONURL."


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a connector that starts now look at its devices again and again at once."""
    monkeypatch.setattr(worker, "POLL_SECONDS", 0.05)


@pytest.fixture
async def calling(
    restless: None,
    connector: Connector,
    cloud: FakeCloud,
    phone: DoorPhone,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Return where the phone was told to call; from then on nothing but a call wakes anybody."""
    await assigned(cloud, phone)
    await cloud.until(lambda: phone.at.device.settings[f"{KEYS}DoorLog"])
    await asyncio.sleep(0.3)
    for seconds in ("POLL_SECONDS", "INPUTS_SECONDS"):
        monkeypatch.setattr(worker, seconds, 3600.0)
    # Whoever rests goes on once in the old rhythm.
    await asyncio.sleep(0.5)
    return phone.at.device.settings[f"{KEYS}DoorLog"].rpartition("/")[0]


def told(cloud: FakeCloud, kind: type[Report]) -> list[Report]:
    return [frame.body for frame in cloud.stored if isinstance(frame.body, kind)]


async def ask(url: str, head: str = "") -> str:
    """Send one request by hand; return the status line, empty where nobody answered."""
    place, _, path = url.removeprefix("http://").partition("/")
    host, port = place.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write((head or f"GET /{path} HTTP/1.1\r\nHost: x\r\n\r\n").encode())
    line = await asyncio.wait_for(reader.readline(), 6)
    writer.close()
    return line.decode().strip()


async def test_a_device_is_told_where_to_call(calling: str, phone: DoorPhone) -> None:
    settings = phone.at.device.settings
    assert settings[f"{KEYS}Enable"] == "1"
    assert settings[f"{KEYS}InputBreakIn"].startswith(f"{calling}/InputBreakIn?m=$mac&i1=")
    assert settings[f"{KEYS}MotionDetect"] == ""
    assert not any("$code" in value for value in settings.values())


async def test_a_swipe_is_read_at_once_and_not_after_the_period(
    calling: str, cloud: FakeCloud, phone: DoorPhone
) -> None:
    await phone.do("swipe", card="C10D0001")
    await cloud.until(lambda: told(cloud, BadgeScanned), seconds=2)


async def test_alarms_are_told_as_what_they_are(
    calling: str, cloud: FakeCloud, phone: DoorPhone
) -> None:
    await phone.do("open_door", door=1)
    await phone.do("tamper")
    await phone.do("fire_input", input=3)
    await cloud.until(lambda: len(told(cloud, AlarmRaised)) == 2, seconds=3)
    raised = {alarm.kind: alarm.inputs for alarm in told(cloud, AlarmRaised)}  # type: ignore[union-attr]
    assert raised[AlarmKind.FORCED] == (2,)
    assert AlarmKind.TAMPER in raised
    await cloud.until(
        lambda: (
            {(one.input, one.on) for one in told(cloud, InputChanged)}  # type: ignore[union-attr]
            == {(2, True), (3, True)}
        ),
        seconds=3,
    )


async def test_an_input_that_goes_back_is_told(
    calling: str, cloud: FakeCloud, phone: DoorPhone
) -> None:
    await phone.do("fire_input", input=3)
    await phone.do("fire_input", input=3, on=False)
    await cloud.until(lambda: len(told(cloud, InputChanged)) == 2, seconds=3)
    assert [one.on for one in told(cloud, InputChanged)] == [True, False]  # type: ignore[union-attr]


async def test_a_mended_tamper_is_over_with_the_next_call(
    calling: str, cloud: FakeCloud, phone: DoorPhone
) -> None:
    await phone.do("tamper")
    await cloud.until(lambda: told(cloud, AlarmRaised), seconds=3)
    await phone.do("tamper", on=False)
    await asyncio.sleep(DOUBLE_SECONDS + 0.1)
    await phone.do("swipe", card="C10D0001")
    await cloud.until(lambda: told(cloud, AlarmsOver), seconds=3)


async def test_a_call_that_is_made_twice_counts_once(
    calling: str, cloud: FakeCloud, phone: DoorPhone
) -> None:
    for _ in range(3):
        assert await ask(f"{calling}/AlarmTriggered?m={MAC}&a=1") == "HTTP/1.1 200 OK"
    await cloud.until(lambda: told(cloud, AlarmRaised), seconds=3)
    await asyncio.sleep(0.3)
    assert len(told(cloud, AlarmRaised)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/h/wrong/AlarmTriggered",
        "/h/",
        "/",
        "/h",
        "{token}",
        "{token}/",
        "{token}/Reboot",
        "{token}/AlarmTriggered?m=0C1105FFFFFF",
    ],
)
async def test_what_is_not_a_devices_call_is_not_there(
    calling: str, cloud: FakeCloud, path: str
) -> None:
    base = calling.partition("/h/")[0]
    url = path.replace("{token}", calling) if "{" in path else base + path
    assert await ask(url) == "HTTP/1.1 404 Not Found"
    assert told(cloud, AlarmRaised) == []


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        ("PUT /h/x HTTP/1.1\r\n\r\n", "405"),
        ("nonsense\r\n\r\n", "400"),
        ("GET /h/\x00 HTTP/1.1\r\n\r\n", "405"),
        ("POST /h/x HTTP/1.1\r\nContent-Length: 999999\r\n\r\n", "413"),
        ("GET /h/x HTTP/1.1\r\nX: " + "y" * 9000, "431"),
        ("GET /h/x HTTP/1.1\r\nHost: x", ""),
    ],
)
async def test_hostile_input_is_refused(calling: str, head: str, answer: str) -> None:
    assert answer in await ask(calling, head)


async def test_guessing_is_slowed_down(calling: str) -> None:
    base = calling.partition("/h/")[0]
    answers = [await ask(f"{base}/h/{'x' * 43}/DoorLog") for _ in range(25)]
    assert answers[0].startswith("HTTP/1.1 404")
    assert answers[-1].startswith("HTTP/1.1 429")
    # A stranger's guesses are no reason not to hear a device.
    assert await ask(f"{calling}/DoorLog?m={MAC}") == "HTTP/1.1 200 OK"


async def test_a_post_is_heard_like_a_get(calling: str, cloud: FakeCloud) -> None:
    path = "/" + calling.removeprefix("http://").partition("/")[2]
    head = f"POST {path}/AlarmTriggered/mac={MAC} HTTP/1.1\r\nContent-Length: 3\r\n\r\na=b"
    assert "200" in await ask(calling, head)
    await cloud.until(lambda: told(cloud, AlarmRaised), seconds=3)


async def test_a_url_of_somebody_else_is_found_and_left(
    connector: Connector, cloud: FakeCloud, phone: DoorPhone
) -> None:
    theirs = "http://127.0.0.1:9/panic"
    phone.at.device.settings.put({f"{KEYS}AlarmTriggered": theirs, f"{KEYS}Enable": "1"})
    await assigned(cloud, phone)
    await cloud.until(lambda: phone.at.device.settings[f"{KEYS}DoorLog"])
    assert phone.at.device.settings[f"{KEYS}AlarmTriggered"] == theirs

    def found() -> bool:
        findings = cloud.states[-1].devices[0].findings
        return any(
            one.code == FindingCode.ACTION_URL_TAKEN and one.facts == ("AlarmTriggered",)
            for one in findings
        )

    await cloud.until(found)


async def test_an_alarm_waits_for_a_cloud_that_is_away(
    calling: str, cloud: FakeCloud, phone: DoorPhone
) -> None:
    await cloud.stop()
    await phone.do("tamper")
    await asyncio.sleep(1.0)
    back = datetime.now(UTC)
    await cloud.start()
    await cloud.until(lambda: told(cloud, AlarmRaised), seconds=20)
    (alarm,) = told(cloud, AlarmRaised)
    assert alarm.at < back


async def test_no_secret_stands_in_the_log(
    calling: str, phone: DoorPhone, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    await ask(f"{calling}/ValidCodeEntered?code=583914&m={MAC}")
    token = calling.rpartition("/")[2]
    assert token not in caplog.text
    assert "583914" not in caplog.text
    kept = (tmp_path / "site" / "spool.db").read_bytes()
    assert token.encode() not in kept
    assert b"583914" not in kept


def test_a_bucket_fills_again() -> None:
    bucket = Bucket(2, 1.0)
    assert [bucket.take(0.0) for _ in range(3)] == [True, True, False]
    assert bucket.take(1.0)
    assert not bucket.take(1.0)


async def test_a_device_that_goes_forgets_its_address(
    calling: str, cloud: FakeCloud, phone: DoorPhone
) -> None:
    await cloud.order("r2", AssignDevices(()))
    await asyncio.sleep(0.5)
    assert "404" in await ask(f"{calling}/DoorLog?m={MAC}")
