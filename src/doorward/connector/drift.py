"""Notices what others do to a device, and tells it once: a glimpse each poll, all each night."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from doorward.connector import differing
from doorward.connector.clock import CloudClock
from doorward.connector.driver import Driver, HeldPerson, HeldSchedule, Vitals
from doorward.connector.reconcile import Wanted
from doorward.connector.shelf import WHOLE_NOTE, Head, Shelf
from doorward.connector.spool import Spool
from doorward.protocols.neutral import (
    Assignment,
    ClockRecord,
    Difference,
    DriftFound,
    Entry,
    Kind,
    Oddity,
    PersonRecord,
    RelayRecord,
    Stranger,
    StrangersSeen,
)
from doorward.protocols.wire import pack

logger = logging.getLogger(__name__)

# So many are named in one report; the rest is counted.
NAMED = 200
_STRANGERS_NOTE = "strangers"
# All is compared in these hours of the night at the site, each device in a minute of its own.
_NIGHT, _NIGHT_MINUTES = 1, 240
# A glimpse that was right about nothing is not believed again so soon.
_FIRST_DOUBT, _LAST_DOUBT = 60.0, 3600.0
_CLOCK_JUMP = 60


class Drift:
    """Of one device. Times are seconds of the steady clock where they are not dates."""

    def __init__(
        self, assignment: Assignment, driver: Driver, spool: Spool, shelf: Shelf, clock: CloudClock
    ) -> None:
        self._device = assignment.device
        self._unwanted = frozenset(assignment.unwanted)
        self._driver = driver
        self._spool = spool
        self._shelf = shelf
        self._clock = clock
        self._page = 1
        self._people: int | None = None
        self._schedules: int | None = None
        self._skew: int | None = None
        # Until all was compared once, nobody can say by which hours a person opens.
        self._compared = False
        # How often we began to write, and whether we do so now: then a count tells nothing.
        self._turns = 0
        self._writing = False
        self._suspected = False
        self._doubt = _FIRST_DOUBT
        self._believed_from = 0.0
        self._night: datetime | None = None

    # --- noticing -----------------------------------------------------------------------------

    async def glimpse(self) -> bool:
        """Look at a page of people; return whether anything there is another's doing."""
        turn = self._turns
        if self._writing:
            return False
        seen = await self._driver.glimpse(self._page)
        if self._writing or turn != self._turns:
            return False
        self._page = self._page % seen.pages + 1
        if self._people is None:
            self._people = seen.count
        is_odd = seen.count != self._people
        is_odd = is_odd or (self._compared and any(map(self._is_odd, seen.people)))
        return is_odd and self._believe()

    def is_odd(self, vitals: Vitals, skew: int | None) -> bool:
        """Return whether the number of schedules, or the clock, is another's doing."""
        clock, self._skew = self._skew, skew
        if clock is not None and skew is not None and abs(clock - skew) > _CLOCK_JUMP:
            return True
        if self._writing or self._schedules in (None, vitals.schedules):
            return False
        return self._believe()

    def night_has_come(self) -> bool:
        """Return whether it is time to compare everything; after a start it always is."""
        now = self._clock.now()
        if self._night is not None and now < self._night:
            return False
        self._night = next_night(now, self._zone(), self._device)
        return True

    # --- while a pass writes ------------------------------------------------------------------

    def begin(self) -> None:
        """From here on counts change by our own doing."""
        self._turns += 1
        self._writing = True

    def end(self) -> None:
        """From now on a change is another's doing."""
        self._writing = False

    def wrote(self, *, people: int = 0, schedules: int = 0) -> None:
        """Note that we have added so many, or taken away."""
        if self._people is not None:
            self._people += people
        if self._schedules is not None:
            self._schedules += schedules

    # --- telling ------------------------------------------------------------------------------

    async def compare(
        self,
        head: Head,
        wanted: Wanted,
        entries: Mapping[tuple[Kind, str], Entry],
        schedules: Sequence[HeldSchedule],
        people: Sequence[HeldPerson],
    ) -> None:
        """Tell what differs from what was held, and who is there besides; before it is mended."""
        self._people, self._schedules = len(people), len(schedules)
        self._compared = True
        steady = self._shelf.steady(self._clock.now().timestamp())
        # Fifty thousand rows take a while, and other doors must open meanwhile.
        found = await asyncio.to_thread(
            differing.differences,
            wanted,
            schedules,
            people,
            steady=steady,
            was_whole=self._spool.note(self._device, WHOLE_NOTE) == str(head.epoch),
        )
        found += await self._settings([entry for name, entry in entries.items() if name in steady])
        if found:
            self._tell(head, found)
        mark = self._spool.vault.mark
        seen = await asyncio.to_thread(differing.strangers, people, mark)
        others = self._tell_strangers(seen)
        self._weigh(is_right=bool(found) or others)

    def unwanted(self, people: Sequence[HeldPerson]) -> list[HeldPerson]:
        """Return the strangers whom somebody wants gone; another system's are never touched."""
        mark = self._spool.vault.mark
        return [
            one
            for one in people
            if self._unwanted
            and one.foreign
            and not one.elsewhere
            and differing.key_of(one, mark) in self._unwanted
        ]

    def is_whole(self, head: Head) -> None:
        """Note that all of an epoch has been compared and written."""
        if self._spool.note(self._device, WHOLE_NOTE) != str(head.epoch):
            self._spool.set_note(self._device, WHOLE_NOTE, str(head.epoch))

    def _tell(self, head: Head, found: Sequence[Difference]) -> None:
        logger.warning("device %s: %d differences found", self._device, len(found))
        with self._spool.transaction():
            # What is told is to be written, whatever happens to us until then; so it is told once.
            self._shelf.unsettle([(one.kind, one.key) for one in found], head.revision)
            self._spool.add(
                DriftFound(
                    device=self._device,
                    at=self._clock.now(),
                    epoch=head.epoch,
                    revision=head.revision,
                    differences=tuple(found[:NAMED]),
                    count=len(found),
                )
            )

    def _tell_strangers(self, seen: Sequence[Stranger]) -> bool:
        """Tell who is there that is none of ours, and return whether these are others now."""
        told = hashlib.sha256(json.dumps(pack(tuple(seen))).encode()).hexdigest()
        before = self._spool.note(self._device, _STRANGERS_NOTE)
        if told == before:
            return False
        with self._spool.transaction():
            self._spool.set_note(self._device, _STRANGERS_NOTE, told)
            self._spool.add(
                StrangersSeen(
                    device=self._device,
                    at=self._clock.now(),
                    strangers=tuple(seen[:NAMED]),
                    count=len(seen),
                )
            )
        return bool(before)

    async def _settings(self, entries: Sequence[Entry]) -> tuple[Difference, ...]:
        named = [
            (entry, entry.body)
            for entry in entries
            if isinstance(entry.body, ClockRecord | RelayRecord)
        ]
        if not named:
            return ()
        off = await self._driver.settings_off([body for _, body in named], self._clock.now())
        return tuple(
            Difference(entry.kind, entry.key, Oddity.CHANGED, fields)
            for (entry, _), fields in zip(named, off, strict=True)
            if fields
        )

    def _believe(self) -> bool:
        """Return whether a suspicion is followed: of late they led to something."""
        if self._steady() < self._believed_from:
            return False
        self._suspected = True
        return True

    def _weigh(self, *, is_right: bool) -> None:
        """Believe suspicions less that lead to nothing."""
        if is_right:
            self._doubt, self._believed_from = _FIRST_DOUBT, 0.0
        elif self._suspected:
            self._believed_from = self._steady() + self._doubt
            self._doubt = min(_LAST_DOUBT, 2 * self._doubt)
        self._suspected = False

    def _is_odd(self, one: HeldPerson) -> bool:
        if one.foreign:
            return False
        entry = self._shelf.one(Kind.PERSON, one.key or "", self._clock.now().timestamp())
        if entry is None:
            return not self._shelf.untried()
        if not entry.is_steady:
            return False
        record = entry.body
        if not isinstance(record, PersonRecord):
            return True
        target = wanted_now(self._driver, record, self._clock.now())
        if target is None or not target.grants:
            return True
        (held,) = differing.as_wanted([one], lambda _: target, self._driver.same_name)
        return held.record != target

    def _zone(self) -> ZoneInfo:
        entry = self._shelf.one(Kind.CLOCK, "0", 0.0)
        name = entry.body.zone if entry and isinstance(entry.body, ClockRecord) else "UTC"
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")

    def _steady(self) -> float:
        return self._clock.steady_ms() / 1000


def wanted_now(driver: Driver, record: PersonRecord, now: datetime) -> PersonRecord | None:
    """Return what a device should hold of somebody at this moment."""
    if record.valid_from and now < record.valid_from:
        return None
    if record.valid_until and now >= record.valid_until:
        return None
    return driver.fit_person(record)


def next_night(now: datetime, zone: ZoneInfo, device: str) -> datetime:
    """Return when a device is next compared whole: its own minute of the next night."""
    minute = int.from_bytes(hashlib.sha256(device.encode()).digest()[:4]) % _NIGHT_MINUTES
    local = now.astimezone(zone)
    at = local.replace(hour=_NIGHT, minute=0, second=0, microsecond=0) + timedelta(minutes=minute)
    return at if at > local else at + timedelta(days=1)


def tell_anew(spool: Spool, device: str) -> None:
    """Tell who is there besides ours when all is compared the next time."""
    spool.set_note(device, _STRANGERS_NOTE, "")


def let_go(spool: Spool, device: str) -> None:
    """Forget what was known of a device that is no longer the same."""
    spool.set_note(device, WHOLE_NOTE, "")
    tell_anew(spool, device)
