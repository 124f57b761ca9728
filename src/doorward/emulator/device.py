"""One pretend device: what it keeps, what it decides and what its settings make of it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from doorward.emulator import clock, decide
from doorward.emulator.auth import Account, Nonces
from doorward.emulator.door_log import DoorLog
from doorward.emulator.fault import Fault
from doorward.emulator.profile import AUTH_MODES, PROFILES, Row
from doorward.emulator.relays import Relays, letter_of
from doorward.emulator.roster import Roster
from doorward.emulator.schedules import Schedules
from doorward.emulator.settings import Settings
from doorward.emulator.spec import DeviceSpec
from doorward.emulator.store import ALL, Change, Store

API = "Config.DoorSetting.APIFCGI"
RELAY = "Config.DoorSetting.RELAY"

ACCEPTED = "Succ"
DENIED = "Failed"
BY_CARD = "Card"
BY_PIN = "PIN"
STRANGER = "Unknown"

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
    """A device with its state in a folder of its own. `now` gives true time in UTC."""

    def __init__(self, spec: DeviceSpec, folder: Path, now: Now = utc_now) -> None:
        self.spec = spec
        self.profile = PROFILES[spec.model]
        self.firmware = spec.firmware or self.profile.firmware
        self.store = Store(folder)
        self.settings = Settings(self.store, self.profile.settings() | _wired(spec))
        self.users = Roster(self.store, self.profile, spec.capacity or self.profile.users)
        self.schedules = Schedules(self.store, self.profile.schedules)
        self.log = DoorLog(self.store, self.profile.log_rows)
        self.relays = Relays(self.store, spec.relays, now)
        self.fault = Fault()
        self._now = now
        self.boot()
        if not self.store.table("facts"):
            self._seed()

    def boot(self) -> None:
        """Begin anew what does not outlive a restart: nonces, up time, the relays' coils."""
        self.nonces = Nonces(self.spec.nonce_seconds)
        self.opaque = secrets.token_hex(8)
        self.booted_at = time.monotonic()
        self.relays.drop()

    # --- Clock ---

    @property
    def skew(self) -> timedelta:
        """How much the device's clock is wrong."""
        kept = self.store.table("facts").get("clock", {"skew": "0"})
        return timedelta(seconds=float(kept["skew"]))

    def clock(self) -> datetime:
        """Return the device's own local time."""
        return clock.reading(self.settings, self._now(), self.skew)

    def set_skew(self, skew: timedelta) -> None:
        self.store.commit([Change("facts", "clock", {"skew": repr(skew.total_seconds())})])

    def set_clock(self, wall: datetime) -> None:
        """Make the clock show the naive local time `wall`; it runs on from there."""
        self.set_skew(clock.skew_towards(self.settings, self._now(), wall))

    # --- Doors ---

    def hold_seconds(self, relay: int) -> int:
        return int(self.settings[f"{RELAY}.HoldDelay{letter_of(relay)}"])

    def swipe(self, card: str) -> Asked:
        """Hold a card to the reader: decide alone, open, and write a row of the door log."""
        return self._decide(self.users.holder(card), card, BY_CARD)

    def enter(self, pin: str) -> Asked:
        """Type a PIN on the keypad; it is answered and logged like a card."""
        return self._decide(self.users.owner(pin), pin, BY_PIN)

    def _decide(self, user: Row | None, code: str, kind: str) -> Asked:
        at = self.clock()
        schedules = self.schedules.by_display_id()
        relays = decide.relays_opened(user, schedules, at, self.relays.numbers)
        for relay in relays:
            self.relays.pulse(relay, self.hold_seconds(relay))
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
        return Asked(bool(relays), relays, self.log.write(row))

    # --- Signing in ---

    @property
    def api_enabled(self) -> bool:
        return self.settings[f"{API}.Enable"] == "1"

    @property
    def auth_mode(self) -> str:
        return self.settings[f"{API}.AuthMode"]

    @property
    def account(self) -> Account:
        return Account(self.settings[f"{API}.UserName"], self.settings[f"{API}.Password"])

    def whitelists(self, address: str) -> bool:
        return address in {self.settings[f"{API}.WhiteListIP0{number}"] for number in range(1, 6)}

    # --- Life ---

    def factory_reset(self) -> None:
        """Forget people, schedules, settings and logs; pulses ever given are still counted."""
        self.users.clear()
        self.settings.reset()
        tables = ("schedules", "log", "counters")
        self.store.commit(Change(table, ALL, None) for table in tables)
        self.set_skew(timedelta())
        self.fault = Fault()
        self.boot()

    def _seed(self) -> None:
        self.set_skew(timedelta())
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


def _wired(spec: DeviceSpec) -> Row:
    """Return the settings that a spec fixes, also after a factory reset."""
    return {
        f"{API}.Enable": "1",
        f"{API}.AuthMode": AUTH_MODES[spec.auth_mode],
        f"{API}.UserName": spec.user,
        f"{API}.Password": spec.password,
        "Config.DoorSetting.GENERAL.DeviceName": spec.name,
    }
