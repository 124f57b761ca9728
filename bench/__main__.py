"""`python -m bench [P1] [P2] … [PORTAL] [ROSTER] [FLOOD]`: measure some figures, or all of them."""

import sys
from collections.abc import Callable

from bench import flood, p1, p2, p4, p5, p6, p7, p8, p9, p10, p11, p12, plans, portal, roster
from bench.figure import machine

FIGURES: dict[str, Callable[[], str]] = {
    "P1": p1.measure,
    "P2": p2.measure,
    "P3": p2.measure_size,
    "P4": p4.measure,
    "P5": p5.measure,
    "P6": p6.measure,
    "P7": p7.measure,
    "P8": p8.measure,
    "P9": p9.measure,
    "P10": p10.measure,
    "PORTAL": portal.measure,
    "P11": p11.measure,
    "P12": p12.measure,
    "ROSTER": roster.measure,
    "FLOOD": flood.measure,
}
# What is true or not, and takes a while: only where it is named.
CLAIMS: dict[str, Callable[[], str]] = {"PLANS": plans.measure}


def main(names: list[str]) -> int:
    known = FIGURES | CLAIMS
    if unknown := [name for name in names if name not in known]:
        print(f"no figure is called {unknown[0]}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    print(machine())
    for name in names or FIGURES:
        print(known[name](), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
