"""One pretend device: what it keeps, what it decides and what its settings make of it."""

import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from doorward.emulator import clock, decide
from doorward.emulator.action_urls import UNSAID, HookCall, Send, hook_call
from doorward.emulator.auth import Account, Nonces
from doorward.emulator.book import Contacts, Groups
from doorward.emulator.clock import OwnClock
from doorward.emulator.factory import API, factory_settings, spec_settings
from doorward.emulator.fault import Fault
from doorward.emulator.log import Log
from doorward.emulator.profile import PROFILES, Row
from doorward.emulator.quirks import Quirk
from doorward.emulator.relays import Relays, letter_of
from doorward.emulator.roster import Roster
from doorward.emulator.schedules import Schedules
from doorward.emulator.sensors import Sensors, wired_as
from doorward.emulator.settings import Settings
from doorward.emulator.settling import Settling
from doorward.emulator.spec import DeviceSpec
from doorward.emulator.store import Change, Store

ACCEPTED = "Succ"
DENIED = "Failed"
BY_CARD = "Card"
BY_PIN = "PIN"
STRANGER = "Unknown"
CALLS_REMEMBERED = 8

Now = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Asked:
    """What became of a card held to the reader, or of a PIN typed on the keypad."""

    accepted: bool
    relays: tuple[int, ...]
    log_id: str


