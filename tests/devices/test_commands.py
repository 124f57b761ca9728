"""An order is carried once, in time, or not at all; what became of it is noted once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connections

from doorward.devices.actions import devices, doors, orders
from doorward.devices.models import Command, Device, Door
from doorward.kit import clock
from doorward.kit.errors import Forbidden, Refused
from doorward.protocols import neutral
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.cast import Cast, identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def ordered(cast: Cast, mona: Actor, front_door: Door) -> Command:
    cast.power_on("Lobby")
    return doors.unlock_door(mona, front_door)


def settled(
    command: Command,
    outcome: neutral.Outcome = neutral.Outcome.DONE,
    problem: neutral.Problem | None = None,
) -> Command | None:
    word = neutral.OrderSettled(str(command.pk), clock.now(), outcome, problem)
    return orders.settle_command(command.connector_id, command.pk, word)


def status(command: Command) -> str:
    return Command.objects.get(pk=command.pk).status


def test_an_order_names_who_wanted_it(ordered: Command, mona: Actor) -> None:
    assert ordered.account == mona.account
    entry = AuditEntry.objects.filter(verb="unlock").latest("pk")
    assert (entry.actor, entry.label) == ("mona", "Front door")


def test_an_order_is_claimed_once(ordered: Command) -> None:
    (claim,) = orders.claim_commands({ordered.connector_id: clock.now()})
    assert (claim.command, claim.relay, claim.hold_seconds) == (ordered.pk, 1, 5)
    assert orders.claim_commands({ordered.connector_id: clock.now()}) == []


def test_another_connector_s_orders_are_not_ours(ordered: Command, cast: Cast) -> None:
    assert orders.claim_commands({cast.connector("Shed").pk: clock.now()}) == []


def test_an_expired_order_never_moves_the_relay(ordered: Command) -> None:
    with time_machine.travel(clock.now() + timedelta(seconds=5.1)):
        assert orders.claim_commands({ordered.connector_id: clock.now()}) == []
        assert orders.expire_commands() == 1
    assert status(ordered) == "expired"


def test_an_order_under_way_that_is_never_answered_expires(ordered: Command) -> None:
    orders.claim_commands({ordered.connector_id: clock.now()})
    with time_machine.travel(clock.now() + timedelta(seconds=60)):
        orders.expire_commands()
    assert status(ordered) == "expired"


def test_an_order_in_time_does_not_expire(ordered: Command) -> None:
    assert orders.expire_commands() == 0


def test_an_order_is_settled_once(ordered: Command) -> None:
    orders.claim_commands({ordered.connector_id: clock.now()})
    assert settled(ordered) is not None
    at = Command.objects.get(pk=ordered.pk).settled_at
    assert settled(ordered, neutral.Outcome.FAILED) is None
    again = Command.objects.get(pk=ordered.pk)
    assert (again.status, again.settled_at) == ("done", at)


def test_an_opening_whose_word_came_late_still_counts(ordered: Command) -> None:
    orders.claim_commands({ordered.connector_id: clock.now()})
    with time_machine.travel(clock.now() + timedelta(minutes=10)):
        orders.expire_commands()
        assert settled(ordered) is not None
    assert status(ordered) == "done"


def test_a_failure_after_giving_up_changes_nothing(ordered: Command) -> None:
    with time_machine.travel(clock.now() + timedelta(seconds=6)):
        orders.expire_commands()
    assert settled(ordered, neutral.Outcome.FAILED, neutral.Problem.TIMED_OUT) is None
    assert status(ordered) == "expired"


def test_a_failure_says_why(ordered: Command) -> None:
    settled(ordered, neutral.Outcome.FAILED, neutral.Problem.AUTH_FAILED)
    assert Command.objects.get(pk=ordered.pk).problem == "auth_failed"


def test_another_connector_cannot_settle_an_order(ordered: Command, cast: Cast) -> None:
    word = neutral.OrderSettled(str(ordered.pk), clock.now(), neutral.Outcome.DONE, None)
    with pytest.raises(Command.DoesNotExist):
        orders.settle_command(cast.connector("Shed").pk, ordered.pk, word)


def test_a_door_whose_device_is_away_is_refused_at_once(mona: Actor, front_door: Door) -> None:
    before = Command.objects.count()
    with pytest.raises(Refused) as refusal:
        doors.unlock_door(mona, front_door)
    assert refusal.value.code == "door.offline"
    assert Command.objects.count() == before


def test_a_device_is_away_once_its_connector_is(cast: Cast, mona: Actor, front_door: Door) -> None:
    cast.power_on("Lobby")
    with (
        time_machine.travel(clock.now() + timedelta(seconds=31)),
        pytest.raises(Refused, match=r"door\.offline"),
    ):
        doors.unlock_door(mona, front_door)


def test_a_device_that_states_another_mac_opens_nothing(
    cast: Cast, mona: Actor, front_door: Door, lobby: Device
) -> None:
    cast.power_on("Lobby")
    devices.identify_device(mona, cast.device("Lobby"), identity(lobby, "0C1105FFFFFF"))
    with pytest.raises(Refused, match=r"door\.unbound"):
        doors.unlock_door(mona, front_door)


def test_a_company_opens_the_doors_it_was_granted(cast: Cast, ada: Actor, front_door: Door) -> None:
    cast.power_on("Lobby", "Garage")
    assert doors.unlock_door(ada, front_door).account == ada.account
    with pytest.raises(Forbidden):
        doors.unlock_door(ada, cast.door("Ramp"))


@pytest.mark.django_db(transaction=True)
def test_of_two_gateways_one_carries_an_order(cast: Cast, mona: Actor, front_door: Door) -> None:
    cast.power_on("Lobby")
    command = doors.unlock_door(mona, front_door)

    def claim() -> list[orders.Claim]:
        try:
            return orders.claim_commands({command.connector_id: clock.now()})
        finally:
            connections.close_all()

    jobs: list[Callable[[], list[orders.Claim]]] = [claim] * 4
    with ThreadPoolExecutor(4) as threads:
        claims = [one for done in [threads.submit(job) for job in jobs] for one in done.result()]
    assert [claim.command for claim in claims] == [command.pk]


def test_orders_that_ended_long_ago_are_forgotten_and_no_other(ordered: Command) -> None:
    old = clock.now() - orders.KEPT - timedelta(minutes=1)
    long_ago = {"created_at": old, "expires_at": old, "status": Command.Status.SENT}
    Command.objects.filter(pk=ordered.pk).update(**long_ago)
    # Whatever has not ended yet is first given up.
    assert orders.forget_old() == 0
    orders.expire_commands()
    assert orders.forget_old() == 1
    assert not Command.objects.filter(pk=ordered.pk).exists()
    assert AuditEntry.objects.filter(verb="unlock").exists()


def test_orders_of_late_are_kept(ordered: Command) -> None:
    settled(ordered)
    young = clock.now() - orders.KEPT + timedelta(minutes=1)
    Command.objects.filter(pk=ordered.pk).update(created_at=young)
    assert orders.forget_old() == 0
    assert status(ordered) == Command.Status.DONE
