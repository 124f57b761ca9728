"""What long work says of itself while it is done."""

import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO

from django.utils.translation import gettext as _

from doorward.files import folder
from doorward.files.faults import MOST, Fault
from doorward.files.folder import Bytes, Draft
from doorward.files.models import Work
from doorward.files.sealing import CHUNK
from doorward.files.teller import Progress, Teller
from doorward.kit import clock
from doorward.kit.errors import Refused, Text
from doorward.kit.sheets.values import kept
from doorward.tenancy.actor import Actor

# How often it is told, and asked whether to go on.
EVERY = timedelta(milliseconds=300)


class Cancelled(Exception):
    """Whoever asked for the work does not want it any more."""


@dataclass(frozen=True)
class Result:
    """A file that the work has made."""

    name: str
    content_type: str
    content: Bytes


class Report:
    """How far the work is, what was wrong, what came of it.

    Progress is told at once, several times a second at most; what the work changes in the database
    shows when all of it is done. `step` raises `Cancelled` once that was asked for: let it pass.
    """

    def __init__(self, work: Work, actor: Actor, teller: Teller) -> None:
        # Who asked for the work: it may what they may now.
        self.actor = actor
        self.counts: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.fault_count = 0
        self.made: Result | None = None
        self._work = work
        self._teller = teller
        self._total: int | None = None
        self._done = 0
        self._told_at = clock.now()

    @property
    def progress(self) -> Progress:
        return Progress(self._total, self._done, dict(self.counts), self.fault_count)

    def total(self, number: int) -> None:
        """Say how many steps there are."""
        self._total = number
        self._tell()

    def step(self, number: int = 1) -> None:
        """Say that so many more steps are done."""
        self._done += number
        if clock.now() - self._told_at >= EVERY:
            self._tell()

    def begin_again(self, number: int) -> None:
        """Count anew: a second pass of so many steps begins."""
        self._done = 0
        self.total(number)

    def count(self, word: str, number: int = 1) -> None:
        """Count what came of it, by a word of `wording.COUNTS`."""
        self.counts[word] += number

    def fault(
        self,
        words: Text,
        *,
        mend: Text = "",
        sheet: str = "",
        row: int | None = None,
        column: str = "",
    ) -> None:
        """Note what is wrong; the first thousand are kept, all are counted."""
        self.fault_count += 1
        if len(self.faults) < MOST:
            told = Fault(kept(str(words)), kept(str(mend)), kept(sheet), row, kept(column))
            self.faults.append(told)

    @contextmanager
    def result(self, name: str, content_type: str) -> Iterator[BinaryIO]:
        """Write the file that the work makes; it is kept where the work is done or refused."""
        with Draft() as draft:
            writer = io.BufferedWriter(draft, CHUNK)
            yield writer
            writer.flush()
            self.discard()
            self.made = Result(name, content_type, draft.finish())

    def source(self) -> BinaryIO:
        """Open the file that the work was given; raise `Refused` where it is gone."""
        source = self._work.source
        if source is None or not source.is_kept(clock.now()):
            raise Refused(
                "work.source_gone", _("The file is not kept any more. Send it once more.")
            )
        return folder.read(source.key)

    def discard(self) -> None:
        """Throw away the file that was made."""
        if self.made is not None:
            folder.remove(self.made.content.key)
        self.made = None

    def _tell(self) -> None:
        self._told_at = clock.now()
        if self._teller.tell(self.progress, (self._work.topic,)):
            raise Cancelled


def topics_of(work: Work) -> tuple[str, ...]:
    """Return who hears of a work's beginning and end: every page of whoever asked for it."""
    return (work.topic, work.account.topic)
