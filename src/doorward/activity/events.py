"""What can be announced about the logs."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class AlarmsBegan(Event):
    """Alarms have begun; what counts up in an open one is none of them."""

    alarms: list[int]
