"""`python -m bench [P1] [P9] [P10] [P12] [ROSTER]`: measure the named figures, or all of them."""

import sys
from collections.abc import Callable

from bench import p1, p9, p10, p12, roster
from bench.figure import machine

FIGURES: dict[str, Callable[[], str]] = {
    "P1": p1.measure,
    "P9": p9.measure,
    "P10": p10.measure,
    "P12": p12.measure,
    "ROSTER": roster.measure,
}


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in FIGURES]:
        print(f"no figure is called {unknown[0]}; there are {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    print(machine())
    for name in names or FIGURES:
        print(FIGURES[name](), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
