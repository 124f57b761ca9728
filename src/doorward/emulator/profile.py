"""What sets one model apart from another, as tables; their settings' names stand in keys/*.cfg.

Evidence marks are those of the device fact sheet; see docs/protocols/akuvox.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Row = dict[str, str]

LETTERS = "ABCD"
# Legal values of AuthMode, by the word in an emulator's spec file [F].
AUTH_MODES = {
    "none": "0",
    "basic": "1",
    "whitelist": "2",
    "digest_server": "3",
    "digest": "4",
    "both": "5",
}

# Firmware of this branch and above opens doors by HTTP in the new form, with a digest [D].
NEW_FORM_BRANCH = 10


@dataclass(frozen=True)
class Refusal:
    """How a family says that it does not know a call [F]; some say so with a good retcode."""

    message: str = "unsupport action"
    retcode: int = -1


@dataclass(frozen=True)
class KeyNames:
    """How a generation calls the settings of relays and inputs; {} is the letter."""

    file: str
    hold: str
    name: str
    http: str
    http_user: str
    http_password: str
    input_enable: str
    input_relay: str
    # The newer generation leaves out the letter of the first input [T].
    names_first_input: bool = True


_RELAY = "Config.DoorSetting.RELAY."
_INPUT = "Config.DoorSetting.INPUT."
OLDER = KeyNames(
    file="older",
    hold=f"{_RELAY}HoldDelay{{}}",
    name=f"{_RELAY}Name{{}}",
    http=f"{_RELAY}HttpTrig",
    http_user=f"{_RELAY}UserName",
    http_password=f"{_RELAY}Password",
    input_enable=f"{_INPUT}Enable{{}}",
    input_relay=f"{_INPUT}RelayId{{}}",
)
NEWER = KeyNames(
    file="newer",
    hold=f"{_RELAY}Relay{{}}Delay",
    name=f"{_RELAY}Relay{{}}Name",
    http=f"{_RELAY}RelayOnWeb",
    http_user=f"{_RELAY}RelayOnWebUser",
    http_password=f"{_RELAY}RelayOnWebPwd",
    input_enable=f"{_INPUT}Input{{}}Enable",
    input_relay=f"{_INPUT}Input{{}}Relay",
    names_first_input=False,
)

# Action URL keys by what a model has to tell of [F], which model has which is [G] but for A08S.
_RELAYS_TELL = ("Relay{relay}Triggered", "Relay{relay}Closed")
_INPUTS_TELL = ("Input{input}Triggered", "Input{input}Closed", "InputAlarm", "InputBreakIn")
_CODES_TELL = ("ValidCodeEntered", "InvalidCodeEntered", "ValidCardEntered", "InvalidCardEntered")
_FACES_TELL = ("ValidFaceRecognition", "InvalidFaceRecognition")
_CALLS_TELL = ("MakeCall", "HangUp", "CallLog")
_COMMON_TELL = ("DoorLog", "AlarmLog", "AlarmTriggered", "SetupCompleted")
_TERMINAL_TELLS = (*_RELAYS_TELL, *_CODES_TELL, *_COMMON_TELL)
_PHONE_TELLS = (*_TERMINAL_TELLS, *_INPUTS_TELL, *_CALLS_TELL, "MotionDetect")


@dataclass(frozen=True)
class Profile:
    """One model. Capacities are rows; `log_rows` is where a log rolls over.

    `refused` names targets, or target/action, that the device does not have. `events` are the
    names of its action URL keys. `calls` is whether it can make them at all.
    """

    model: str
    code: str
    firmware: str
    hardware: str
    relays: int
    inputs: int
    users: int
    events: tuple[str, ...]
    names: KeyNames = OLDER
    refusal: Refusal = Refusal()
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    schedules: int = 100
    contacts: int = 1_000
    cards_a_user: int = 5
    log_rows: int = 10_000
    calls: bool = True
    user_schedule: str = "ScheduleRelay"
    keeps_first_pair: bool = False
    wants_envelope: bool = False
    apartment_book: bool = False
    old_form_refused: bool = False
    legacy_web: bool = False
    older_web: bool = False
    base64_passwords: bool = False


PROFILES: Mapping[str, Profile] = {
    "X916": Profile(
        model="X916",
        code="916",
        firmware="916.30.10.114",
        hardware="916.1.0.0.0.0.0.0",
        relays=4,
        inputs=4,
        users=20_000,
        events=(*_PHONE_TELLS, *_FACES_TELL),
        older_web=True,
        base64_passwords=True,
    ),
    "X915S": Profile(
        model="X915S",
        code="2915",
        firmware="2915.30.10.114",
        hardware="2915.1.0.0.0.0.0.0",
        relays=3,
        inputs=4,
        users=20_000,
        events=(*_PHONE_TELLS, *_FACES_TELL),
        refusal=Refusal("unsupported action"),
        refused=dict.fromkeys(
            ("contact/add", "contact/set", "contact/del", "contact/clear"),
            Refusal("unsupported action"),
        ),
        user_schedule="Schedule",
        apartment_book=True,
        base64_passwords=True,
    ),
    "E18C": Profile(
        model="E18C",
        code="18",
        firmware="18.30.11.21",
        hardware="18.0.0.0.0.0.0.0",
        relays=2,
        inputs=2,
        users=20_000,
        events=(*_PHONE_TELLS, *_FACES_TELL),
        refusal=Refusal("No handlers for this request"),
        keeps_first_pair=True,
        wants_envelope=True,
        legacy_web=True,
    ),
    "R20A": Profile(
        model="R20A",
        code="320",
        firmware="320.30.11.63",
        hardware="320.0.0.0.0.0.0.0",
        relays=2,
        inputs=2,
        users=4_000,
        events=_PHONE_TELLS,
        names=NEWER,
        contacts=500,
        old_form_refused=True,
    ),
    "A08S": Profile(
        model="A08S",
        code="108",
        firmware="108.30.10.144",
        hardware="108.0.0.0.0.0.0.0",
        relays=2,
        inputs=2,
        users=50_000,
        events=_TERMINAL_TELLS,
        refusal=Refusal("Api unsupported", 0),
        refused=dict.fromkeys(("contact", "group", "calllog"), Refusal("Api unsupported", 0)),
        calls=False,
    ),
}
