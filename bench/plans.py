"""PLANS: how the database answers each list page and each list of the API, among a million people,
ten million lines of the log and three million entries of the shelf.

Every page is opened as each role, in each sort and with each filter that it offers, and so is every
list of the API; what is asked of the database is explained. Not a figure but a claim, which fails
by saying where: no page reads a large table from end to end, none counts more than 10,000 rows,
and no statement looks at more pages of the database than its budget.

`python -m bench PLANS` makes an installation for it, which takes a good while; with PLANS_DATA=DIR
it is made in DIR, kept, and used again, and what was found as each role is written there, all of
it. PLANS_ROLES="operator installer" looks as these alone, PLANS_ONLY=PATTERN at pages and routes
whose name begins so.
"""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.installation import Installation, running_installation

# One large site among a thousand, all of which are the demo's installer's.
LARGE = "sites=1, people=20_000, doors=200, events=500_000, seed=6"
REST = "sites=1_000, people=980_000, doors=9_800, events=9_500_000"
WHO = ("operator", "distributor", "installer", "property_manager", "company_administrator")
WHO += ("personnel",)
# What is left out of the whole, by whoever mends some of it.
ROLES = tuple(os.environ.get("PLANS_ROLES", "").split()) or WHO
ONLY = os.environ.get("PLANS_ONLY", "")
# How many roles look at a time: how many pages a statement looks at does not depend on it.
AT_ONCE = 2
# How many faults are told in full.
TOLD = 60


def measure() -> str:
    kept = os.environ.get("PLANS_DATA")
    with running_installation(data=Path(kept) if kept else None) as installation:
        return _measure(installation)


def _measure(installation: Installation) -> str:
    told = installation.data / "plans.json"
    if not told.exists():
        told.write_text(json.dumps(_fill(installation)), encoding="utf-8")
    site = json.loads(told.read_text(encoding="utf-8"))["site"]
    opened = statements = worst = 0
    faults = list[str]()
    for role, found in _found(installation, site):
        opened += found["opened"]
        statements += found["statements"]
        worst = max(worst, found["worst"])
        faults += [f"{role}: {fault}" for fault in found["faults"]]
        print(_words(role, found), flush=True)
    if faults:
        lines = "\n".join(faults[:TOLD])
        raise AssertionError(f"{len(faults)} statements are not as they should be:\n{lines}")
    return (
        f"PLANS {opened:,} addresses as {len(ROLES)} roles, {statements:,} different statements: "
        "none reads a large table from end to end or counts more than 10,000 rows; "
        f"the most costly looks at {worst:,} pages of the database"
    )


def _words(role: str, found: Any) -> str:
    told = f"{found['opened']:,} addresses, {found['statements']:,} statements"
    return f"{role}: {told}, {len(found['faults'])} faults, at most {found['worst']:,} pages"


def _found(installation: Installation, site: int) -> Iterator[tuple[str, Any]]:
    """Yield what each role found, in turn; two look at a time. All of it is written down."""

    def found(role: str) -> Any:
        login = installation.account(role)["login"]
        script = f"from bench import opening; opening.tell({login!r}, {site}, {ONLY!r})"
        told = json.loads(installation.shell(script))
        written = installation.data / f"plans-{role}.json"
        written.write_text(json.dumps(told, indent=1), encoding="utf-8")
        return told

    with ThreadPoolExecutor(AT_ONCE) as looking:
        yield from zip(ROLES, looking.map(found, ROLES), strict=True)


def _fill(installation: Installation) -> dict[str, int]:
    """Fill the installation; return the large site, where mona and ada are at home as well."""
    script = (
        "from bench import filling, sundries;"
        f"site = filling.at_once([dict({LARGE}), dict({REST})]);"
        "sundries.add(); sundries.let_in(site); print(site)"
    )
    return {"site": int(installation.shell(script).split()[-1])}
