"""The neutral words: what a device should hold, what it is told, what it tells.

No vendor's term stands here. Cloud and connector speak these words over the link; a driver
translates them next to the device. Units: seconds, minutes since midnight, UTC times.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from doorward.protocols.wire import FIFTH, SECOND, THIRD

MINUTES_A_DAY = 1440
EVERY_DAY = 0b1111111


class AuthMode(StrEnum):
    """How a device's local API wants to be signed in to."""

    NONE = "none"
    BASIC = "basic"
    DIGEST = "digest"


class DateFormat(StrEnum):
    YMD = "YMD"
    MDY = "MDY"
    DMY = "DMY"


class Method(StrEnum):
    """How a door was asked to open."""

    CARD = "card"
    PIN = "pin"
    REMOTE = "remote"
    UNKNOWN = "unknown"


class Problem(StrEnum):
    """Why a connector cannot work with a device."""

    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    AUTH_FAILED = "auth_failed"
    API_LOCKED = "api_locked"
    GARBLED = "garbled"
    OTHER_MAC = "other_mac"
    REJECTED = "rejected"


class FindingCode(StrEnum):
    """What is worth saying of how a device is reached; above each its `Finding.facts`, if any."""

    # The connector's own address, as the device sees it.
    SHUT_OUT = "shut_out"
    API_MISSING = "api_missing"
    # How the device wants to be signed in to, as in `AuthMode`.
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - no password
    # The connector's own address.
    LOCKED_OUT = "locked_out"
    OPEN_API = "open_api"
    HTTPS_ONLY = "https_only"
    # The certificate's fingerprint.
    SELF_SIGNED = "self_signed"
    # The new certificate's fingerprint.
    CERTIFICATE_CHANGED = "certificate_changed"
    LEGACY_TLS = "legacy_tls"
    NO_WAY_TO_OPEN = "no_way_to_open"
    # The settings that would call us, and call somebody else; parted by commas.
    ACTION_URL_TAKEN = "action_url_taken"


class AlarmKind(StrEnum):
    """What a device raises an alarm about by itself."""

    FORCED = "forced"
    HELD = "held"
    TAMPER = "tamper"


class Operation(StrEnum):
    """What a device is probed for."""

    IDENTITY = "identity"
    VITALS = "vitals"
    PEOPLE = "people"
    CONTACTS = "contacts"
    SCHEDULES = "schedules"
    GROUPS = "groups"
    DOOR_LOG = "door_log"
    CALL_LOG = "call_log"
    RELAYS = "relays"


class Verdict(StrEnum):
    SUPPORTED = "supported"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Tie(StrEnum):
    """To what other system a device is tied, as its own settings say."""

    NONE = "none"
    ON_PREMISE = "on_premise"
    VENDOR_CLOUD = "vendor_cloud"


class Fitness(StrEnum):
    """Whether a firmware is new enough, as far as that is known of its model."""

    FIT = "fit"
    TOO_OLD = "too_old"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """The kinds of entries on a device's shelf, in the order in which a device must learn them."""

    CLOCK = "clock"
    RELAY = "relay"
    SCHEDULE = "schedule"
    PERSON = "person"


# --- Records: what a device should hold -------------------------------------------------------


@dataclass(frozen=True)
class ClockRecord:
    """The device's clock: IANA zone, NTP servers, 12 or 24 hours, order of a date."""

    zone: str
    ntp_servers: tuple[str, ...]
    hours: int
    date_format: DateFormat


@dataclass(frozen=True)
class RelayRecord:
    """A relay (1 = A, 2 = B, …) under its door's name; `hold_seconds` is the pulse's length."""

    relay: int
    name: str
    hold_seconds: int


@dataclass(frozen=True)
class ScheduleRecord:
    """One window within a day in the site's wall time.

    `days` has bit 0 for Monday … bit 6 for Sunday; the window is `start <= t < end` in minutes
    since midnight, `end` up to 1440. A window across midnight is two records. Only days from
    `first_day` to `last_day` count, both of them included; the ends of the calendar are no limit.
    """

    slot: int
    days: int
    start: int
    end: int
    first_day: date = date.min
    last_day: date = date.max

    def __post_init__(self) -> None:
        if not 0 < self.days <= EVERY_DAY:
            raise ValueError("a schedule needs at least one of the seven days")
        if not 0 <= self.start < self.end <= MINUTES_A_DAY:
            raise ValueError("a schedule starts before it ends, within one day")
        if self.first_day > self.last_day:
            raise ValueError("a schedule's first day is not after its last")

    @property
    def is_dated(self) -> bool:
        return (self.first_day, self.last_day) != (date.min, date.max)