class Device:
    """A device with its state in a folder of its own. `now` gives true time in UTC.

    `send` is where its action URL calls go; without a network they go nowhere.
    """

    def __init__(self, spec: DeviceSpec, folder: Path, now: Now = utc_now) -> None:
        self.spec = spec
        self.profile = PROFILES[spec.model]
        self.names = self.profile.names
        self.firmware = spec.firmware or self.profile.firmware
        self.quirks = {Quirk(word) for word in spec.quirks}
        self.settling = Settling(spec.settle_seconds)
        self.save_seconds = spec.save_seconds
        self.store = Store(folder)
        self.settings = Settings(
            self.store,
            factory_settings(self.profile) | spec_settings(spec),
            base64_secrets=self.profile.base64_passwords,
        )
        self.users = Roster(self.store, self.profile, spec.capacity or self.profile.users)
        self.schedules = Schedules(self.store, spec.schedules or self.profile.schedules)
        self.groups = Groups(self.store)
        self.contacts = Contacts(self.store, self.groups, self.profile)
        self.log = Log(self.store, "log", self.profile.log_rows)
        self.calls = Log(self.store, "calls", self.profile.log_rows)
        self.relays = Relays(self.store, spec.relays, now, self._relay_moved)
        wires = wired_as(spec.wiring, self.profile.inputs, spec.relays)
        self.sensors = Sensors(wires, self.relays, self.tell, spec.held_seconds)
        self.own_clock = OwnClock(self.store, now)
        self.fault = Fault()
        self.send: Send = lambda call: None
        self.told: deque[HookCall] = deque(maxlen=CALLS_REMEMBERED)
        self.boot()
        if not self.store.table("facts"):
            self._seed()

    def boot(self) -> None:
        """Begin anew what does not outlive a restart: nonces, up time, the relays' coils."""
        self.nonces = Nonces(self.spec.nonce_seconds)
        self.opaque = secrets.token_hex(8)
        self.booted_at = time.monotonic()
        self.settling.forget()
        self.drop()

    def drop(self) -> None:
        """Let go of what only power holds."""
        self.relays.drop()
        self.sensors.drop()

    @property
    def mac(self) -> str:
        """Return the MAC of the device that hangs there now, its spec's until it is replaced."""
        return self.store.table("facts").get("identity", {"mac": self.spec.mac})["mac"]

    def clock(self) -> datetime:
        """Return the device's own local time."""
        return self.own_clock.reading(self.settings)

    # --- Doors ---

    def hold_seconds(self, relay: int) -> int:
        return int(self.settings[self.names.hold.format(letter_of(relay))] or "0")

    def swipe(self, card: str) -> Asked:
        """Hold a card to the reader: decide alone, open, and write a row of the door log."""
        return self._decide(self.users.holder(card), card, BY_CARD)

    def enter(self, pin: str) -> Asked:
        """Type a PIN on the keypad; it is answered and logged like a card."""
        return self._decide(self.users.owner(pin), pin, BY_PIN)

    def press_exit(self, number: int) -> None:
        """Press the button on an input: the door opens if the input is enabled."""
        self.sensors.turn(number, True)
        first = "" if number == 1 and not self.names.names_first_input else letter_of(number)
        if self.settings[self.names.input_enable.format(first)] == "1":
            relay = int(self.settings[self.names.input_relay.format(first)] or "0")
            if relay in self.relays.numbers:
                self.relays.pulse(relay, self.hold_seconds(relay))

    def _decide(self, user: Row | None, code: str, kind: str) -> Asked:
        at = self.clock()
        schedules = self.schedules.by_display_id()
        relays = decide.relays_opened(user, schedules, at, self.relays.numbers)
        for relay in relays:
            self.relays.pulse(relay, self.hold_seconds(relay), quiet=kind == BY_PIN)
        row = {
            "Date": clock.written_date(self.settings, at),
            "Time": clock.written_time(self.settings, at),
            "Name": user["Name"] if user else STRANGER,
            "Code": code,
            "Type": kind,
            "Status": ACCEPTED if relays else DENIED,
            "Relay": "".join(map(str, relays)),
            "AccessMode": "0",
        }
        asked = Asked(bool(relays), relays, self.log.write(row))
        shown = {"card_sn": code} if kind == BY_CARD else {"code": code}
        if user is not None:
            shown |= {"userid": user["UserID"], "user_name": user["Name"]}
        event = f"{'Valid' if relays else 'Invalid'}{'Card' if kind == BY_CARD else 'Code'}Entered"
        self.tell(event, unlocktype=kind, **shown)
        self.tell("DoorLog", unlocktype=kind, **shown)
        return asked

    # --- Action URLs ---

    def tell(self, event: str, **shown: str) -> None:
        """Call the URL that is set for an event, if there is one; nobody waits for it."""
        call = hook_call(self.settings, event, self._facts() | shown)
        if call is not None:
            self.told.appendleft(call)
            self.send(call)

    def _facts(self) -> dict[str, str]:
        return {
            **dict.fromkeys(UNSAID, ""),
            "unlocktype": "Null",
            "mac": self.mac,
            "ip": "127.0.0.1",
            "model": self.spec.model,
            "firmware": self.firmware,
            "time": f"{self.clock():%Y-%m-%d %H:%M:%S}",
            "alarmstatus": str(int(bool(self.sensors.alarms()))),
            **{f"relay{n}status": str(int(self.relays.is_open(n))) for n in self.relays.numbers},
            **{f"input{n}status": str(int(self.sensors.is_on(n))) for n in self.sensors.numbers},
        }

    def _relay_moved(self, number: int, opened: bool) -> None:
        self.tell(f"Relay{letter_of(number)}{'Triggered' if opened else 'Closed'}")

    # --- Signing in: three accounts that know nothing of each other ---

    @property
    def api_enabled(self) -> bool:
        return self.settings[f"{API}.Enable"] == "1"

    @property
    def auth_mode(self) -> str:
        return self.settings[f"{API}.AuthMode"]

    @property
    def account(self) -> Account:
        return Account(self.settings[f"{API}.UserName"], self.settings[f"{API}.Password"])

    @property
    def relay_account(self) -> Account | None:
        """Return who may open by HTTP, None while that is switched off."""
        if self.settings[self.names.http] != "1":
            return None
        return Account(self.settings[self.names.http_user], self.settings[self.names.http_password])

    def whitelists(self, address: str) -> bool:
        return address in {self.settings[f"{API}.WhiteListIP0{number}"] for number in range(1, 6)}

    # --- First boot ---

    def _seed(self) -> None:
        self.own_clock.drift(self.spec.drift_seconds_a_day)
        for number in range(1, self.spec.foreign_users + 1):
            self.users.add(
                {
                    "UserID": f"cloud-{number}",
                    "Name": f"Cloud Guest {number}",
                    "CardCode": f"C10D{number:04X}",
                    "ScheduleRelay": "1001-1;",
                },
                Source="2",
                SourceType="2",
            )
        if self.spec.foreign_users:
            stranger = {
                "UserID": "7",
                "Name": "Local Stranger",
                "CardCode": "57A40001",
                "ScheduleRelay": "1001-1;",
            }
            self.users.add(stranger)
        self.store.commit([Change("facts", "seeded", {"at": self.own_clock.true().isoformat()})])
