"""The frames of the connector link: one JSON object a message, named by its `t`.

A connector says `Enrol` once, with its one-time code; then at every connection `Hello`, gets a
`Challenge`, answers with a `Proof` and is welcomed. From there on the cloud sends `OrderFrame`s
and `Ack`s, the connector reports in sequence and a `StateFrame` every few seconds.
Both sides drop a connection on a frame that does not parse, so fields that came later go only to
those who know them: `words` says in `Hello` and `Welcome` how far one does. Who refuses a `Hello`
with it is older and greeted again without.
"""

import json
import re
from dataclasses import dataclass, field
from typing import get_args

from doorward.protocols import neutral
from doorward.protocols.neutral import CapabilityProfile, Finding, Problem
from doorward.protocols.wire import FIFTH, SECOND, WORDS, Json, WireError, pack, unpack

VERSION = 1
MAX_FRAME_BYTES = 1 << 20
HEARTBEAT_SECONDS = 10
# Entries in one ApplyChanges: a person with five cards and many grants stays well below 2 kB.
ENTRIES_A_PART = 250
# What goes into one frame of reports, by their number and by their length as text.
REPORTS_A_FRAME = 100
REPORTS_BYTES = MAX_FRAME_BYTES // 4


@dataclass(frozen=True)
class Enrol:
    """First contact. `public_key` is the raw Ed25519 key in URL-safe base64."""

    code: str
    public_key: str
    version: str


@dataclass(frozen=True)
class Enrolled:
    connector: str


@dataclass(frozen=True)
class Hello:
    """`spool` names the connector's spool; a new spool begins at sequence 1."""

    connector: str
    spool: str
    version: str
    protocol: int = VERSION
    words: int = field(default=1, metadata=SECOND)


@dataclass(frozen=True)
class Challenge:
    nonce: str


@dataclass(frozen=True)
class Proof:
    """The Ed25519 signature over `proof_message`, in URL-safe base64."""

    signature: str


@dataclass(frozen=True)
class Welcome:
    """`committed` is the last sequence the cloud has stored; `now_ms` the cloud's clock."""

    committed: int
    now_ms: int
    words: int = field(default=1, metadata=SECOND)


@dataclass(frozen=True)
class Refusal:
    """Why the cloud ends the connection: `code` is dotted lower case."""

    code: str
    message: str


@dataclass(frozen=True)
class Ack:
    """Everything up to `seq` is stored for good."""

    seq: int


@dataclass(frozen=True)
class Beat:
    """The cloud's answer to a state: its clock, and the `sent_ms` it answers."""

    sent_ms: int
    now_ms: int


@dataclass(frozen=True)
class OrderFrame:
    """An order. After `expires_ms` on the cloud's clock it must not be begun; 0 never expires."""

    id: str
    expires_ms: int
    kind: str
    body: neutral.Order


@dataclass(frozen=True)
class ReportFrame:
    seq: int
    kind: str
    body: neutral.Report


@dataclass(frozen=True)
class ReportsFrame:
    """Reports in sequence, at most `REPORTS_A_FRAME`: for who knows four counts of words."""

    reports: tuple[ReportFrame, ...]


@dataclass(frozen=True)
class Busy:
    """Nothing was taken from `seq` on, as there is too much to do: send again in `wait_ms`.

    Told to who knows four counts of words; others are read more slowly.
    """

    seq: int
    wait_ms: int


@dataclass(frozen=True, slots=True)
class DeviceState:
    """`epoch` and `revision` are what the connector has received, not yet what the device holds.

    `clock_skew` is how many seconds the device's clock is ahead, None while unknown. `profile` is
    None while the device has not been probed, `tie` is a `Tie`, or one that came later; empty while
    the device has not said.
    """

    device: str
    online: bool
    problem: Problem | None
    epoch: int
    revision: int
    clock_skew: int | None
    findings: tuple[Finding, ...] = field(default=(), metadata=SECOND)
    profile: CapabilityProfile | None = field(default=None, metadata=SECOND)
    tie: str = field(default="", metadata=FIFTH)


@dataclass(frozen=True)
class StateFrame:
    """How the connector is: its clock, reports not yet acknowledged, and every device."""

    sent_ms: int
    spool_depth: int
    devices: tuple[DeviceState, ...]