@dataclass(frozen=True)
class Grant:
    """A relay that a person may open during the schedule in a slot."""

    relay: int
    slot: int


@dataclass(frozen=True)
class PersonRecord:
    """A person as a device knows them. `cards` are upper-case hex; validity is half open.

    `pin` is digits, empty for none.
    """

    name: str
    cards: tuple[str, ...] = field(repr=False)
    grants: tuple[Grant, ...]
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    pin: str = field(default="", repr=False)


Record = ClockRecord | RelayRecord | ScheduleRecord | PersonRecord

RECORDS: dict[Kind, type[Record]] = {
    Kind.CLOCK: ClockRecord,
    Kind.RELAY: RelayRecord,
    Kind.SCHEDULE: ScheduleRecord,
    Kind.PERSON: PersonRecord,
}


@dataclass(frozen=True)
class Entry:
    """One thing on a device's shelf; `body` is None where the device should no longer hold it."""

    kind: Kind
    key: str
    revision: int
    body: Record | None


# --- Orders: what a connector is told ---------------------------------------------------------


@dataclass(frozen=True)
class LogPlace:
    """The newest row of a device's log that the cloud has stored: see `BadgeScanned`."""

    generation: int
    local_id: int


@dataclass(frozen=True)
class Assignment:
    """A device that a connector shall look after. `address` is host or host:port on its network.

    `term` counts how often it was handed from one connector to another, `log` is where reading
    begins for the one that takes it over.
    """

    device: str
    driver: str
    address: str
    mac: str
    auth_mode: AuthMode
    user: str
    password: str
    # The account for opening without the API; empty where there is none.
    relay_user: str = field(default="", metadata=SECOND)
    relay_password: str = field(default="", repr=False, metadata=SECOND)
    # The only certificate to trust, as SHA-256 in hex; empty trusts the first that is seen.
    certificate: str = field(default="", metadata=SECOND)
    legacy_tls: bool = field(default=False, metadata=SECOND)
    # The keys of strangers on it that somebody wants gone; see `Stranger`.
    unwanted: tuple[str, ...] = field(default=(), metadata=THIRD)
    term: int = field(default=0, metadata=THIRD)
    log: LogPlace | None = field(default=None, metadata=THIRD)


@dataclass(frozen=True)
class AssignDevices:
    """The whole list of devices of this connector; what is not on it is let go.

    Whoever has not heard from the cloud for `lease_seconds` may have lost them to another
    connector, and puts nothing more on them; 0 is a lease without an end.
    """

    devices: tuple[Assignment, ...]
    lease_seconds: int = field(default=0, metadata=THIRD)


@dataclass(frozen=True)
class ApplyChanges:
    """Entries of one device after revision `base` up to `revision`, in one or more parts.

    With `full` the entries are all there is, and whatever else of ours the device holds goes.
    Parts are numbered from one, so that one that comes twice is known (an older cloud leaves
    them 0); only the part marked `last` completes the revision.
    """

    device: str
    epoch: int
    base: int
    revision: int
    full: bool
    last: bool
    entries: tuple[Entry, ...]
    part: int = field(default=0, metadata=SECOND)


@dataclass(frozen=True)
class UnlockDoor:
    """Pulse a relay once, now, for `hold_seconds`."""

    device: str
    relay: int
    hold_seconds: int


@dataclass(frozen=True)
class RebootDevice:
    """Have a device restart, once, now; that it is back is told by its state."""

    device: str


Order = AssignDevices | ApplyChanges | UnlockDoor | RebootDevice


# --- States: how a device is ------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """A `FindingCode`, or one that came later, with its facts."""

    code: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capability:
    """An `Operation` and its `Verdict`, or ones that came later."""

    operation: str
    verdict: str


@dataclass(frozen=True)
class Limits:
    """How much a device holds, None where nobody knows."""

    people: int | None = None
    schedules: int | None = None
    cards_a_person: int | None = None


@dataclass(frozen=True)
class CapabilityProfile:
    """What a device was found to be able to do, when it was last asked.

    `fitness` is a `Fitness`, or one that came later; `oldest_fit` the oldest firmware that is known
    to do all that we need, empty where nobody knows.
    """

    at: datetime
    mac: str
    firmware: str
    capabilities: tuple[Capability, ...]
    limits: Limits = Limits()
    fitness: str = field(default=Fitness.UNKNOWN.value, metadata=FIFTH)
    oldest_fit: str = field(default="", metadata=FIFTH)

    def verdict(self, operation: str) -> str:
        found = {one.operation: one.verdict for one in self.capabilities}
        return found.get(operation, Verdict.UNKNOWN)


