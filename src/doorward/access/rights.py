"""Rights: who may open which door at a moment, why not, and until when that holds.

Facts and a moment in, a decision out. A person's right is the union of their access groups;
windows are wall time in the door's zone; every span of time leaves its end out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from doorward.access.windows import Window, contains, dated_edges, midnight, weekly, weekly_edges
from doorward.activity.reasons import Reason

# A week, and a day more for a clock change in between.
HORIZON = timedelta(days=8)


@dataclass(frozen=True, kw_only=True)
class PersonFacts:
    """A person counts while `valid_from <= t < valid_until`; either end may be open.

    One who is suspended counts never, whatever the validity says.
    """

    id: int
    suspended: bool = False
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        for limit in self.limits():
            _require_zone(limit)

    def limits(self) -> tuple[datetime, ...]:
        return tuple(limit for limit in (self.valid_from, self.valid_until) if limit is not None)

    def objection(self, at: datetime) -> Reason | None:
        """Return why the person does not count at a moment, or None where they do."""
        if self.suspended:
            return Reason.SUSPENDED
        if self.valid_until is not None and at >= self.valid_until:
            return Reason.EXPIRED
        if self.valid_from is not None and at < self.valid_from:
            return Reason.NOT_STARTED
        return None


@dataclass(frozen=True, kw_only=True)
class DoorFacts:
    id: int
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class GroupFacts:
    """An access group; only the people and doors that a question is about need be in it."""

    id: int
    people: frozenset[int]
    doors: frozenset[int]
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class Decision:
    """An answer. `group` (its id) and `window` let the person in; both None in a refusal.

    `until` is when the answer first turns from yes to no or back, in UTC. It is looked for eight
    days ahead of the moment and of each later start, of the person's validity or of a window's
    dates, which covers a week of windows; and wherever validity, dates and one-off windows begin
    and end. None where nothing turns there.
    """

    allowed: bool
    reason: Reason
    group: int | None = None
    window: Window | None = None
    until: datetime | None = None


def may_open(
    person: PersonFacts | None, door: DoorFacts, at: datetime, *, groups: Iterable[GroupFacts]
) -> Decision:
    """Judge whether a person may open a door at a moment.

    A credential that nobody holds is a question without a person. The group with the lowest id
    decides where several let in. Raise ValueError for a time without a zone.
    """
    at = _in_utc(at)
    case = _case(person, door, groups)
    return replace(_judge(case, at), until=_turn(case, at))


def judge(
    person: PersonFacts | None, door: DoorFacts, at: datetime, *, groups: Iterable[GroupFacts]
) -> Decision:
    """Judge as `may_open` does, but leave out until when that holds: to find out is most work."""
    return _judge(_case(person, door, groups), _in_utc(at))


# --- One question -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """The facts that bear on one question: who asks, and the groups that join them and the door."""

    person: PersonFacts | None
    groups: tuple[GroupFacts, ...]
    zone: ZoneInfo


def _case(person: PersonFacts | None, door: DoorFacts, groups: Iterable[GroupFacts]) -> _Case:
    if person is None:
        return _Case(None, (), door.zone)
    joining = [group for group in groups if person.id in group.people and door.id in group.doors]
    joining.sort(key=lambda group: group.id)
    return _Case(person, tuple(joining), door.zone)


def _judge(case: _Case, at: datetime) -> Decision:
    if case.person is None:
        return Decision(False, Reason.UNKNOWN_CREDENTIAL)
    if reason := case.person.objection(at):
        return Decision(False, reason)
    if not case.groups:
        return Decision(False, Reason.NO_RIGHT)
    wall = at.astimezone(case.zone)
    for group in case.groups:
        for window in group.windows:
            if contains((window,), wall):
                return Decision(True, Reason.OK, group.id, window)
    return Decision(False, Reason.OUT_OF_SCHEDULE)


# --- When the answer turns --------------------------------------------------------------------


def _turn(case: _Case, at: datetime) -> datetime | None:
    if not case.groups:
        return None
    now = _judge(case, at).allowed
    later = (moment for moment in _moments(case, at) if _judge(case, moment).allowed != now)
    return next(later, None)


def _moments(case: _Case, at: datetime) -> list[datetime]:
    """List in order the only later moments at which the answer can turn."""
    windows = [window for group in case.groups for window in group.windows]
    moments = set(case.person.limits()) if case.person else set()
    for wall in dated_edges(windows):
        moments.update(_both_times(wall, case.zone))
        # A clock change may skip what begins or ends there, or bring it twice.
        before = wall.replace(tzinfo=UTC) - timedelta(days=1)
        moments.update(_clock_changes(case.zone, before, days=2))
    for begin in {at, *_starts(case, windows, at)}:
        moments.update(_window_edges(windows, case.zone, begin))
    return sorted(moment.astimezone(UTC) for moment in moments if moment > at)


def _starts(case: _Case, windows: Iterable[Window], at: datetime) -> Iterator[datetime]:
    """Yield the later moments from which weekly windows begin to count."""
    starts = [case.person.valid_from if case.person else None]
    for window in weekly(windows):
        if window.first_day is not None:
            starts.append(midnight(window.first_day).replace(tzinfo=case.zone))
    yield from (start.astimezone(UTC) for start in starts if start is not None and start > at)


def _window_edges(windows: Iterable[Window], zone: ZoneInfo, begin: datetime) -> Iterator[datetime]:
    """Yield when a weekly window may open or close from `begin` to the horizon, in UTC."""
    first = begin.astimezone(zone).date()
    if first > date.max - HORIZON:
        # A clock that tells the end of the calendar: no later day can be asked about.
        return
    walls = list(weekly_edges(windows, first, HORIZON.days + 1))
    for wall in walls:
        yield from _both_times(wall, zone)
    if walls:
        yield from _clock_changes(zone, begin, days=HORIZON.days)


def _both_times(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments of a wall time: two where it occurs twice, else one and the same."""
    local = wall.replace(tzinfo=zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _clock_changes(zone: ZoneInfo, begin: datetime, *, days: int) -> Iterator[datetime]:
    """Yield when the zone's clocks jump: a window may open or close with the jump."""
    earlier = begin.astimezone(UTC).replace(microsecond=0)
    for _ in range(days):
        later = earlier + timedelta(days=1)
        if _offset(zone, earlier) != _offset(zone, later):
            yield _jump(zone, earlier, later)
        earlier = later


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the first second with the later offset, by halving."""
    offset = _offset(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if _offset(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _in_utc(at: datetime) -> datetime:
    _require_zone(at)
    # Two times of one zone compare by their wall time, which lies where an hour occurs twice.
    return at.astimezone(UTC)


def _require_zone(at: datetime) -> None:
    if at.utcoffset() is None:
        raise ValueError("a moment needs its zone")
