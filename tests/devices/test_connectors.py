"""A connector is let in by a code, once, and shut out at a word."""

from datetime import timedelta

import pytest
import time_machine

from doorward.devices.actions import connectors, devices, doors
from doorward.devices.actions.presence import note_states
from doorward.devices.models import Connector, Device, Door
from doorward.kit import clock
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.protocols import neutral
from doorward.protocols.link.frames import DeviceState
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from tests.cast import LOBBY_MAC, Cast, reach

pytestmark = pytest.mark.django_db
KEY, OTHER_KEY = bytes(range(32)), bytes(range(32, 64))


@pytest.fixture
def added(ivan: Actor, maple: Site) -> tuple[Connector, str]:
    return connectors.create_connector(ivan, maple, name="Roof")


def enrol(code: str, key: bytes = KEY) -> Connector:
    return connectors.enrol(code, public_key=key, version="1.0")


def test_a_code_lets_in_and_pins_the_key(added: tuple[Connector, str]) -> None:
    connector = enrol(added[1])
    assert (connector.pk, bytes(connector.public_key or b"")) == (added[0].pk, KEY)


def test_a_code_may_be_typed_in_any_case_and_without_hyphens(
    added: tuple[Connector, str],
) -> None:
    assert enrol(added[1].lower().replace("-", " ")).pk == added[0].pk


def test_a_code_is_kept_only_as_a_digest(added: tuple[Connector, str]) -> None:
    connector = Connector.objects.get(pk=added[0].pk)
    assert added[1].replace("-", "").encode() not in bytes(connector.code_digest or b"")


def test_a_used_code_lets_no_other_key_in(added: tuple[Connector, str]) -> None:
    enrol(added[1])
    with pytest.raises(Refused, match=r"connector\.code"):
        enrol(added[1], OTHER_KEY)


def test_whoever_never_heard_the_answer_may_ask_again_with_the_same_key(
    added: tuple[Connector, str],
) -> None:
    assert enrol(added[1]) == enrol(added[1])


def test_an_old_code_is_refused(added: tuple[Connector, str]) -> None:
    with (
        time_machine.travel(clock.now() + connectors.CODE_LIFE + timedelta(seconds=1)),
        pytest.raises(Refused),
    ):
        enrol(added[1])


def test_every_bad_code_is_answered_alike(added: tuple[Connector, str]) -> None:
    enrol(added[1])
    answers = set()
    for code in ("", "AAAAA-AAAAA-AAAAA-AAAAA", added[1]):
        with pytest.raises(Refused) as refusal:
            enrol(code, OTHER_KEY)
        answers.add((refusal.value.code, str(refusal.value.message)))
    assert len(answers) == 1


def test_a_revoked_connector_is_out_and_so_is_its_code(
    ivan: Actor, added: tuple[Connector, str]
) -> None:
    connectors.revoke_connector(ivan, added[0])
    with pytest.raises(Refused):
        enrol(added[1])
    assert not Connector.objects.live().filter(pk=added[0].pk).exists()
    assert Connector.objects.get(pk=added[0].pk).state == "revoked"


def test_a_new_code_lets_a_revoked_connector_in_again(
    ivan: Actor, added: tuple[Connector, str]
) -> None:
    connectors.revoke_connector(ivan, added[0])
    code = connectors.renew_code(ivan, Connector.objects.get(pk=added[0].pk))
    assert enrol(code).pk == added[0].pk
    assert Connector.objects.live().filter(pk=added[0].pk).exists()


def test_the_old_key_is_good_until_the_new_code_is_used(
    ivan: Actor, added: tuple[Connector, str]
) -> None:
    enrol(added[1])
    code = connectors.renew_code(ivan, Connector.objects.get(pk=added[0].pk))
    assert bytes(Connector.objects.get(pk=added[0].pk).public_key or b"") == KEY
    assert bytes(enrol(code, OTHER_KEY).public_key or b"") == OTHER_KEY


def test_a_new_spool_begins_at_one(basement: Connector) -> None:
    Connector.objects.filter(pk=basement.pk).update(committed=7)
    assert connectors.greet(basement.pk, spool="s1", version="1").committed == 7
    assert connectors.greet(basement.pk, spool="s2", version="1").committed == 0


def test_presence_ends_after_thirty_seconds_of_silence(basement: Connector) -> None:
    connectors.greet(basement.pk, spool="s1", version="1")
    assert Connector.objects.online().filter(pk=basement.pk).exists()
    with time_machine.travel(clock.now() + timedelta(seconds=31)):
        assert Connector.objects.get(pk=basement.pk).state == "offline"
        assert not Connector.objects.online().filter(pk=basement.pk).exists()
        connectors.note_silence()
    assert Connector.objects.get(pk=basement.pk).online_since is None


def test_a_beat_tells_of_spool_and_devices(basement: Connector, lobby: Device) -> None:
    told = DeviceState(str(lobby.pk), True, None, 1, 1, 3)
    note_states(basement.pk, clock.now(), 12, [told])
    assert Connector.objects.get(pk=basement.pk).spool_depth == 12
    device = Device.objects.get(pk=lobby.pk)
    assert (device.reachable, device.clock_skew) == (True, 3)


def test_a_beat_says_nothing_of_another_connector_s_devices(
    basement: Connector, cast: Cast
) -> None:
    oak = cast.device("Oak")
    note_states(basement.pk, clock.now(), 0, [DeviceState(str(oak.pk), True, None, 1, 1, 0)])
    assert not Device.objects.get(pk=oak.pk).reachable


def test_a_name_is_taken_once_a_site(ivan: Actor, maple: Site) -> None:
    with pytest.raises(Invalid) as fault:
        connectors.create_connector(ivan, maple, name="Basement")
    assert "name" in fault.value.faults


def test_a_connector_with_devices_stays(ivan: Actor, basement: Connector) -> None:
    with pytest.raises(Refused, match="in_use"):
        connectors.delete_connector(ivan, basement)


def test_a_connector_whose_devices_moved_away_can_go(
    cast: Cast, ivan: Actor, basement: Connector, front_door: Door
) -> None:
    cast.power_on("Lobby")
    doors.unlock_door(ivan, front_door)
    attic = cast.connector("Attic")
    for name, mac in (("Lobby", LOBBY_MAC), ("Garage", "0C1105AABB02")):
        form = devices.DeviceForm(
            name=name, mac=mac, connector=attic, address="10.0.0.7", password="again"
        )
        devices.change_device(ivan, cast.device(name), form)
    connectors.delete_connector(ivan, basement)
    assert not Connector.objects.filter(name="Basement").exists()


def test_a_company_s_administrator_adds_no_connector(ada: Actor, maple: Site) -> None:
    with pytest.raises(Forbidden):
        connectors.create_connector(ada, maple, name="Mine")


def test_a_device_s_trouble_is_noted_once(lobby: Device) -> None:
    reach(lobby, online=False, problem=neutral.Problem.UNREACHABLE)
    first = Device.objects.get(pk=lobby.pk)
    reach(lobby, online=False, problem=neutral.Problem.UNREACHABLE)
    again = Device.objects.get(pk=lobby.pk)
    assert first.problem == Device.Problem.UNREACHABLE
    assert again.reachable_since == first.reachable_since
