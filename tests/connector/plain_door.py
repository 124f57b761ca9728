"""A device without a network: it does what a driver is asked, at once, and notes it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from doorward.connector.driver import (
    Call,
    DeviceFault,
    Glimpse,
    HeldPerson,
    HeldSchedule,
    Identity,
    LogRows,
    PersonWrite,
    Row,
    Scan,
    ScheduleWrite,
    Vitals,
)
from doorward.connector.logbook import Line
from doorward.protocols.neutral import (
    CapabilityProfile,
    ClockRecord,
    Finding,
    Method,
    PersonRecord,
    RelayRecord,
    ScheduleRecord,
    Tie,
)


@dataclass
class PlainDoor:
    """The device itself: it outlives every driver. `pulses` has by relay what `moment` told."""

    mac: str
    moment: Callable[[], tuple[int, int]]
    log: list[str] = field(default_factory=list)
    people: dict[str, PersonRecord] = field(default_factory=dict)
    slots: dict[int, ScheduleRecord] = field(default_factory=dict)
    pulses: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    # What the device's own clock adds to each row.
    times: dict[str, str] = field(default_factory=dict)

    def swipe(self, code: str, *, at: str = "") -> None:
        self.log.append(code)
        self.times[code] = at


class PlainDriver:
    """Fulfils `Driver` for a `PlainDoor`."""

    def __init__(self, door: PlainDoor) -> None:
        self._door = door

    async def identify(self) -> Identity:
        return Identity(self._door.mac, "Plain", "1", "1")

    async def examine(self, fault: DeviceFault | None) -> tuple[Finding, ...]:
        return ()

    async def probe(self, at: datetime) -> CapabilityProfile:
        return CapabilityProfile(at, self._door.mac, "1", ())

    def heed(self, profile: CapabilityProfile) -> None:
        pass

    async def learn(self) -> None:
        pass

    async def tie(self) -> Tie | None:
        return Tie.NONE

    async def mac_now(self) -> str:
        return self._door.mac

    async def vitals(self) -> Vitals:
        return Vitals(None, None, len(self._door.slots))

    async def glimpse(self, page: int) -> Glimpse:
        people = await self.people(None)
        return Glimpse(len(people), 1, tuple(people))

    async def newest_log(self, pages: int) -> LogRows:
        count = len(self._door.log)
        shown = min(count, pages * 10) if pages else count
        rows = tuple(
            {"ID": number, "Code": self._door.log[number - 1]}
            for number in range(count, count - shown, -1)
        )
        lines = tuple(Line(row["ID"], f"{row['ID']} {row['Code']}") for row in rows)
        return LogRows(rows, lines, complete=shown == count)

    def read_row(self, row: Row) -> Scan:
        at = self._door.times[row["Code"]]
        return Scan(str(row["ID"]), at, Method.CARD, row["Code"], (1,), True)

    async def inputs(self) -> Mapping[int, bool]:
        return {}

    async def own_address(self) -> str:
        return ""

    async def have_it_call(self, base: str) -> tuple[Finding, ...]:
        return ()

    def read_call(self, call: str) -> Call | None:
        return None

    async def unlock(self, relay: int, seconds: int) -> None:
        self._door.pulses.setdefault(relay, []).append(self._door.moment())

    async def reboot(self) -> None:
        pass

    async def schedules(self) -> list[HeldSchedule]:
        return [HeldSchedule(str(slot), slot, held) for slot, held in self._door.slots.items()]

    async def people(self, keys: Collection[str] | None) -> list[HeldPerson]:
        return [
            HeldPerson(key, key, False, record)
            for key, record in self._door.people.items()
            if keys is None or key in keys
        ]

    async def write_schedule(self, write: ScheduleWrite) -> None:
        self._door.slots[write.record.slot] = write.record

    async def remove_schedule(self, held: HeldSchedule) -> None:
        self._door.slots.pop(int(held.handle), None)

    async def write_people(self, writes: Sequence[PersonWrite]) -> list[int]:
        self._door.people |= {write.key: write.record for write in writes}
        return []

    async def remove_people(self, held: Sequence[HeldPerson]) -> list[int]:
        for one in held:
            self._door.people.pop(one.handle, None)
        return []

    async def set_clock(self, record: ClockRecord, now: datetime) -> datetime | None:
        return None

    async def set_relay(self, record: RelayRecord) -> None:
        pass

    async def settings_off(
        self, records: Sequence[ClockRecord | RelayRecord], now: datetime
    ) -> list[tuple[str, ...]]:
        return [() for _ in records]

    def same_name(self, held: str, wanted: str) -> bool:
        return held == wanted

    def fit_person(self, record: PersonRecord) -> PersonRecord:
        return record

    def unfit(self, record: PersonRecord) -> str:
        return ""

    def fit_schedule(self, record: ScheduleRecord) -> ScheduleRecord:
        return record

    async def close(self) -> None:
        pass
