"""Reads a device's log from where it stood: rows and the mark are spooled together, once."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict

from doorward.connector import logbook
from doorward.connector.clock import CloudClock
from doorward.connector.driver import Driver, LogRows, Row, UnreadableRow
from doorward.connector.logbook import Fresh, Mark
from doorward.connector.shelf import Shelf
from doorward.connector.spool import Spool
from doorward.protocols.neutral import Assignment, BadgeScanned, LogUnreadable, Report

logger = logging.getLogger(__name__)

_NOTE = "log"
_GENERATION = "generation"
# Pages read before the whole log is: the newest alone, then some for a burst.
_DEPTHS = (1, 5, 0)
_RAW_LENGTH = 1000
# What a row may show of itself when nobody can read it: no code, no name.
_OPEN_FIELDS = ("ID", "Date", "Time", "Type", "Status", "Relay", "AccessMode")


class LogReader:
    """The log of one device."""

    def __init__(
        self, one: Assignment, driver: Driver, spool: Spool, shelf: Shelf, clock: CloudClock
    ) -> None:
        self._device = one.device
        self._place = one.log
        self._driver = driver
        self._spool = spool
        self._shelf = shelf
        self._clock = clock

    async def read(self) -> bool:
        """Spool what is new; return whether the log's ids began anew.

        At first contact with a device, what lies in its log stays there.
        """
        mark = kept_mark(self._spool, self._device) or await self._taken_over()
        taken = self._shelf.taken()
        for depth in _DEPTHS:
            log = await self._driver.newest_log(depth)
            if mark is None:
                self._begin(log)
                return False
            reading = logbook.follow(mark, log.lines, complete=log.complete)
            if reading.whole:
                self._keep(log, reading.fresh, reading.mark if reading.mark != mark else None)
                self._shelf.forget_taken(taken)
                if reading.gap:
                    logger.warning("device %s: its log may have lost rows", self._device)
                return reading.mark.generation != mark.generation
        return False

    async def _taken_over(self) -> Mark | None:
        """Return where the connector stood from which we have the device."""
        if self._place is None:
            return None
        log = await self._driver.newest_log(0)
        return logbook.resume(self._place.generation, self._place.local_id, log.lines)

    def _begin(self, log: LogRows) -> None:
        generation = int(self._spool.note(self._device, _GENERATION) or 0)
        begun = logbook.begin(log.lines, generation)
        self._spool.set_note(self._device, _NOTE, _spell(begun))

    def _keep(self, log: LogRows, fresh: Sequence[Fresh], mark: Mark | None) -> None:
        if mark is None:
            return
        with self._spool.transaction():
            for one in fresh:
                self._spool.add(self._report(log.rows[one.position], one.generation))
            self._spool.set_note(self._device, _NOTE, _spell(mark))

    def _report(self, row: Row, generation: int) -> Report:
        now = self._clock.now()
        try:
            scan = self._driver.read_row(row)
        except UnreadableRow as refusal:
            raw = json.dumps({name: row[name] for name in _OPEN_FIELDS if name in row}, default=str)
            return LogUnreadable(
                device=self._device, at=now, raw=raw[:_RAW_LENGTH], why=str(refusal)
            )
        person = self._shelf.person_of(scan.method, scan.code, accepted=scan.accepted)
        return BadgeScanned(
            device=self._device, at=now, generation=generation, person=person, **asdict(scan)
        )


def kept_mark(spool: Spool, device: str) -> Mark | None:
    """Return where the reading stands, None where it has yet to begin."""
    text = spool.note(device, _NOTE)
    if not text:
        return None
    kept = json.loads(text)
    return Mark(kept["generation"], kept["last"], tuple(kept["newest"]))


def let_go(spool: Spool, device: str) -> None:
    """Forget the log of a device; should it come back, its ids count as another generation."""
    mark = kept_mark(spool, device)
    if mark is not None:
        spool.set_note(device, _GENERATION, str(mark.generation + 1))
    spool.set_note(device, _NOTE, "")


def _spell(mark: Mark) -> str:
    return json.dumps(asdict(mark))