# --- Drift: what a device holds by another's doing ----------------------------------------------


class Oddity(StrEnum):
    """How a thing of ours on a device is otherwise than it was."""

    MISSING = "missing"
    # One that nobody was given there, or that was taken away before.
    ADDED = "added"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """A thing of ours that a device held as it should, and no longer does.

    `fields` are those of its record that differ; of cards and PINs nothing more is told. `shown`
    is the name that the device has for it.
    """

    kind: Kind
    key: str
    oddity: Oddity
    fields: tuple[str, ...] = ()
    shown: str = field(default="", repr=False)


@dataclass(frozen=True)
class Stranger:
    """A person on a device who is none of ours. Another `key` is another person, or other rights.

    `elsewhere` is one whom another system looks after.
    """

    key: str
    name: str = field(repr=False)
    cards: int
    pin: bool
    relays: tuple[int, ...]
    elsewhere: bool


# --- Reports: what a connector tells ----------------------------------------------------------


@dataclass(frozen=True)
class DeviceIdentified:
    """Who a device says it is; told when it is first asked and whenever that changes."""

    device: str
    at: datetime
    mac: str
    model: str
    firmware: str
    hardware: str


@dataclass(frozen=True)
class BadgeScanned:
    """A row of a device's door log.

    `at` is when the connector spooled it; `device_time` is the device's own wall time as ISO
    8601 without a zone, empty where it could not be read. `generation` counts how often the
    device's row ids began anew, so (`generation`, `local_id`) names a row once and for all.
    `relays` are those that moved; a refusal moves none. `code` is the card's number or the digits
    that were typed: it is a secret and lies nowhere in clear.
    """

    device: str
    at: datetime
    device_time: str
    generation: int
    local_id: str
    method: Method
    code: str = field(repr=False)
    person: str
    relays: tuple[int, ...]
    accepted: bool


@dataclass(frozen=True)
class LogUnreadable:
    """A log row nobody could make sense of, as text of at most 1,000 characters."""

    device: str
    at: datetime
    raw: str
    why: str


@dataclass(frozen=True)
class InputChanged:
    """An input of a device (1 = A, 2 = B, …) was triggered, or went back."""

    device: str
    at: datetime
    input: int
    on: bool


@dataclass(frozen=True)
class AlarmRaised:
    """A device raised an alarm; `inputs` are those that were on, as far as it said."""

    device: str
    at: datetime
    kind: AlarmKind
    inputs: tuple[int, ...]


@dataclass(frozen=True)
class AlarmsOver:
    """A device says that none of its own alarms lasts any longer."""

    device: str
    at: datetime


@dataclass(frozen=True)
class DeviceRestarted:
    """A device runs since later than when it was last asked; `uptime` is for how many seconds."""

    device: str
    at: datetime
    uptime: int


@dataclass(frozen=True)
class EntryFailure:
    kind: Kind
    key: str
    why: str


@dataclass(frozen=True)
class ChangesApplied:
    """The device holds `revision`, read back, but for the listed failures (at most 500).

    Where there are more, the list is not `complete`, and of what it does not name nothing is said.
    """

    device: str
    at: datetime
    epoch: int
    revision: int
    failures: tuple[EntryFailure, ...]
    complete: bool = True


class Outcome(StrEnum):
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class OrderSettled:
    """What became of an order; `problem` says why where it failed."""

    order: str
    at: datetime
    outcome: Outcome
    problem: Problem | None


@dataclass(frozen=True)
class DriftFound:
    """What another's doing has changed on a device since it was read back to hold `revision`.

    Each difference is told once, and mended at once as far as the connector knows how. Of `count`
    differences some are named.
    """

    device: str
    at: datetime
    epoch: int
    revision: int
    differences: tuple[Difference, ...]
    count: int


@dataclass(frozen=True)
class StrangersSeen:
    """All the people on a device who are none of ours; of `count` some are named."""

    device: str
    at: datetime
    strangers: tuple[Stranger, ...]
    count: int


Signal = InputChanged | AlarmRaised | AlarmsOver | DeviceRestarted
Comparison = DriftFound | StrangersSeen
Report = (
    DeviceIdentified
    | BadgeScanned
    | LogUnreadable
    | ChangesApplied
    | OrderSettled
    | Signal
    | Comparison
)
