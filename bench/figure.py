"""One figure: how it is measured, and the line that says it."""

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

ROUNDS = 5
# All that a goal names, or a part of it, to see how a figure grows.
SIZE = float(os.environ.get("BENCH_SIZE", "1"))


@dataclass(frozen=True)
class Sample:
    """What one round of one side took, in milliseconds."""

    p50: float
    p99: float


def sized(number: int) -> int:
    """Return how many there are to be, of so many in a figure of whole size."""
    return max(1, round(number * SIZE))


def sample(took: Sequence[float]) -> Sample:
    ordered = sorted(took)
    return Sample(
        p50=ordered[len(ordered) // 2], p99=ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    )


def interleave(
    subject: Callable[[], Sample], yardstick: Callable[[], Sample], rounds: int = ROUNDS
) -> tuple[list[Sample], list[Sample]]:
    """Measure both in turn, A B A B …, so that a slow moment of the machine hits both."""
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(subject())
        theirs.append(yardstick())
    return ours, theirs


def line(name: str, ours: Sequence[Sample], theirs: Sequence[Sample], goal: str) -> str:
    """Return the one line of a figure: medians over the rounds and the median ratio."""
    ratios = [a.p50 / b.p50 for a, b in zip(ours, theirs, strict=True)]
    return (
        f"{name}: p50 {statistics.median(s.p50 for s in ours):.1f} ms, "
        f"p99 {statistics.median(s.p99 for s in ours):.1f} ms, "
        f"yardstick p50 {statistics.median(s.p50 for s in theirs):.2f} ms, "
        f"ratio {statistics.median(ratios):.1f} "
        f"({min(ratios):.1f}–{max(ratios):.1f} in {len(ratios)} rounds); goal {goal}"
    )


def machine() -> str:
    part = "" if SIZE == 1 else f", at {SIZE:g} of the size"
    version = platform.python_version()
    return f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, Python {version}{part}"
