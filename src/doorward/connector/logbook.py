"""Where the reading of a device's log stands: which rows are new, and when its ids began anew.

Pure: rows in, new rows and the next mark out. A row is told by its fingerprint, so a repeated
row counts once and a log that was cleared does not hide what came after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# More than the rows by which a log can shift between two reads of neighbouring pages.
_REMEMBERED = 64


@dataclass(frozen=True)
class Line:
    """A row as the logbook needs it: its number where it has one, and what tells it from others."""

    number: int | None
    fingerprint: str


@dataclass(frozen=True)
class Mark:
    """The newest rows seen, newest first; `last` is the highest id of the present generation."""

    generation: int = 0
    last: int = -1
    newest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fresh:
    """A new row by its position in what was read."""

    position: int
    generation: int


@dataclass(frozen=True)
class Reading:
    """New rows, oldest first, and the mark to keep together with them.

    `whole` is False where older rows must be read before anything can be said; with `gap`, rows
    may have left the device's log before they were read.
    """

    whole: bool
    fresh: tuple[Fresh, ...]
    mark: Mark
    gap: bool = False


def begin(lines: Sequence[Line], generation: int = 0) -> Mark:
    """Return the mark for a log whose rows up to now are none of our business."""
    numbers = [line.number for line in lines if line.number is not None]
    newest = tuple(line.fingerprint for line in lines[:_REMEMBERED])
    # The newest id counts, not the highest: what began anew before us is history.
    return Mark(generation, numbers[0] if numbers else -1, newest)


def resume(generation: int, last: int, lines: Sequence[Line]) -> Mark:
    """Return the mark of another reader who came as far as row `last`; `lines` is the whole log.

    Where that row is no more, all there is comes after it.
    """
    for at, line in enumerate(lines):
        if line.number == last:
            newest = tuple(one.fingerprint for one in lines[at : at + _REMEMBERED])
            return Mark(generation, last, newest)
    return Mark(generation, last)


def follow(mark: Mark, lines: Sequence[Line], *, complete: bool) -> Reading:
    """Find the rows after the mark in `lines`, newest first; `complete` is the whole log."""
    known = set(mark.newest)
    met = [at for at, line in enumerate(lines) if line.fingerprint in known]
    if not complete and (not met or _more_behind(mark, lines[met[-1] + 1 :])):
        return Reading(whole=False, fresh=(), mark=mark)
    # What was remembered lies together in the log: a stranger in front of its end is new.
    end = met[-1] if met else len(lines)
    reading = _read_upwards(mark, lines[:end])
    gap = not met and bool(mark.newest) and bool(reading.fresh)
    return Reading(True, reading.fresh, reading.mark, gap)


def _more_behind(mark: Mark, lines: Sequence[Line]) -> bool:
    """True where a repeated old row only seems to be where reading ended last time."""
    known = set(mark.newest)
    return any(
        line.number is not None and line.number > mark.last and line.fingerprint not in known
        for line in lines
    )


def _read_upwards(mark: Mark, lines: Sequence[Line]) -> Reading:
    """Take rows oldest first; an id that does not grow begins another generation."""
    seen, generation, last = set(mark.newest), mark.generation, mark.last
    fresh: list[Fresh] = []
    for position in reversed(range(len(lines))):
        line = lines[position]
        if line.fingerprint in seen:
            continue
        seen.add(line.fingerprint)
        if line.number is not None:
            generation += line.number <= last
            last = line.number
        fresh.append(Fresh(position, generation))
    passed = tuple(lines[one.position].fingerprint for one in reversed(fresh))
    return Reading(
        True, tuple(fresh), Mark(generation, last, (*passed, *mark.newest)[:_REMEMBERED])
    )
