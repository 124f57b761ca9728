"""What happens at a door stands in the portal within seconds: real devices, connector and cloud."""

from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from bench.installation import Installation
from bench.p1 import wait_until_online

from tests.clusters import quick_installation
from tests.journeys.on_site import eventually

# A guard waits no longer; most of it is the test's own asking.
SECONDS = 8.0
LOBBY, GARAGE, FLOOR = 0, 1, 2
RITAS_CARD = "0BADC0DE"


@pytest.fixture(scope="module")
def demo() -> Iterator[Installation]:
    with quick_installation() as installation:
        wait_until_online(installation)
        # A call that comes back says that all of them know where to call.
        for device in (LOBBY, GARAGE, FLOOR):
            eventually(lambda at=device: is_heard(installation, at), "its calls are heard")
        yield installation


@pytest.fixture(autouse=True)
def calm(demo: Installation) -> Iterator[None]:
    """Begin and end each time with shut doors and nothing open."""
    yield
    for device in (LOBBY, GARAGE):
        demo.scenario(device, "/close_door", {"door": 1})
        demo.scenario(device, "/tamper", {"on": False})
    for alarm in open_alarms(demo):
        demo.call("POST", f"/alarms/{alarm['id']}/close", {"note": "tidied up"})


def open_alarms(demo: Installation, **wanted: object) -> list[Any]:
    items = demo.call("GET", "/alarms?state=open")[1]["items"]
    return [one for one in items if all(one[name] == value for name, value in wanted.items())]


def is_heard(demo: Installation, device: int) -> bool:
    """Say whether a device has called anybody yet when somebody rattles at it."""
    demo.scenario(device, "/swipe", {"card": "DEADBEEF"})
    return bool(demo.scenario(device, "/state")["told"])


def told(demo: Installation, **wanted: object) -> Any:
    found = eventually(
        lambda: open_alarms(demo, **wanted), f"an alarm is told: {wanted}", seconds=SECONDS
    )
    return found[0]


def test_a_forced_door(demo: Installation) -> None:
    demo.scenario(LOBBY, "/open_door", {"door": 1})
    alarm = told(demo, kind="forced", door_name="Main entrance")
    assert alarm["state"] == "new"
    demo.scenario(LOBBY, "/close_door", {"door": 1})
    over = eventually(
        lambda: open_alarms(demo, id=alarm["id"])[0]["over_at"], "it is over", seconds=SECONDS
    )
    assert over > alarm["at"]
    _, seen = demo.call("POST", f"/alarms/{alarm['id']}/acknowledge", {"note": "the wind"})
    assert (seen["state"], seen["note"]) == ("closed", "the wind")


def test_a_door_that_is_held_open(demo: Installation) -> None:
    demo.scenario(GARAGE, "/hold_door", {"door": 1, "seconds": 0.5})
    told(demo, kind="held", door_name="Garage")
    assert not open_alarms(demo, kind="forced")


def test_a_device_that_is_tampered_with(demo: Installation) -> None:
    demo.scenario(FLOOR, "/tamper", {"on": True})
    alarm = told(demo, kind="tamper", device_name="Second floor panel")
    assert alarm["door"] is None
    demo.scenario(FLOOR, "/tamper", {"on": False})


def test_an_input_that_no_door_names(demo: Installation) -> None:
    door = door_of(demo, "Parcel room")
    assert demo.call("PATCH", f"/doors/{door['id']}", {"contact_input": None})[0] == 200
    demo.scenario(LOBBY, "/fire_input", {"input": 4, "on": True})
    told(demo, kind="input", input=4)
    demo.scenario(LOBBY, "/fire_input", {"input": 4, "on": False})
    assert demo.call("PATCH", f"/doors/{door['id']}", {"contact_input": 4})[0] == 200


def test_a_model_that_calls_nobody_about_its_inputs_is_asked(demo: Installation) -> None:
    demo.scenario(FLOOR, "/fire_input", {"input": 2, "on": True})
    eventually(
        lambda: door_of(demo, "Second floor")["open_since"], "it stands open", seconds=SECONDS
    )
    demo.scenario(FLOOR, "/fire_input", {"input": 2, "on": False})
    eventually(lambda: not door_of(demo, "Second floor")["open_since"], "it is shut")


def test_an_exit_button_stands_in_the_door_log_and_is_no_alarm(demo: Installation) -> None:
    demo.scenario(LOBBY, "/press_exit", {"door": 1})
    eventually(
        lambda: demo.call("GET", "/door-events?method=exit")[1]["items"],
        "the exit is in the log",
        seconds=SECONDS,
    )
    assert not open_alarms(demo, kind="input")


def test_a_swipe_is_in_the_log_before_the_next_poll_would_have_been(demo: Installation) -> None:
    """Each is quicker than a poll every two seconds could be, however they fall."""
    waited = [swipe_to_log(demo) for _ in range(4)]
    assert sum(waited) / len(waited) < 1.0, waited


def test_the_life_of_a_device_tells_of_alarms_and_restarts(demo: Installation) -> None:
    device = demo.demo["devices"][LOBBY]["id"]
    demo.scenario(LOBBY, "/tamper", {"on": True})
    told(demo, kind="tamper", device_name="Lobby panel")
    demo.scenario(LOBBY, "/reboot", {})
    # It may be back before anybody misses it.
    wanted = {"alarm", "restarted"}
    eventually(
        lambda: wanted <= {m["kind"] for m in life(demo, device)}, "its life is told", seconds=60
    )


def door_of(demo: Installation, name: str) -> Any:
    return next(d for d in demo.call("GET", "/doors")[1]["items"] if d["name"] == name)


def life(demo: Installation, device: str) -> list[Any]:
    items: list[Any] = demo.call("GET", f"/devices/{device}/timeline")[1]["items"]
    return items


def swipe_to_log(demo: Installation) -> float:
    before = newest(demo)
    began = monotonic()
    demo.scenario(LOBBY, "/swipe", {"card": RITAS_CARD})
    eventually(lambda: newest(demo) != before, "the swipe is in the log", seconds=SECONDS)
    return monotonic() - began


def newest(demo: Installation) -> str:
    return str(demo.call("GET", "/door-events?limit=1")[1]["items"][0:1])
