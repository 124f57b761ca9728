"""P11, access recompute: hours, one door more, and all doors to all people of a large site.

Each beside a raw INSERT … SELECT of as many rows into a table of the same shape and indexes. The
functional check of the run: shelves say what rights say, as many as can be, and only grow younger.
"""

import json
import statistics
from typing import Any

from bench.figure import sized
from bench.installation import running_installation

PEOPLE = sized(10_000)
DOORS = 200
ROUNDS = 5
WORDS = {"hours": "hours changed", "door": "one door more", "all": "all doors to all people"}
GOAL = "≤ 1 s, ≤ 1 s, ≤ 30 s"


def measure() -> str:
    with running_installation() as installation:
        told: dict[str, Any] = json.loads(
            installation.shell(
                f"from bench.recompute import run; print(run({PEOPLE}, {DOORS}, {ROUNDS}))"
            )
        )
    check(told)
    parts = "; ".join(_told(word, told["took"][name]) for name, word in WORDS.items())
    asked = statistics.median(told["asked"])
    return (
        f"P11 {PEOPLE:,} people × {DOORS} doors: {parts}, of which one waits {asked:.2f} s; "
        f"{told['entries'][0]:,} entries; goal {GOAL}"
    )


def check(told: dict[str, Any]) -> None:
    """Raise `AssertionError` where the run has not done what it is measured for."""
    first, last, wanted = told["entries"]
    if not first == last == wanted:
        raise AssertionError(f"{first} and {last} entries for {wanted}: the figure is void")
    if told["apart"] or not told["monotone"]:
        raise AssertionError(f"shelf and rights are apart, {told['apart'][:5]}: void")


def _told(word: str, took: list[list[float]]) -> str:
    ours, raw = (statistics.median(pair[side] for pair in took) for side in (0, 1))
    ratio = statistics.median(own / yard for own, yard in took)
    return f"{word} {ours:.2f} s, raw rows {raw:.3f} s, ratio {ratio:.1f}"
