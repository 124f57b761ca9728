"""P9, the door log: a page of fifty lines by site, door, person and time, the first and the
thousandth, among a million lines and among ten million, as the database takes for it; against a
person looked up by their key.

What is asked is what the page itself asks: its statements are caught while it is opened. Both logs
stand side by side and are measured in turn.

The functional check of the run: the thousandth page by its place holds the lines that counting
from the first comes to, in both logs.
"""

import json
import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from bench.figure import ROUNDS
from bench.installation import Installation, running_installation

# The same in both logs: a site where two people pass two doors all day, so that even one of them
# at one door has a thousandth page; the rest is spread over other sites.
BUSY = "sites=1, people=2, doors=2, companies=1, events=400_000, seed=9"
REST = {
    "1 M": "sites=100, people=10_000, doors=200, events=600_000",
    "10 M": "sites=1000, people=100_000, doors=2_000, events=9_600_000",
}
GOAL = "p99 ≤ 10 ms in the database, growth ≤ 1.2"
PERCENT = 99

# By what is asked, what each time took in milliseconds; `key` is the yardstick.
Took = dict[str, list[float]]


def measure() -> str:
    with _logs() as logs:
        with ThreadPoolExecutor() as filling:
            found = filling.map(_fill, logs.values(), [REST[name] for name in logs])
            sites = dict(zip(logs, found, strict=True))
        rounds: dict[str, list[Took]] = {name: [] for name in logs}
        for _ in range(ROUNDS):
            for name, log in logs.items():
                told = log.shell(f"from bench import log_pages; log_pages.tell({sites[name]})")
                rounds[name].append(json.loads(told))
    return _line(rounds)


@contextmanager
def _logs() -> Iterator[dict[str, Installation]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(running_installation()) for name in REST}


def _fill(log: Installation, rest: str) -> int:
    """Fill a log; return the busy site."""
    sizes = f"[dict({BUSY}, credentials=False), dict({rest}, credentials=False)]"
    return int(log.shell(f"from bench import filling; print(filling.at_once({sizes}))"))


def _line(rounds: dict[str, list[Took]]) -> str:
    small, large = rounds.values()
    asked = [name for name in large[0] if name != "key"]
    growth = [
        statistics.median(_p50(b[name]) / _p50(a[name]) for name in asked)
        for a, b in zip(small, large, strict=True)
    ]
    worst = max(asked, key=lambda name: _p99(large, [name]))
    ratios = [
        statistics.median(_p50(one[name]) for name in asked) / _p50(one["key"]) for one in large
    ]
    return (
        f"P9 log: at 10 M lines p50 {_mid(large, asked):.2f} ms, p99 {_p99(large, asked):.1f} ms "
        f"over {len(asked)} ways to ask, the slowest of them ({worst}) p99 "
        f"{_p99(large, [worst]):.1f} ms; "
        f"at 1 M lines p50 {_mid(small, asked):.2f} ms, p99 {_p99(small, asked):.1f} ms; "
        f"growth {statistics.median(growth):.2f} ({min(growth):.2f}–{max(growth):.2f} in "
        f"{len(growth)} rounds); yardstick p50 {_mid(large, ['key']):.2f} ms, "
        f"ratio {statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f}); goal {GOAL}"
    )


def _p50(took: list[float]) -> float:
    return statistics.median(took)


def _mid(rounds: list[Took], names: list[str]) -> float:
    return statistics.median(_p50(one[name]) for one in rounds for name in names)


def _p99(rounds: list[Took], names: list[str]) -> float:
    """Return the median over the rounds of what one question in a hundred takes at least."""
    return statistics.median(
        statistics.quantiles([ms for name in names for ms in one[name]], n=100)[PERCENT - 1]
        for one in rounds
    )