Frame = (
    Enrol
    | Enrolled
    | Hello
    | Challenge
    | Proof
    | Welcome
    | Refusal
    | Ack
    | Beat
    | OrderFrame
    | ReportFrame
    | ReportsFrame
    | Busy
    | StateFrame
)

_FRAMES: dict[str, type[Frame]] = {
    "enrol": Enrol,
    "enrolled": Enrolled,
    "hello": Hello,
    "challenge": Challenge,
    "proof": Proof,
    "welcome": Welcome,
    "refusal": Refusal,
    "ack": Ack,
    "beat": Beat,
    "order": OrderFrame,
    "report": ReportFrame,
    "reports": ReportsFrame,
    "busy": Busy,
    "state": StateFrame,
}
_TAGS = {kind: tag for tag, kind in _FRAMES.items()}
_ORDERS: dict[str, type[neutral.Order]] = {
    kind.__name__: kind
    for kind in (
        neutral.AssignDevices,
        neutral.ApplyChanges,
        neutral.UnlockDoor,
        neutral.RebootDevice,
    )
}
_REPORTS: dict[str, type[neutral.Report]] = {
    kind.__name__: kind
    for kind in (
        neutral.DeviceIdentified,
        neutral.BadgeScanned,
        neutral.LogUnreadable,
        neutral.ChangesApplied,
        neutral.OrderSettled,
        neutral.InputChanged,
        neutral.AlarmRaised,
        neutral.AlarmsOver,
        neutral.DeviceRestarted,
        neutral.DriftFound,
        neutral.StrangersSeen,
    )
}
# Who knows so many words sends reports together, and can be told that there is too much to do.
TOGETHER = 4
# Who knows so many words knows the order to reboot: one that does not parse costs the link.
REBOOTS = 6
# Reports that came later, by the count of words that knows them.
_LATER = dict.fromkeys((*get_args(neutral.Signal), *get_args(neutral.Comparison)), 3)


def proof_message(connector: str, nonce: str) -> bytes:
    """Return what a connector signs; the prefix keeps the signature useless anywhere else."""
    return f"doorward-link-{VERSION}|{connector}|{nonce}".encode()


def order(id: str, body: neutral.Order, *, expires_ms: int = 0) -> OrderFrame:
    return OrderFrame(id=id, expires_ms=expires_ms, kind=type(body).__name__, body=body)


def report(seq: int, body: neutral.Report) -> ReportFrame:
    return ReportFrame(seq=seq, kind=type(body).__name__, body=body)


def encode(frame: Frame, words: int = WORDS) -> str:
    """Return the message for somebody who knows so many words.

    A report whose kind came later is told as one that cannot be read: the sequence has no gaps.
    """
    if isinstance(frame, ReportsFrame):
        told = [[one.kind, pack(one.body, words)] for one in frame.reports]
        first = frame.reports[0].seq
        return json.dumps({"t": "reports", "seq": first, "reports": told}, separators=(",", ":"))
    if isinstance(frame, ReportFrame) and words < _LATER.get(type(frame.body), 0):
        frame = report(frame.seq, _unheard(frame.body))
    return json.dumps({"t": _TAGS[type(frame)], **pack(frame, words)}, separators=(",", ":"))


def _unheard(body: neutral.Report) -> neutral.LogUnreadable:
    kind, text = encode_report(body)
    return neutral.LogUnreadable(
        device="" if isinstance(body, neutral.OrderSettled) else body.device,
        at=body.at,
        raw=text[:1000],
        why=f"the connector speaks of {kind}, which came after this version",
    )


def decode(message: str | bytes) -> Frame:
    """Return the frame; raise `WireError` on anything that is not one."""
    if len(message) > MAX_FRAME_BYTES:
        raise WireError("", "is larger than a frame may be")
    try:
        value = json.loads(message)
    except (ValueError, RecursionError) as refusal:
        raise WireError("", "is not JSON") from refusal
    if not isinstance(value, dict):
        raise WireError("", "is not an object")
    tag = value.pop("t", None)
    kind = _FRAMES.get(tag) if isinstance(tag, str) else None
    if kind is None:
        raise WireError("t", "names no frame")
    if kind is OrderFrame:
        return _decode_order(value)
    if kind is ReportFrame:
        return _decode_report(value)
    if kind is ReportsFrame:
        return _decode_reports(value)
    return unpack(kind, value)


