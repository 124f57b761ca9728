"""The driver holds people, opens doors and reads the log on every emulated model."""

from pathlib import Path

import pytest

from doorward.connector.driver import PersonWrite, ScheduleWrite
from doorward.connector.drivers.akuvox import AkuvoxDriver
from doorward.emulator.main import Emulator
from doorward.emulator.profile import PROFILES
from doorward.emulator.quirks import USUAL, Quirk
from doorward.emulator.spec import DeviceSpec
from doorward.protocols.neutral import (
    Assignment,
    AuthMode,
    Grant,
    PersonRecord,
    RelayRecord,
    ScheduleRecord,
)

from .conftest import MAC, PASSWORD

CARD = "04A1B2C3"
RITA = PersonRecord(
    name="Jörg Rita", cards=(CARD,), grants=(Grant(1, 1), Grant(2, 2)), pin="583914"
)
ALWAYS, ALSO = ScheduleRecord(1, 127, 0, 1440), ScheduleRecord(2, 127, 0, 1440)

# Pulses that are refused for coming too soon are tried again above the driver.
LEFT_OUT = {Quirk.BASIC_BROKEN, Quirk.STRICT_SPACING}
DIRT = sorted(set(Quirk) - {*USUAL} - LEFT_OUT)


@pytest.mark.parametrize(
    ("model", "quirk"),
    [*((model, USUAL[0]) for model in PROFILES), *(("X916", quirk) for quirk in DIRT)],
)
async def test_a_person_is_held_and_a_door_opens(tmp_path: Path, model: str, quirk: str) -> None:
    spec = DeviceSpec("Lobby", model, MAC, 0, 0, password=PASSWORD, quirks=(quirk,))
    emulator = Emulator([spec], tmp_path)
    await emulator.start()
    at = emulator.devices[MAC]
    driver = AkuvoxDriver(
        Assignment("d1", "akuvox", at.address, MAC, AuthMode.DIGEST, "admin", PASSWORD),
        spacing=0.0,
    )
    assert (await driver.identify()).model == model
    for record in (ALWAYS, ALSO):
        await driver.write_schedule(ScheduleWrite(record=record, held=None))
    assert [one.record for one in await driver.schedules() if one.slot] == [ALWAYS, ALSO]
    for _ in range(2):
        held = [one for one in await driver.people(["p1"]) if one.key == "p1"]
        write = PersonWrite(key="p1", record=RITA, held=held[0] if held else None)
        assert await driver.write_people([write]) == []
    (held_person,) = await driver.people(None)
    assert held_person.record == driver.fit_person(RITA)
    assert at.device.swipe(CARD).relays == (1, 2)
    log = await driver.newest_log(1)
    assert driver.read_row(log.rows[0]).relays == (1, 2)
    await driver.set_relay(RelayRecord(relay=1, name="Door", hold_seconds=7))
    assert at.device.hold_seconds(1) == 7
    await driver.unlock(1, 3)
    assert at.device.relays.pulses(1) == 2
    await driver.close()
    await emulator.stop()
