"""Action URLs: which keys are written, and what is read of a call."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.protocols.akuvox import action_url
from doorward.protocols.akuvox.action_url import ENABLE, KEYS, Told
from doorward.protocols.neutral import AlarmKind

TOKEN = "t" * 43
BASE = f"http://192.168.100.100:8088/h/{TOKEN}"
MAC = "0C1105AABB01"


def config(**urls: str) -> dict[str, str]:
    told = ("DoorLog", "InputBreakIn", "InputATriggered", "InputAClosed", "MotionDetect")
    return {ENABLE: "0", **{f"{KEYS}{name}": urls.get(name, "") for name in told}}


def test_only_keys_that_the_device_has_are_written() -> None:
    wish = action_url.wish(config(), BASE)
    assert sorted(wish.keys) == sorted(
        [
            *(f"{KEYS}{one}" for one in ("DoorLog", "InputATriggered", "InputAClosed")),
            *(ENABLE, f"{KEYS}InputBreakIn"),
        ]
    )
    assert wish.keys[ENABLE] == "1"
    assert wish.taken == ()


def test_what_stands_there_already_is_not_written_again() -> None:
    held = {**config(), **action_url.wish(config(), BASE).keys}
    assert action_url.wish(held, BASE).keys == {}


def test_no_url_asks_for_a_code_or_is_too_long() -> None:
    full = {
        f"{KEYS}Input{letter}{moved}": "" for letter in "ABCD" for moved in ("Triggered", "Closed")
    } | config()
    for url in action_url.wish(full, BASE).keys.values():
        assert len(url) < 256
        assert not {"code", "card", "qr", "name", "user"} & set(url.lower().split("$"))
        assert "$code" not in url
        assert "$card_sn" not in url


def test_a_url_of_somebody_else_stays_and_is_told() -> None:
    held = {**config(DoorLog="http://ha.local/hook?x=$userid"), ENABLE: "1"}
    wish = action_url.wish(held, BASE)
    assert f"{KEYS}DoorLog" not in wish.keys
    assert wish.taken == ("DoorLog",)


def test_calls_that_somebody_switched_off_are_not_switched_on() -> None:
    wish = action_url.wish(config(MotionDetect="http://ha.local/hook"), BASE)
    assert wish.keys == {}
    assert wish.taken == ("Enable",)


def test_a_url_of_ours_with_an_older_token_is_written_over() -> None:
    older = f"http://10.0.0.1:8088/h/{'x' * 43}/DoorLog?m=$mac"
    wish = action_url.wish({**config(DoorLog=older), ENABLE: "1"}, BASE)
    assert f"{KEYS}DoorLog" in wish.keys


def test_a_call_is_read_in_both_notations() -> None:
    said = Told(MAC, None, 2, on=True, inputs={1: False, 2: True}, alarmed=False)
    assert action_url.read(f"InputBTriggered?m={MAC}&i1=0&i2=1&a=0") == said
    path = f"InputBTriggered/mac={MAC}:input1status=0:input2status=1:alarmstatus=0"
    assert action_url.read(path) == said


def test_a_mac_with_colons_is_read_in_the_path() -> None:
    told = action_url.read("AlarmTriggered/mac=0C:11:05:AA:BB:01:alarmstatus=1")
    assert told == Told(MAC, AlarmKind.TAMPER, alarmed=True)


def test_a_code_that_comes_along_is_dropped_unread() -> None:
    told = action_url.read(f"ValidCodeEntered/code=583914:mac={MAC}?code=583914&qrcode=77")
    assert told == Told(MAC)


def test_what_is_no_call_of_ours_is_none() -> None:
    assert action_url.read("Reboot?m=1") is None
    assert action_url.read("") is None


def test_a_variable_that_the_model_does_not_know_says_nothing() -> None:
    assert action_url.read("DoorLog?m=$mac&i1=$input1status&a=") == Told("")


@given(st.text(max_size=300))
def test_nothing_that_is_called_breaks_the_reading(call: str) -> None:
    action_url.read(call)
    action_url.read(f"InputATriggered/{call}?{call}")


@given(st.dictionaries(st.text(max_size=20).map(KEYS.__add__), st.text(max_size=40), max_size=8))
def test_no_settings_break_the_wish(held: dict[str, str]) -> None:
    wish = action_url.wish(held, BASE)
    assert set(wish.keys) <= {*held, ENABLE}
