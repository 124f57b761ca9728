"""What a vendor's driver must be able to do; the rest of the connector knows no vendor."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from doorward.connector.logbook import Line
from doorward.protocols.neutral import (
    AlarmKind,
    CapabilityProfile,
    ClockRecord,
    Finding,
    Method,
    PersonRecord,
    Problem,
    RelayRecord,
    ScheduleRecord,
    Tie,
)

# Devices need up to two seconds until they show what was written: the pauses in reading it back.
SETTLING = (0.0, 0.5, 2.0)

# Any: the vendor's own row, which only its driver looks into.
Row = Mapping[str, Any]


class DeviceFault(Exception):
    """A device did not do as asked; `problem` says of which kind, `why` in a few words.

    `busy` is a refusal for the moment only, `unsupported` one for good: nothing was done. A
    `finding` says more of what is wrong.
    """

    def __init__(
        self,
        problem: Problem,
        why: str,
        *,
        busy: bool = False,
        unsupported: bool = False,
        finding: Finding | None = None,
    ) -> None:
        super().__init__(f"{problem.value}: {why}")
        self.problem = problem
        self.why = why
        self.busy = busy
        self.unsupported = unsupported
        self.finding = finding

    @property
    def is_refusal(self) -> bool:
        """True where the device understood and said no: another request may still succeed."""
        return self.problem is Problem.REJECTED and not self.busy


class UnreadableRow(ValueError):
    """A log row nobody can make sense of."""


@dataclass(frozen=True)
class Identity:
    mac: str
    model: str
    firmware: str
    hardware: str


@dataclass(frozen=True)
class Vitals:
    """The device's clock in seconds since 1970, its uptime in seconds, the schedules it holds."""

    clock: int | None
    uptime: int | None
    schedules: int | None


@dataclass(frozen=True)
class LogRows:
    """Rows of a log, newest first; `complete` is the whole log."""

    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    complete: bool


@dataclass(frozen=True)
class Scan:
    """A log row in neutral words, as in `BadgeScanned`."""

    local_id: str
    device_time: str
    method: Method
    code: str = field(repr=False)
    relays: tuple[int, ...]
    accepted: bool


@dataclass(frozen=True)
class Call:
    """What a device called to tell: an alarm, an input (0 for none), or only that there is news.

    `mac` is empty, `alarmed` None and an input missing where it says nothing of that.
    """

    mac: str
    alarm: AlarmKind | None = None
    changed: int = 0
    on: bool = False
    inputs: Mapping[int, bool] = field(default_factory=dict)
    alarmed: bool | None = None


@dataclass(frozen=True)
class HeldPerson:
    """A person on a device: `key` as we name people, `foreign` where the row is never touched.

    `elsewhere` is one whom another system looks after.
    """

    handle: str
    key: str | None
    foreign: bool
    record: PersonRecord
    row: Row = field(default_factory=dict, compare=False, repr=False)
    elsewhere: bool = False


@dataclass(frozen=True)
class HeldSchedule:
    """A schedule: `slot` is None where it is not ours, `record` where nobody can read it."""

    handle: str
    slot: int | None
    record: ScheduleRecord | None
    row: Row = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Glimpse:
    """How many people a device holds in all, and those of one of `pages`."""

    count: int
    pages: int
    people: tuple[HeldPerson, ...]


@dataclass(frozen=True)
class PersonWrite:
    """A person to add, or to write over the row that is `held`."""

    key: str
    record: PersonRecord = field(repr=False)
    held: HeldPerson | None = None


@dataclass(frozen=True)
class ScheduleWrite:
    record: ScheduleRecord
    held: HeldSchedule | None = None


class Driver(Protocol):
    """One device. Every method raises `DeviceFault`, and none waits longer than a minute."""

    async def identify(self) -> Identity: ...

    async def examine(self, fault: DeviceFault | None) -> tuple[Finding, ...]:
        """Say what there is to mend, without credentials; `fault` is what went wrong, if any."""

    async def probe(self, at: datetime) -> CapabilityProfile:
        """Find out what the device is able to do; nothing is changed on it."""

    def heed(self, profile: CapabilityProfile) -> None:
        """Work by a profile that was found before."""

    async def learn(self) -> None:
        """Take in what the device's own settings say about its spelling; after each restart."""

    async def tie(self) -> Tie | None:
        """Return to what other system the device is tied, None where it does not say."""

    async def mac_now(self) -> str:
        """Return the MAC at once, past every waiting request."""

    async def vitals(self) -> Vitals: ...

    async def glimpse(self, page: int) -> Glimpse:
        """Read one page of people, the first of them 1, as cheaply as can be."""

    async def newest_log(self, pages: int) -> LogRows:
        """Return at least the newest rows, up to so many pages; 0 reads the whole log."""

    def read_row(self, row: Row) -> Scan:
        """Return a row in neutral words; raise `UnreadableRow`."""

    async def inputs(self) -> Mapping[int, bool]:
        """Return which inputs are on, by their numbers; none where the device does not say."""

    async def own_address(self) -> str:
        """Return the connector's own address as the device sees it, empty where nobody knows."""

    async def have_it_call(self, base: str) -> tuple[Finding, ...]:
        """Write into its settings that it calls `base` and what follows; others' calls stay."""

    def read_call(self, call: str) -> Call | None:
        """Return what follows `base` in neutral words, None where it is nothing of ours."""

    async def unlock(self, relay: int, seconds: int) -> None:
        """Pulse a relay at once, past every waiting request; a fault `busy` did not pulse."""

    async def reboot(self) -> None:
        """Have the device restart, once its turn has come; it answers before it goes down."""

    async def schedules(self) -> list[HeldSchedule]: ...

    async def people(self, keys: Collection[str] | None) -> list[HeldPerson]:
        """Return people, at least those with our keys; None returns everybody."""

    async def write_schedule(self, write: ScheduleWrite) -> None: ...

    async def remove_schedule(self, held: HeldSchedule) -> None: ...

    async def write_people(self, writes: Sequence[PersonWrite]) -> list[int]:
        """Write people, all new or all held; return the places of those the device refused.

        Their slots must be among the `schedules` last read.
        """

    async def remove_people(self, held: Sequence[HeldPerson]) -> list[int]: ...

    async def set_clock(self, record: ClockRecord, now: datetime) -> datetime | None:
        """Write and read back the clock's settings; return when they must be written again."""

    async def set_relay(self, record: RelayRecord) -> None: ...

    async def settings_off(
        self, records: Sequence[ClockRecord | RelayRecord], now: datetime
    ) -> list[tuple[str, ...]]:
        """Return for each record the fields in which the device's settings are otherwise."""

    def same_name(self, held: str, wanted: str) -> bool:
        """True where a name that the device shows is the wanted one, in its own spelling."""

    def fit_person(self, record: PersonRecord) -> PersonRecord:
        """Return the record as the device can hold it, without validity."""

    def unfit(self, record: PersonRecord) -> str:
        """Return why a record cannot be held as it is, empty where it can."""

    def fit_schedule(self, record: ScheduleRecord) -> ScheduleRecord: ...

    async def close(self) -> None: ...
