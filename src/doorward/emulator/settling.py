"""What a device shows of its records: for a moment after a write, what they were before it."""

from dataclasses import dataclass, field
from typing import TypeVar, cast

T = TypeVar("T")


@dataclass
class Settling:
    """Views of what was, by target. Times are seconds on any steady clock."""

    seconds: float = 0.0
    _before: dict[str, list[tuple[float, object]]] = field(default_factory=dict)

    def remember(self, target: str, before: object, now: float) -> None:
        """Note what a target held before a write that is done at `now`."""
        if self.seconds:
            self._before.setdefault(target, []).append((now + self.seconds, before))

    def shown(self, target: str, held: T, now: float) -> T:
        """Return what is shown of a target that holds `held`."""
        waiting = [one for one in self._before.get(target, []) if one[0] > now]
        self._before[target] = waiting
        return cast(T, waiting[0][1]) if waiting else held

    def forget(self) -> None:
        self._before.clear()