class States:
    """Reads what one connector sends: states that are told again as they were are not read again.

    A connector tells all its devices with every beat, and mostly there is nothing new.
    """

    _BEGINNING = re.compile(r'\{"t":"state","sent_ms":(\d{1,18}),"spool_depth":(\d{1,18}),')

    def __init__(self) -> None:
        self._text = ""
        self._devices: tuple[DeviceState, ...] = ()

    def decode(self, message: str) -> Frame:
        """Return the frame, as `decode` does."""
        known = self._BEGINNING.match(message)
        if known is None:
            return decode(message)
        text = message[known.end() :]
        if text == self._text:
            return StateFrame(int(known[1]), int(known[2]), self._devices)
        frame = decode(message)
        if isinstance(frame, StateFrame):
            self._text, self._devices = text, frame.devices
        return frame


def encode_report(body: neutral.Report) -> tuple[str, str]:
    """Return (kind, JSON text) of a report, as a spool keeps it."""
    return type(body).__name__, json.dumps(pack(body), separators=(",", ":"))


def decode_report(kind: str, text: str) -> neutral.Report:
    """The reverse of `encode_report`."""
    return unpack(_named(_REPORTS, kind), json.loads(text))


def _decode_order(value: dict[str, Json]) -> OrderFrame:
    body = value.pop("body", None)
    kind = _named(_ORDERS, value.get("kind"))
    if kind is neutral.ApplyChanges:
        return OrderFrame(**_head(value, "id", "expires_ms", "kind"), body=_changes(body))
    return OrderFrame(**_head(value, "id", "expires_ms", "kind"), body=unpack(kind, body, "body"))


def _decode_report(value: dict[str, Json]) -> ReportFrame:
    body = value.pop("body", None)
    kind = _named(_REPORTS, value.get("kind"))
    return ReportFrame(**_head(value, "seq", "kind"), body=unpack(kind, body, "body"))


def _decode_reports(value: dict[str, Json]) -> ReportsFrame:
    seq, told = value.get("seq"), value.get("reports")
    if set(value) != {"seq", "reports"} or type(seq) is not int or not isinstance(told, list):
        raise WireError("", "must have exactly seq and reports")
    if not 0 < len(told) <= REPORTS_A_FRAME:
        raise WireError("reports", "are none or too many")
    return ReportsFrame(
        tuple(_read_report(seq + place, one, f"reports[{place}]") for place, one in enumerate(told))
    )


def _read_report(seq: int, value: Json, field: str) -> ReportFrame:
    if not isinstance(value, list) or len(value) != 2:
        raise WireError(field, "is not a kind and a body")
    kind = _named(_REPORTS, value[0])
    return ReportFrame(seq, kind.__name__, unpack(kind, value[1], f"{field}[1]"))


def _changes(body: Json) -> neutral.ApplyChanges:
    """Read the entries one by one: the kind of an entry says what its body is."""
    if not isinstance(body, dict):
        raise WireError("body", "is not an object")
    listed = body.get("entries")
    if not isinstance(listed, list):
        raise WireError("body.entries", "is not a list")
    entries = tuple(read_entry(item, f"body.entries[{index}]") for index, item in enumerate(listed))
    bare = unpack(neutral.ApplyChanges, {**body, "entries": []}, "body")
    return neutral.ApplyChanges(**{**vars(bare), "entries": entries})


def read_entry(value: Json, field: str = "entry") -> neutral.Entry:
    """Return a shelf entry; raise `WireError` where it is not one."""
    if not isinstance(value, dict):
        raise WireError(field, "is not an object")
    body = value.get("body")
    bare = unpack(neutral.Entry, {**value, "body": None}, field)
    if body is None:
        return bare
    record = unpack(neutral.RECORDS[bare.kind], body, f"{field}.body")
    return neutral.Entry(kind=bare.kind, key=bare.key, revision=bare.revision, body=record)


def _head(value: dict[str, Json], *names: str) -> dict[str, Json]:
    if set(value) != set(names):
        raise WireError("", f"must have exactly {', '.join(names)} and body")
    for name in names:
        wanted = int if name in ("seq", "expires_ms") else str
        if type(value[name]) is not wanted:
            raise WireError(name, f"expected {wanted.__name__}")
    return value


def _named(kinds: dict[str, type], name: Json) -> type:
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        raise WireError("kind", "is not one we know")
    return kind
