"""Opening by HTTP without the API, in the older and in the newer form, and its return codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from doorward.emulator.device import Device
from doorward.emulator.profile import LETTERS, NEW_FORM_BRANCH

# Return codes [F].
DONE = 0
WRONG_ACCOUNT = -1
WRONG_PARAMETER = -2
SWITCHED_OFF = -3
NOT_SAFE = -4
ACTION = "OpenDoor"
FIELDS = ("action", "UserName", "Password", "DoorNum")
USE_NEW = "please use new interface"


@dataclass(frozen=True)
class Opened:
    """What became of it, as the page tells it."""

    code: int
    remark: str = ""

    def printed(self) -> str:
        """Return the page, whose hidden field holds the code [F]."""
        return (
            "<html><body>"
            f'<input type="hidden" id="hcSingleResult" value="{self.code}">{self.remark}'
            "</body></html>"
        )


def has_new_form(device: Device) -> bool:
    """Tell whether the firmware is of the generation that opens in the newer form [D]."""
    numbers = device.firmware.split(".")
    branch = numbers[2] if len(numbers) > 2 else ""
    return branch.isdecimal() and int(branch) >= NEW_FORM_BRANCH


def old_form(device: Device, query: Mapping[str, str]) -> Opened:
    """Open by `/fcgi/do` with the account in the query; anything else there does nothing."""
    if device.profile.old_form_refused:
        return Opened(NOT_SAFE, USE_NEW)
    account = device.relay_account
    if account is None:
        return Opened(SWITCHED_OFF)
    given = f"{query.get('UserName', '')}\n{query.get('Password', '')}"
    wanted = f"{account.user}\n{account.password}"
    if not compare_digest(_bytes(given), _bytes(wanted)):
        return Opened(WRONG_ACCOUNT)
    return _open(device, query)


def new_form(device: Device, query: Mapping[str, str]) -> Opened:
    """Open by `/fcgi/OpenDoor` for a caller whose digest was right."""
    return _open(device, query)


def _open(device: Device, query: Mapping[str, str]) -> Opened:
    number = _door(query.get("DoorNum", ""))
    # 99 is no door of anybody: a harmless way to try an account [F].
    if query.get("action") != ACTION or not 1 <= number <= len(LETTERS):
        return Opened(WRONG_PARAMETER)
    if number > device.profile.relays:
        return Opened(WRONG_PARAMETER)
    # A relay that the model has and nobody wired is opened all the same [F].
    if number in device.relays.numbers:
        device.relays.pulse(number, device.hold_seconds(number))
    return Opened(DONE)


def _door(text: str) -> int:
    """Read a door's number; security relays (SA, SB) are none that is modelled."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
