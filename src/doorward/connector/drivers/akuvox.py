"""The driver of Akuvox door phones and access terminals, over their local HTTP API."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from doorward.connector.driver import (
    SETTLING,
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
    UnreadableRow,
    Vitals,
)
from doorward.connector.drivers.api_client import ApiClient
from doorward.connector.drivers.examination import examine
from doorward.connector.drivers.opener import Opener
from doorward.connector.drivers.trust import Trust
from doorward.connector.lane import Lane
from doorward.connector.logbook import Line
from doorward.protocols.akuvox import (
    action_url,
    door_log,
    local_api,
    models,
    probe,
    settings,
    spelling,
    users,
)
from doorward.protocols.akuvox.local_api import (
    Garbled,
    Rejected,
    Request,
    Unsupported,
    Values,
    text,
)
from doorward.protocols.neutral import (
    Assignment,
    Capability,
    CapabilityProfile,
    ClockRecord,
    DateFormat,
    Finding,
    FindingCode,
    Operation,
    PersonRecord,
    Problem,
    RelayRecord,
    ScheduleRecord,
    Tie,
    Verdict,
)

SPACING_SECONDS = 0.25
ROWS_A_PAGE = 10
# More searches than this cost more than one reading of the whole list.
_SEARCHES = 8
T = TypeVar("T")


class AkuvoxDriver:
    """Speaks to one device; see `Driver`. Never more than one request at a time but for unlocks."""

    def __init__(self, assignment: Assignment, spacing: float = SPACING_SECONDS) -> None:
        self._lane = Lane(spacing)
        self._trust = Trust(assignment)
        self._client = ApiClient(assignment, self._trust)
        self._urgent = ApiClient(assignment, self._trust, urgent=True)
        self._opener = Opener(assignment, self._trust)
        self._identity = Identity("", "", "", "")
        self._opens_by_api = True
        self._tells_inputs = True
        self._password_refused = False
        self._date_order = DateFormat.YMD
        # DisplayIDs of our schedules by slot, as last read.
        self._displays: dict[int, str] = {}

    async def identify(self) -> Identity:
        status = (await self._ask(local_api.ask("system", "info"))).get("Status")
        if not isinstance(status, dict) or not text(status.get("MAC")):
            raise DeviceFault(Problem.GARBLED, "an identity without a MAC")
        self._password_refused = False
        self._identity = Identity(
            mac=plain_mac(text(status.get("MAC"))),
            model=text(status.get("Model"))[:64],
            firmware=text(status.get("FirmwareVersion"))[:64],
            hardware=text(status.get("HardwareVersion"))[:64],
        )
        return self._identity

    async def examine(self, fault: DeviceFault | None) -> tuple[Finding, ...]:
        if fault is not None and fault.problem is Problem.AUTH_FAILED and not fault.busy:
            self._password_refused = True
        async with self._lane.turn():
            found = await examine(self._client, fault, refused_before=self._password_refused)
        if self._trust.fingerprint and not any(
            one.code == FindingCode.CERTIFICATE_CHANGED for one in found
        ):
            found += (Finding(FindingCode.SELF_SIGNED, (self._trust.fingerprint,)),)
        if not self._opens_by_api and not self._opener.has_account:
            found += (Finding(FindingCode.NO_WAY_TO_OPEN),)
        return found

    async def probe(self, at: datetime) -> CapabilityProfile:
        found = [Capability(one, await self._probe(read)) for one, read in probe.READS.items()]
        fitness, oldest = models.fitness(self._identity.model, self._identity.firmware)
        profile = CapabilityProfile(
            at=at,
            mac=self._identity.mac,
            firmware=self._identity.firmware,
            capabilities=tuple(found),
            limits=models.limits(self._identity.model),
            fitness=fitness,
            oldest_fit=oldest,
        )
        self.heed(profile)
        return profile

    def heed(self, profile: CapabilityProfile) -> None:
        self._opens_by_api = profile.verdict(Operation.RELAYS) != Verdict.REFUSED

    async def learn(self) -> None:
        """Read how the device spells dates; one without a readable configuration keeps YMD."""
        self._tells_inputs = True
        try:
            self._date_order = settings.date_order(await self._config())
        except DeviceFault as fault:
            if not fault.is_refusal:
                raise

    async def tie(self) -> Tie | None:
        try:
            return settings.tie(await self._setting(settings.TIE))
        except DeviceFault as fault:
            if not fault.is_refusal:
                raise
            return None

    async def mac_now(self) -> str:
        with self._lane.urgent():
            reply = await _read(self._urgent, local_api.ask("system", "info"))
        status = reply.get("Status")
        return plain_mac(text(status.get("MAC"))) if isinstance(status, dict) else ""

    async def vitals(self) -> Vitals:
        """Ask on the urgent client, which so keeps a challenge at hand for the next unlock."""
        async with self._lane.turn():
            status = await _read(self._urgent, local_api.ask("system", "status"))
        schedules = await self._ask(local_api.ask("schedule", "get", "page=1"))
        return Vitals(
            clock=local_api.integer(status.get("SystemTime")),
            uptime=local_api.integer(status.get("UpTime")),
            schedules=local_api.integer(schedules.get("num")),
        )

    async def glimpse(self, page: int) -> Glimpse:
        data = await self._ask(local_api.ask("user", "get", f"page={page}"))
        shown, count = local_api.rows(data), local_api.total(data)
        # Who does not understand pages shows everybody, and one glimpse is all there are.
        a_page = max(ROWS_A_PAGE, len(shown))
        people = await asyncio.to_thread(self._held_people, shown)
        return Glimpse(count, max(1, -(-count // a_page)), tuple(people))

    async def newest_log(self, pages: int) -> LogRows:
        if not pages:
            data = await self._ask(local_api.ask("doorlog", "get"), long_list=True)
            return _log_rows(local_api.rows(data), complete=True)
        rows: list[Values] = []
        for page in range(1, pages + 1):
            data = await self._ask(local_api.ask("doorlog", "get", f"page={page}"))
            rows += local_api.rows(data)
            if not local_api.rows(data) or len(rows) >= local_api.total(data):
                return _log_rows(rows, complete=len(rows) >= local_api.total(data))
        return _log_rows(rows, complete=False)

    def read_row(self, row: Row) -> Scan:
        try:
            return Scan(**asdict(door_log.read_row(dict(row), self._date_order)))
        except door_log.Unreadable as refusal:
            raise UnreadableRow(str(refusal)) from refusal

    async def inputs(self) -> Mapping[int, bool]:
        if not self._tells_inputs:
            return {}
        try:
            status = await self._ask(local_api.ask("input", "status"))
        except DeviceFault as fault:
            if not fault.is_refusal:
                raise
            self._tells_inputs = not fault.unsupported
            return {}
        told = {n: status.get(f"Input{letter}") for n, letter in enumerate(action_url.INPUTS, 1)}
        read = {number: local_api.integer(value) for number, value in told.items()}
        return {number: value == 1 for number, value in read.items() if value is not None}

    async def own_address(self) -> str:
        return await self._client.own_address()

    async def have_it_call(self, base: str) -> tuple[Finding, ...]:
        try:
            config = await self._config()
            wish = action_url.wish(config, base)
            await self._write_config(config, dict(wish.keys))
        except DeviceFault as fault:
            if not fault.is_refusal:
                raise
            # Its log and its inputs are still asked for.
            return ()
        if not wish.taken:
            return ()
        return (Finding(FindingCode.ACTION_URL_TAKEN, (", ".join(wish.taken)[:200],)),)

    def read_call(self, call: str) -> Call | None:
        told = action_url.read(call)
        return None if told is None else Call(**vars(told))

    async def unlock(self, relay: int, seconds: int) -> None:
        with self._lane.urgent():
            if self._opens_by_api and await self._pulse(relay, seconds):
                return
            await self._opener.open(relay, self._identity.firmware)

    async def _pulse(self, relay: int, seconds: int) -> bool:
        """Pulse by the API; False where it does not know how, and so did nothing.

        After any other answer, and after none, the relay may have moved: nothing else is tried.
        """
        pulse = {"num": relay, "mode": 0, "level": 0, "delay": max(1, min(seconds, 65535))}
        try:
            await _read(self._urgent, local_api.tell("relay", "trig", pulse))
        except DeviceFault as fault:
            if not fault.unsupported or not self._opener.has_account:
                raise
            self._opens_by_api = False
            return False
        return True

    async def reboot(self) -> None:
        await self._ask(local_api.ask("system", "reboot"))

    async def schedules(self) -> list[HeldSchedule]:
        data = await self._ask(local_api.ask("schedule", "get"), long_list=True)
        held = [_held_schedule(row) for row in local_api.rows(data)]
        self._displays = {}
        for one in held:
            if one.slot is not None:
                self._displays.setdefault(one.slot, text(one.row.get("DisplayID")))
        return held

    async def people(self, keys: Collection[str] | None) -> list[HeldPerson]:
        if keys is None or len(keys) > _SEARCHES:
            data = await self._ask(local_api.ask("user", "get"), long_list=True)
            return await asyncio.to_thread(self._held_people, local_api.rows(data))
        found: dict[str, Values] = {}
        for key in keys:
            query = f"NameOrPerID={quote(users.user_id(key), safe='')}"
            data = await self._ask(local_api.ask("user", "get", query), long_list=True)
            found |= {text(row.get("ID")): row for row in local_api.rows(data)}
        return [one for one in self._held_people(list(found.values())) if one.key in keys]

    async def write_schedule(self, write: ScheduleWrite) -> None:
        row = users.write_schedule(write.record, dict(write.held.row) if write.held else None)
        await self._tell_row("schedule", "set" if write.held else "add", row)

    async def remove_schedule(self, held: HeldSchedule) -> None:
        await self._tell_row("schedule", "del", {"ID": held.handle})

    async def write_people(self, writes: Sequence[PersonWrite]) -> list[int]:
        rows = [
            users.write_person(
                one.key, one.record, self._displays, dict(one.held.row) if one.held else None
            )
            for one in writes
        ]
        return await self._tell_rows("user", "set" if writes[0].held else "add", rows)

    async def remove_people(self, held: Sequence[HeldPerson]) -> list[int]:
        return await self._tell_rows("user", "del", [{"ID": one.handle} for one in held])

    async def set_clock(self, record: ClockRecord, now: datetime) -> datetime | None:
        config = await self._config()
        await self._write_config(config, settings.clock(record, now, config))
        self._date_order = record.date_format
        return settings.clock_due(record, now, config)

    async def set_relay(self, record: RelayRecord) -> None:
        config = await self._config()
        wanted = settings.relay(record, config)
        if not wanted:
            raise DeviceFault(Problem.REJECTED, f"no relay {record.relay} on this device")
        await self._write_config(config, wanted)

    async def settings_off(
        self, records: Sequence[ClockRecord | RelayRecord], now: datetime
    ) -> list[tuple[str, ...]]:
        config = await self._config()
        return [settings.off(one, now, config) for one in records]

    def same_name(self, held: str, wanted: str) -> bool:
        return spelling.same(held, wanted)

    def fit_person(self, record: PersonRecord) -> PersonRecord:
        return users.fit_person(record)

    def unfit(self, record: PersonRecord) -> str:
        return users.unfit(record)

    def fit_schedule(self, record: ScheduleRecord) -> ScheduleRecord:
        return users.fit_schedule(record)

    async def close(self) -> None:
        await self._client.close()
        await self._urgent.close()
        await self._opener.close()

    async def _probe(self, read: Request) -> Verdict:
        try:
            async with self._lane.turn():
                return probe.verdict(await self._client.call(read.method, read.path))
        except DeviceFault as fault:
            if fault.problem in (Problem.UNREACHABLE, Problem.TIMED_OUT, Problem.AUTH_FAILED):
                # Says nothing of this call alone.
                raise
            is_no = fault.is_refusal or fault.problem is Problem.API_LOCKED
            return Verdict.REFUSED if is_no else Verdict.UNKNOWN

    async def _ask(self, request: Request, *, long_list: bool = False) -> Values:
        async with self._lane.turn():
            return await _read(self._client, request, long_list=long_list)

    async def _tell_row(self, target: str, action: str, row: Values) -> None:
        if await self._tell_rows(target, action, [row]):
            raise DeviceFault(Problem.REJECTED, f"{target}/{action} refused")

    async def _tell_rows(self, target: str, action: str, rows: Sequence[Values]) -> list[int]:
        """Return the places of the rows that were refused: each says so in its Ret."""
        data = await self._ask(local_api.tell(target, action, {"item": list(rows)}))
        results = [local_api.integer(row.get("Ret")) or 0 for row in local_api.rows(data)]
        # Some firmware answers with the ids of new rows there: only a negative one is a no.
        return [place for place, result in enumerate(results[: len(rows)]) if result < 0]

    def _held_people(self, rows: Sequence[Values]) -> list[HeldPerson]:
        slots = {display: slot for slot, display in self._displays.items()}
        return [
            HeldPerson(
                handle=text(row.get("ID")),
                key=users.person_key(row),
                foreign=not users.is_ours(row),
                record=users.read_person(row, slots),
                row=row,
                elsewhere=users.is_foreign(row),
            )
            for row in rows
        ]

    async def _setting(self, name: str) -> dict[str, str]:
        """Return a setting by its name, perhaps with others."""
        try:
            data = await self._ask(local_api.tell("config", "get", {"item": [name]}))
        except DeviceFault as fault:
            if not fault.is_refusal:
                raise
            # Some firmware takes no such question; what it has it shows all at once.
            return await self._config()
        return _settings_in(data)

    async def _config(self) -> dict[str, str]:
        data = await self._ask(local_api.ask("config", "get"))
        return _settings_in(data)

    async def _write_config(self, config: dict[str, str], wanted: dict[str, str]) -> None:
        changes = {name: wanted[name] for name in settings.missed(wanted, config)}
        if not changes:
            return
        await self._ask(local_api.tell("config", "set", changes))
        missed: list[str] = []
        for pause in SETTLING:
            await asyncio.sleep(pause)
            missed = settings.missed(changes, await self._config())
            if not missed:
                return
        raise DeviceFault(Problem.REJECTED, f"{missed[0]} did not take")


def _settings_in(data: Values) -> dict[str, str]:
    return {name: text(value) for name, value in data.items() if name.startswith("Config.")}


def plain_mac(spelled: str) -> str:
    """Return a MAC as twelve upper-case digits."""
    return "".join(letter for letter in spelled if letter.isalnum()).upper()


async def _read(client: ApiClient, request: Request, *, long_list: bool = False) -> Values:
    body = await client.call(request.method, request.path, request.body, long_list=long_list)
    reader: Callable[[bytes], Values] = local_api.read_reply
    try:
        # A long list takes long to parse, and other doors must open meanwhile.
        return await asyncio.to_thread(reader, body) if len(body) > 1 << 16 else reader(body)
    except Garbled as refusal:
        raise DeviceFault(Problem.GARBLED, str(refusal)) from refusal
    except Rejected as refusal:
        is_unknown = isinstance(refusal, Unsupported)
        fault = DeviceFault(Problem.REJECTED, str(refusal), unsupported=is_unknown)
        raise fault from refusal


def _log_rows(rows: Sequence[Values], *, complete: bool) -> LogRows:
    lines = tuple(Line(local_api.integer(row.get("ID")), _fingerprint(row)) for row in rows)
    return LogRows(rows=tuple(rows), lines=lines, complete=complete)


def _fingerprint(row: Values) -> str:
    told = json.dumps([text(row.get(name)) for name in ("ID", "Date", "Time", "Name", "Code")])
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _held_schedule(row: Values) -> HeldSchedule:
    # Without a DisplayID nobody can be given the schedule: as good as none.
    slot = users.schedule_slot(row) if text(row.get("DisplayID")) else None
    record = None if slot is None else users.read_schedule(row, slot)
    return HeldSchedule(handle=text(row.get("ID")), slot=slot, record=record, row=row)
