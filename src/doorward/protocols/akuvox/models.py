"""Tables of Akuvox facts: limits of the devices, and the values of a few settings."""

from doorward.protocols.neutral import DateFormat, Limits

CARDS_A_PERSON = 5
SCHEDULES = 100
NAME_LENGTH = 63
RELAY_LETTERS = "ABCD"
MAX_HOLD_SECONDS = 60

# Settings.DATETIME.DateFormat as the web page of a phone of this vendor lists it [F].
DATE_FORMATS = {
    "0": DateFormat.YMD,
    "1": DateFormat.YMD,
    "2": DateFormat.DMY,
    "3": DateFormat.DMY,
    "6": DateFormat.MDY,
    "7": DateFormat.MDY,
}
# The spelling to write where the order must change: with slashes.
DATE_FORMAT_CODES = {DateFormat.YMD: "1", DateFormat.DMY: "3", DateFormat.MDY: "7"}
# Settings.DATETIME.TimeFormat, same source.
TIME_FORMAT_CODES = {12: "0", 24: "1"}

# DoorSetting.RELAY, older and newer generation of names; {} is the relay's letter.
RELAY_NAME_KEYS = ("Config.DoorSetting.RELAY.Name{}", "Config.DoorSetting.RELAY.Relay{}Name")
RELAY_HOLD_KEYS = ("Config.DoorSetting.RELAY.HoldDelay{}", "Config.DoorSetting.RELAY.Relay{}Delay")

# People a model holds, by the beginning of its name, the longest first; what is only guessed at is
# left out, and then the device itself says when it is full.
_PEOPLE = {
    "R20A": 4_000,
    "S532": 10_000,
    "E18": 20_000,
    "E12": 1_000,
    "A08": 50_000,
    "A05": 50_000,
    "S539": 50_000,
}


def limits(model: str) -> Limits:
    """Return what a model holds, of what is known of it."""
    matching = [people for name, people in _PEOPLE.items() if model.upper().startswith(name)]
    people = matching[0] if matching else None
    return Limits(people=people, schedules=SCHEDULES, cards_a_person=CARDS_A_PERSON)
