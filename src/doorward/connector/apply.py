"""One pass over a device: what is due on its shelf is written, read back and noted."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from doorward.connector import differing
from doorward.connector.clock import CloudClock
from doorward.connector.drift import Drift, wanted_now
from doorward.connector.driver import (
    SETTLING,
    DeviceFault,
    Driver,
    HeldPerson,
    HeldSchedule,
    PersonWrite,
)
from doorward.connector.lease import Lease
from doorward.connector.reconcile import Plan, Wanted, plan, within_slots
from doorward.connector.shelf import Head, Settled, Shelf
from doorward.protocols.neutral import (
    ClockRecord,
    Entry,
    Kind,
    PersonRecord,
    RelayRecord,
    ScheduleRecord,
)

logger = logging.getLogger(__name__)

ROWS_A_WRITE = 100
_ENTRIES_A_READ = 500
# So many writes are done before newly received changes may cut a pass short.
_WRITES_A_PASS = 4
T = TypeVar("T")
Name = tuple[Kind, str]


@dataclass
class _Work:
    """What a pass knows: its entries, what is wanted of the device, and what failed."""

    head: Head
    entries: dict[Name, Entry]
    wanted: Wanted
    due: dict[Name, float | None]
    failures: dict[Name, str] = field(default_factory=dict)
    # People who get less than wanted, because a schedule of theirs is missing.
    cut: dict[str, PersonRecord] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    # People who are none of ours and whom somebody wants gone, and how many of them went.
    unwanted: list[HeldPerson] = field(default_factory=list)
    rid: int = 0

    def fail(self, kind: Kind, key: str, why: str) -> None:
        self.failures.setdefault((kind, key), why)


class Pass:
    """Brings one device to its shelf. Raises `DeviceFault` where it does not work at all."""

    def __init__(
        self, driver: Driver, shelf: Shelf, clock: CloudClock, *, drift: Drift, lease: Lease
    ) -> None:
        self._driver = driver
        self._lease = lease
        self._shelf = shelf
        self._clock = clock
        self._drift = drift

    async def run(self) -> bool:
        """Do what is due now; return whether there was anything. Rights go before others come.

        On a device that may be another's by now, only rights that are over go.
        """
        is_ours = self._lease.holds
        head = self._shelf.head()
        now = self._clock.now()
        if head is None:
            return False
        if not is_ours:
            head = replace(head, sweep=False)
        entries = await self._everything() if head.sweep else self._shelf.due(now.timestamp())
        if not is_ours:
            entries = [entry for entry in entries if _is_over(entry, now)]
        if not entries and not head.sweep:
            return False
        work = self._wanted(head, entries, now)
        steps = await self._plan(work)
        self._drift.begin()
        try:
            await self._carry_out(work, steps, now)
        finally:
            self._drift.end()
        return True

    async def _carry_out(self, work: _Work, steps: Plan, now: datetime) -> None:
        await self._revoke(work, steps)
        await self._set_settings(work, now)
        await self._write_schedules(work, steps)
        if await self._write_people(work, steps):
            await self._remove_schedules(work, steps)
            await self._read_back(work)
            self._note(work, now)

    async def _everything(self) -> list[Entry]:
        found: list[Entry] = []
        after = ("", "")
        while part := self._shelf.part(after, _ENTRIES_A_READ):
            found += part
            after = (part[-1].kind.value, part[-1].key)
            await asyncio.sleep(0)
        return found

    def _wanted(self, head: Head, entries: Sequence[Entry], now: datetime) -> _Work:
        work = _Work(
            head=head,
            entries={(entry.kind, entry.key): entry for entry in entries},
            wanted=Wanted(schedules={}, people={}, sweep=head.sweep),
            due={},
        )
        schedules: dict[int, ScheduleRecord | None] = {}
        people: dict[str, PersonRecord | None] = {}
        for entry in entries:
            if entry.kind is Kind.SCHEDULE:
                schedules |= self._wanted_schedule(work, entry)
            elif entry.kind is Kind.PERSON:
                people[entry.key] = self._wanted_person(work, entry, now)
        work.wanted = Wanted(schedules=schedules, people=people, sweep=head.sweep)
        return work

    def _wanted_schedule(self, work: _Work, entry: Entry) -> dict[int, ScheduleRecord | None]:
        if isinstance(entry.body, ScheduleRecord):
            return {entry.body.slot: self._driver.fit_schedule(entry.body)}
        # A schedule's key is its slot.
        if entry.key.isascii() and entry.key.isdigit():
            return {int(entry.key): None}
        work.fail(Kind.SCHEDULE, entry.key, "names no slot")
        return {}

    def _wanted_person(self, work: _Work, entry: Entry, now: datetime) -> PersonRecord | None:
        record = entry.body
        if not isinstance(record, PersonRecord):
            return None
        borders = [at for at in (record.valid_from, record.valid_until) if at and at > now]
        work.due[entry.kind, entry.key] = min(borders).timestamp() if borders else None
        target = wanted_now(self._driver, record, now)
        if target is not None and (why := self._driver.unfit(record)):
            work.fail(Kind.PERSON, entry.key, why)
        return target

    async def _plan(self, work: _Work) -> Plan:
        wanted = work.wanted
        schedules: list[HeldSchedule] = []
        people: list[HeldPerson] = []
        if wanted.sweep or wanted.schedules or any(wanted.people.values()):
            schedules = await self._driver.schedules()
            work.held = {one.slot for one in schedules if one.slot is not None}
        if wanted.sweep or wanted.people:
            people = await self._people(wanted)
        if wanted.sweep:
            await self._drift.compare(work.head, wanted, work.entries, schedules, people)
            work.unwanted = self._drift.unwanted(people)
        gone = {one.handle for one in work.unwanted}
        steps = plan(wanted, schedules, [one for one in people if one.handle not in gone])
        for failure in steps.failures:
            work.fail(failure.kind, failure.key, failure.why)
        return steps

    async def _people(self, wanted: Wanted) -> list[HeldPerson]:
        """Read the people in question, under our spelling of their names."""
        people = await self._driver.people(None if wanted.sweep else wanted.people.keys())
        return differing.as_wanted(people, wanted.people.get, self._driver.same_name)

    async def _revoke(self, work: _Work, steps: Plan) -> None:
        for rows in _chunks(work.unwanted):
            refused = await _each(rows, self._driver.remove_people)
            self._drift.wrote(people=len(refused) - len(rows))
            work.rid += len(rows) - len(refused)
            logger.info("device %s: %d strangers go", self._shelf.device, len(rows))
        for rows in _chunks(steps.removals):
            refused = await _each(rows, self._driver.remove_people)
            self._drift.wrote(people=len(refused) - len(rows))
            for one, why in refused:
                work.fail(Kind.PERSON, one.key or "", why)
        await self._write(work, steps.shrinks)

    async def _set_settings(self, work: _Work, now: datetime) -> None:
        for name, entry in sorted(work.entries.items()):
            try:
                if isinstance(entry.body, ClockRecord):
                    due = await self._driver.set_clock(entry.body, now)
                    work.due[name] = due.timestamp() if due else None
                elif isinstance(entry.body, RelayRecord):
                    await self._driver.set_relay(entry.body)
            except DeviceFault as fault:
                _note_refusal(work, name, fault)

    async def _write_schedules(self, work: _Work, steps: Plan) -> None:
        for write in steps.schedules:
            try:
                await self._driver.write_schedule(write)
                self._drift.wrote(schedules=int(write.held is None))
            except DeviceFault as fault:
                _note_refusal(work, (Kind.SCHEDULE, str(write.record.slot)), fault)
        written = {write.record.slot for write in steps.schedules}
        for pause in SETTLING if written else ():
            await asyncio.sleep(pause)
            schedules = await self._driver.schedules()
            work.held = {one.slot for one in schedules if one.slot is not None}
            if written <= work.held:
                break

    async def _write_people(self, work: _Work, steps: Plan) -> bool:
        """Write people; return False where newly received changes come first.

        So they do, too, where the device may have become another's meanwhile.
        """
        writes = [self._within(work, write) for write in steps.people]
        # Nobody without rights is written: see `reconcile`.
        writes = [write for write in writes if write.record.grants]
        fresh = [write for write in writes if write.held is None]
        changed = [write for write in writes if write.held is not None]
        for count, rows in enumerate([*_chunks(changed), *_chunks(fresh)]):
            if count >= _WRITES_A_PASS and self._overtaken(work.head):
                logger.info("device %s: a pass gives way to newer changes", self._shelf.device)
                return False
            if not self._lease.holds:
                logger.info("device %s: a pass ends with its lease", self._shelf.device)
                return False
            await self._write(work, rows)
        return True

    def _within(self, work: _Work, write: PersonWrite) -> PersonWrite:
        record = within_slots(write.record, work.held)
        if record == write.record:
            return write
        work.fail(Kind.PERSON, write.key, "a schedule is missing on the device")
        work.cut[write.key] = record
        return PersonWrite(write.key, record, write.held)

    async def _write(self, work: _Work, writes: Sequence[PersonWrite]) -> None:
        for rows in _chunks(writes):
            refused = await _each(rows, self._driver.write_people)
            if rows[0].held is None:
                self._drift.wrote(people=len(rows) - len(refused))
            for one, why in refused:
                work.fail(Kind.PERSON, one.key, why)

    async def _remove_schedules(self, work: _Work, steps: Plan) -> None:
        """Remove schedules nobody names any more: a freed number may be given to another one."""
        if not steps.schedule_removals:
            return
        named = {
            grant.slot
            for one in await self._driver.people(None)
            for grant in one.record.grants
            if not one.foreign
        }
        for held in steps.schedule_removals:
            name = (Kind.SCHEDULE, str(held.slot))
            is_double = work.wanted.schedules.get(held.slot if held.slot is not None else -1)
            if held.slot in named if is_double is None else named - work.held:
                work.fail(*name, "a person on the device still uses it")
                continue
            try:
                await self._driver.remove_schedule(held)
                self._drift.wrote(schedules=-1)
            except DeviceFault as fault:
                _note_refusal(work, name, fault)

    async def _read_back(self, work: _Work) -> None:
        """Compare the device with what is wanted, as often as it may need to show it."""
        if not (work.wanted.sweep or work.wanted.people or work.wanted.schedules):
            return
        unexplained: list[Name] = []
        for pause in SETTLING:
            await asyncio.sleep(pause)
            differing = await self._differing(work)
            unexplained = [name for name in differing if name not in work.failures]
            if not unexplained:
                break
        for name in unexplained:
            work.fail(*name, "the device holds something else")
        # What a search does not show, a full comparison may; one is enough.
        if work.head.sweep:
            self._shelf.swept(work.head)
            if work.rid:
                # Who is there now is told by the next comparison.
                self._shelf.sweep()
            self._drift.is_whole(work.head)
        elif unexplained:
            self._shelf.sweep()

    async def _differing(self, work: _Work) -> list[Name]:
        wanted = work.wanted
        wrong: list[Name] = []
        if wanted.sweep or wanted.schedules:
            held = {one.slot: one.record for one in await self._driver.schedules()}
            wrong += [
                (Kind.SCHEDULE, str(slot))
                for slot, record in wanted.schedules.items()
                if held.get(slot) != record
            ]
        if wanted.sweep or wanted.people:
            wrong += _differing_people(work, await self._people(wanted))
        return wrong

    def _note(self, work: _Work, now: datetime) -> None:
        results = [
            Settled(entry, why=work.failures.get(name, ""), due=work.due.get(name))
            for name, entry in work.entries.items()
        ]
        self._shelf.settle(results, now.timestamp())

    def _overtaken(self, head: Head) -> bool:
        now = self._shelf.head()
        return now is None or (now.epoch, now.revision) != (head.epoch, head.revision)


def _is_over(entry: Entry, now: datetime) -> bool:
    until = entry.body.valid_until if isinstance(entry.body, PersonRecord) else None
    return until is not None and until <= now


def _differing_people(work: _Work, people: Iterable[HeldPerson]) -> list[Name]:
    held = {one.key: one.record for one in people if one.key is not None and not one.foreign}
    wrong: list[Name] = []
    for key, record in work.wanted.people.items():
        target = work.cut.get(key, record)
        if target is not None and not target.grants:
            target = None
        if held.get(key) != target:
            wrong.append((Kind.PERSON, key))
    return wrong


def _note_refusal(work: _Work, name: Name, fault: DeviceFault) -> None:
    """Take a no for this entry; let everything else end the pass."""
    if not fault.is_refusal:
        raise fault
    work.fail(*name, fault.why)


async def _each(
    rows: Sequence[T], deed: Callable[[Sequence[T]], Awaitable[list[int]]]
) -> list[tuple[T, str]]:
    """Do a deed to rows together, or one by one where the device refuses the lot."""
    try:
        return [(rows[place], "refused by the device") for place in await deed(rows)]
    except DeviceFault as fault:
        if not fault.is_refusal:
            raise
        if len(rows) == 1:
            return [(rows[0], fault.why)]
    return [pair for row in rows for pair in await _each([row], deed)]


def _chunks(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[at : at + ROWS_A_WRITE] for at in range(0, len(rows), ROWS_A_WRITE)]
