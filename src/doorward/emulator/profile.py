"""What sets one model apart from another, as tables; settings stand beside it in models/*.cfg.

Evidence marks are those of the device fact sheet; see docs/protocols/akuvox.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

Row = dict[str, str]

RELAY_LETTERS = "ABCD"
# Legal values of AuthMode, by the word in an emulator's spec file [F].
AUTH_MODES = {"none": "0", "basic": "1", "digest": "4"}


@dataclass(frozen=True)
class Profile:
    """One model. Capacities are rows; `log_rows` is where the door log rolls over."""

    model: str
    firmware: str
    hardware: str
    relays: int
    users: int
    schedules: int
    cards_a_user: int
    log_rows: int

    def settings(self) -> dict[str, str]:
        """Return the settings a new device of this model comes with."""
        return factory_settings(self.model)


PROFILES: Mapping[str, Profile] = {
    "X916": Profile(
        model="X916",
        firmware="916.30.10.114",
        hardware="916.1.0.0.0.0.0.0",
        relays=4,
        users=20_000,
        schedules=100,
        cards_a_user=5,
        log_rows=10_000,
    ),
}

# Fields of a user row in the order a device prints them, with what a new row gets [D].
USER_FIELDS: Mapping[str, str] = {
    "ID": "",
    "UserID": "",
    "Name": "",
    "PrivatePIN": "",
    "CardCode": "",
    "FaceUrl": "",
    "FingerId": "",
    "FingerUrl": "",
    "Building": "",
    "Room": "",
    "LiftFloorNum": "0",
    "WebRelay": "0",
    "ScheduleRelay": "",
    "Type": "-1",
    "Source": "1",
    "SourceType": "1",
}
# A set without one of these is refused: the device wants the whole record [F].
USER_WHOLE = (
    "ID",
    "UserID",
    "Name",
    "PrivatePIN",
    "CardCode",
    "LiftFloorNum",
    "WebRelay",
    "ScheduleRelay",
)
USER_ALIASES = {"Schedule-Relay": "ScheduleRelay"}

WEEKDAYS = ("Mon", "Tue", "Wed", "Thur", "Fri", "Sat", "Sun")
SCHEDULE_FIELDS: Mapping[str, str] = {
    "ID": "",
    "DisplayID": "",
    "Name": "",
    "Type": "1",
    "DateStart": "",
    "DateEnd": "",
    "TimeStart": "00:00",
    "TimeEnd": "00:00",
    "Sun": "0",
    **dict.fromkeys(WEEKDAYS[:6], "0"),
    "Week": "",
    "Daily": "",
    "Mode": "0",
    "SourceType": "1",
}
SCHEDULE_WHOLE = ("ID", "Name", "Type", "TimeStart", "TimeEnd", *WEEKDAYS)

ALWAYS = "1001"
NEVER = "1002"
BUILT_IN_SCHEDULES: tuple[Row, ...] = (
    {**SCHEDULE_FIELDS, "ID": "1", "DisplayID": ALWAYS, "Name": "Always", "Type": "2"},
    {**SCHEDULE_FIELDS, "ID": "2", "DisplayID": NEVER, "Name": "Never", "Type": "1"},
)
FIRST_SCHEDULE_ID = 3


def factory_settings(model: str) -> dict[str, str]:
    """Read `models/<model>.cfg`, one `key = value` a line, as devices export their settings."""
    text = resources.files(__package__).joinpath("models", f"{model.lower()}.cfg").read_text()
    pairs = (line.partition("=") for line in text.splitlines() if line and line[0] != "#")
    return {key.strip(): value.strip() for key, _, value in pairs}
