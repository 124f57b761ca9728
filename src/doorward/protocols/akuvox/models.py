"""Tables of Akuvox facts: limits of the devices, and the values of a few settings."""

from doorward.protocols.neutral import DateFormat, Fitness, Limits

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

# The oldest firmware that others found to have all that we need, by the beginning of the model's
# name [F]. Of E18C and X916 a branch is known and no version; of all others nothing.
_OLDEST = {
    "X915S": "2915.30.10.114",
    "E18": "18.30.10.118",
    "E18C": "",
    "E12W": "312.30.11.15",
    "R20K": "320.30.3.122",
    "R20A": "320.30.11.63",
    "R20BX3": "320.30.10.153",
    "A08S": "108.30.10.144",
}
# Third numbers from here on are versions made for single customers [G].
_SPECIAL_BRANCH = 100


def limits(model: str) -> Limits:
    """Return what a model holds, of what is known of it."""
    matching = [people for name, people in _PEOPLE.items() if model.upper().startswith(name)]
    people = matching[0] if matching else None
    return Limits(people=people, schedules=SCHEDULES, cards_a_person=CARDS_A_PERSON)


def fitness(model: str, firmware: str) -> tuple[Fitness, str]:
    """Say whether a model's firmware is new enough, and which is the oldest known to be.

    Versions are compared within one model code and platform; a special branch is another line.
    """
    names = [name for name in _OLDEST if model.upper().startswith(name)]
    oldest = _OLDEST[max(names, key=len)] if names else ""
    told, least = _version(firmware), _version(oldest)
    if not told or not least or told[:2] != least[:2] or told[2] >= _SPECIAL_BRANCH:
        return Fitness.UNKNOWN, oldest
    return (Fitness.FIT if told >= least else Fitness.TOO_OLD), oldest


def _version(firmware: str) -> tuple[int, ...]:
    """Return the four numbers of a version, none where it is spelled otherwise."""
    parts = firmware.split(".")
    plain = all(part.isascii() and part.isdecimal() and len(part) < 9 for part in parts)
    return tuple(map(int, parts)) if plain and len(parts) == 4 else ()
