"""Tables of Akuvox facts: models and their limits, and the values of a few settings."""

from dataclasses import dataclass

from doorward.protocols.neutral import DateFormat

CARDS_A_PERSON = 5
SCHEDULES_A_DEVICE = 100
NAME_LENGTH = 63
RELAY_LETTERS = "ABCD"
MAX_HOLD_SECONDS = 60


@dataclass(frozen=True)
class Model:
    """A model: `code` is the first number of its firmware, `people` how many it can hold."""

    name: str
    code: int
    relays: int
    people: int


# devices.md B.5, B.7, C.1 and F.3; relays and capacities as vendors and communities list them.
MODELS = (
    Model("X916", 916, relays=4, people=10_000),
    Model("X915S", 2915, relays=3, people=10_000),
    Model("X912", 912, relays=3, people=10_000),
    Model("R29C", 29, relays=3, people=5_000),
    Model("R28A", 28, relays=2, people=5_000),
    Model("R27A", 227, relays=3, people=5_000),
    Model("R20K", 320, relays=2, people=5_000),
    Model("R20A", 320, relays=2, people=4_000),
    Model("R20B", 320, relays=2, people=5_000),
    Model("E12W", 312, relays=1, people=1_000),
    Model("E12S", 312, relays=1, people=1_000),
    Model("E16C", 216, relays=1, people=20_000),
    Model("E18C", 18, relays=2, people=20_000),
    Model("E18", 18, relays=2, people=20_000),
    Model("S532", 532, relays=2, people=10_000),
    Model("S535", 535, relays=3, people=10_000),
    Model("S539", 539, relays=4, people=50_000),
    Model("A01", 101, relays=1, people=50_000),
    Model("A02", 101, relays=1, people=50_000),
    Model("A03", 103, relays=1, people=50_000),
    Model("A05", 205, relays=1, people=50_000),
    Model("A08S", 108, relays=1, people=50_000),
    Model("A094", 92, relays=4, people=50_000),
    Model("A095", 95, relays=2, people=50_000),
)
UNKNOWN = Model("", 0, relays=4, people=5_000)

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


def model_of(name: str, firmware: str) -> Model:
    """Return the row of a model by its name, then by its firmware's first number."""
    for model in MODELS:
        if model.name == name.strip().upper():
            return model
    code = firmware.partition(".")[0]
    return next((model for model in MODELS if str(model.code) == code), UNKNOWN)
