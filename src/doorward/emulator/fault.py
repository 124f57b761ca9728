"""The ways in which a device can be made to misbehave."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    NONE = "none"
    HANG = "hang"
    GARBAGE = "garbage"
    HTTP_500 = "http_500"
    OTHER_MAC = "other_mac"
    REPEAT_LOG = "repeat_log"
    SLOW = "slow"


@dataclass
class Fault:
    """What is wrong now; `times` is how many more requests it spoils, None for all."""

    mode: Mode = Mode.NONE
    seconds: float = 1.0
    mac: str = "0C1105FFFFFF"
    times: int | None = None

    def strike(self) -> Mode:
        """Return what is wrong with this request, and count it."""
        if self.times is not None:
            if self.times <= 0:
                self.mode = Mode.NONE
            self.times -= 1
        return self.mode
