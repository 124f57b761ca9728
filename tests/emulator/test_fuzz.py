"""Whatever comes over the wire is answered, and never by a traceback."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp.http_exceptions import HttpProcessingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorward.emulator import api, open_door
from doorward.emulator.action_urls import substituted
from doorward.emulator.auth import Account, Nonces, Request, basic_verdict, digest_verdict
from doorward.emulator.device import Device
from doorward.emulator.dirt import printed
from doorward.emulator.envelope import Call, named_in, read_post
from doorward.emulator.main import Emulator
from doorward.emulator.profile import PROFILES
from doorward.emulator.quirks import Quirk
from doorward.emulator.refusal import Rejected, UnknownCall
from doorward.emulator.scenario.given import Mistake, read_body
from doorward.emulator.spec import DeviceSpec, SpecError, read_spec
from doorward.emulator.web_page import WebPage

from .conftest import LOBBY, MAC

slow = settings(max_examples=100, deadline=None)
quick = settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
TARGETS = (
    *("system", "config", "relay", "input", "user", "schedule", "contact", "group", "doorlog"),
    "calllog",
)
ACTIONS = ["get", "set", "add", "del", "clear", "status", "trig", "info"]
FIELDS = (
    *("ID", "UserID", "Name", "CardCode", "PrivatePIN", "ScheduleRelay", "Schedule", "Group"),
    *("Type", "TimeStart", "DateStart", "Mon", "num", "delay", "level", "mode", "page", "item"),
    *("Config.DoorSetting.RELAY.HoldDelayA", "Config.DoorSetting.APIFCGI.Password", "filter"),
)
targets = st.sampled_from(TARGETS)
actions = st.sampled_from(ACTIONS)
fields = st.sampled_from(FIELDS)
rows = st.dictionaries(fields, json_values | st.from_regex(r"[0-9A-F;,:-]{0,12}", fullmatch=True))
datas = rows | st.builds(lambda items: {"item": items}, st.lists(rows | json_values, max_size=4))


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Device]]:
    """One device of each model, with a loop for their timers."""
    with asyncio.Runner() as runner:

        async def made() -> list[Device]:
            folder = tmp_path_factory.mktemp("fuzz")
            spec = LOBBY.__dict__
            return [
                Device(DeviceSpec(**spec | {"model": model}), folder / model) for model in PROFILES
            ]

        devices = runner.run(made())
        yield devices
        for device in devices:
            device.store.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(target=targets, action=actions, data=datas, model=st.integers(0, len(PROFILES) - 1))
@slow
def test_every_call_is_answered_in_words(
    devices: list[Device], target: str, action: str, data: dict[str, object], model: int
) -> None:
    async def asked() -> bytes:
        reply = api.answer(devices[model], Call(target, action, data, writes=True))
        devices[model].drop()
        return printed(reply, ())

    reply = json.loads(asyncio.run(asked()))
    assert set(reply) == {"retcode", "action", "message", "data"}


@given(body=st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
@slow
def test_every_body_is_read_or_refused(body: bytes) -> None:
    for wants_envelope in (True, False):
        try:
            call = read_post(("user", "get"), body, wants_envelope=wants_envelope)
        except (Rejected, UnknownCall):
            continue
        assert call.target
        assert call.action


@given(path=st.text())
@slow
def test_every_path_is_one_or_none(path: str) -> None:
    assert named_in(path) is None or len(named_in(path) or ()) == 2


@given(header=st.text() | st.from_regex(r"Digest (\w+=\"?[ -~]{0,12}\"?, ?){0,9}"))
@slow
def test_every_authorization_is_judged(header: str) -> None:
    account = Account("admin", "httpapi")
    request = Request("GET", "/api/", b"", header)
    assert digest_verdict(request, account, Nonces(60), "0", 0).value == "refused"
    assert basic_verdict(header, account).value in ("refused", "welcome")


@given(query=st.dictionaries(st.sampled_from([*open_door.FIELDS]), st.text()))
@slow
def test_every_way_to_open_has_a_code(devices: list[Device], query: dict[str, str]) -> None:
    async def asked() -> int:
        opened = [open_door.old_form(device, query) for device in devices]
        opened += [open_door.new_form(device, query) for device in devices]
        for device in devices:
            device.drop()
        return max(one.code for one in opened)

    assert asyncio.run(asked()) <= 0


@given(form=st.text(), page=st.sampled_from([["1"], ["130", "16"], []]))
@slow
def test_every_form_of_the_web_page_is_answered(
    devices: list[Device], form: str, page: list[str]
) -> None:
    spelled = f"Operation=CreateSession&Password={form}&cPassword={form}"
    assert "input" in WebPage(devices[0]).sent(page, spelled, "")


@given(template=st.text(), value=st.text())
@slow
def test_every_template_can_be_filled(template: str, value: str) -> None:
    assert isinstance(substituted(template, {"mac": value}), str)


@given(data=datas, quirks=st.sets(st.sampled_from(Quirk)))
@slow
def test_the_dirtiest_reply_can_be_printed(data: dict[str, object], quirks: set[Quirk]) -> None:
    from_device = api.Reply("get", data=data)
    assert printed(from_device, quirks).startswith(b"{")


@given(raw=st.binary())
@slow
def test_every_scenario_body_is_an_object_or_a_mistake(raw: bytes) -> None:
    with suppress(Mistake):
        assert isinstance(read_body(raw), dict)


@given(content=json_values | st.builds(lambda one: {"devices": [one]}, json_values))
@slow
def test_every_spec_is_read_or_refused(folder: Path, content: object) -> None:
    path = folder / "spec.json"
    path.write_text(json.dumps(content))
    with pytest.raises(SpecError):
        read_spec(path)


@given(
    requests=st.lists(
        st.binary(max_size=60)
        | st.builds(
            lambda method, path, header: (
                method + b" /" + path + b" HTTP/1.1\r\nHost: x\r\n" + header
            ),
            st.sampled_from([b"GET", b"POST", b"PUT", b"G\xff"]),
            st.binary(max_size=20),
            st.sampled_from([b"", b"Authorization: Digest \xff=\r\n", b"Content-Length: -1\r\n"]),
        ),
        min_size=10,
        max_size=10,
    )
)
@quick
def test_any_bytes_on_the_socket_leave_the_device_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, requests: list[bytes]
) -> None:
    async def knocked() -> bytes:
        emulator = Emulator([LOBBY], tmp_path)
        await emulator.start()
        port = emulator.devices[MAC].port
        for raw in requests:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(raw + b"\r\n\r\n")
            await writer.drain()
            writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/system/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        await emulator.stop()
        return answer

    with caplog.at_level(logging.ERROR):
        assert asyncio.run(knocked()).startswith(b"HTTP/1.1 200")
    # What is no HTTP is refused, and told of, by the server under us.
    told = [record.exc_info[0] for record in caplog.records if record.exc_info]
    assert [kind for kind in told if not issubclass(kind or object, HttpProcessingError)] == []
