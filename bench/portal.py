"""P10 for the pages above a site: 20,000 sites of 1,000 installers with a million people, by role.

The functional check of the run: the lists count what there is, a search finds whom it should, and
no page asks the database more questions than with a twentieth of the sites and installers, but for
one: what a search finds is counted by itself where it is much.
"""

import statistics
from dataclasses import dataclass

from bench.browsing import Browser
from bench.figure import ROUNDS, sized
from bench.installation import Installation, running_installation

SITES, INSTALLERS, PEOPLE = sized(20_000), sized(1_000), sized(1_000_000)
# What there is of each at first.
PART = 20
# Of so many new sites one stays with the demo's installer, which so has the most of all.
KEPT = 10
REQUESTS = 2
GOAL = "p95 ≤ 60 ms, flat in the number of tenants"
ALL = ("/", "/sites/", "/sites/?q=linden", "/sites/?sort=-name", "/sites/?page=2", "/accounts/")
DEVICES = ("/devices/", "/devices/?q=terminal", "/macs/", "/macs/?q=02D0")
RESELLER = ("/organisations/", "/organisations/?q=installer", "/organisations/?sort=-name")
OTHERS = ("/audit/", "/tickets/")
# What the dashboard of somebody with very many sites fetches by itself.
LATER = ("/dashboard/attention/",)
# By the account: pages of its menu, as they are opened, searched and sorted.
PAGES = {
    "operator": (*ALL, *LATER, "/accounts/?q=manager", *DEVICES, *RESELLER, *OTHERS),
    "distributor": (*ALL, *LATER, *DEVICES, *RESELLER, *OTHERS, "/support/"),
    "installer": (*ALL, *LATER, *DEVICES, *OTHERS),
    "one of them": (*ALL, *DEVICES, *OTHERS),
    "its manager": ("/", "/sites/", "/sites/?q=linden", *OTHERS),
}


@dataclass(frozen=True)
class View:
    """A page of the portal, and whose."""

    who: str
    address: str

    def __str__(self) -> str:
        return f"{self.address} ({self.who})"


class Portal:
    """The pages of everybody."""

    def __init__(self, installation: Installation, installer: int) -> None:
        self._browser = Browser(installation)
        given = {"one of them": f"installer-{installer}", "its manager": f"manager-{installer}"}
        self._logins = {who: given.get(who) or installation.account(who)["login"] for who in PAGES}

    def get(self, who: str, address: str) -> str:
        return self._browser.get(self._logins[who], address)

    def questions(self) -> list[int]:
        return [
            number
            for who, addresses in PAGES.items()
            for number in self._browser.questions(self._logins[who], addresses)
        ]

    def round(self) -> dict[View, list[float]]:
        """Return what each page took, in milliseconds."""
        views = [View(who, address) for who, pages in PAGES.items() for address in pages]
        took: dict[View, list[float]] = {view: [] for view in views}
        for _ in range(REQUESTS):
            for view, times in took.items():
                times.append(self._browser.time(self._logins[view.who], view.address))
        return took


def measure() -> str:
    with running_installation() as installation:
        return _measure(installation)


def _measure(installation: Installation) -> str:
    first = _grow(installation, part=1)
    portal = Portal(installation, first)
    asked = portal.questions()
    portal.round()
    few = [portal.round() for _ in range(ROUNDS)]
    _grow(installation, part=PART - 1)
    _check(portal)
    later = portal.questions()
    if any(more - less > 1 for less, more in zip(asked, later, strict=True)):
        raise AssertionError("more tenants make for more questions: the figure is void")
    portal.round()
    many = [portal.round() for _ in range(ROUNDS)]
    views = list(many[0])
    slowest = max(views, key=lambda view: _p95([{view: took[view]} for took in many]))
    return (
        f"PORTAL, {SITES:,} sites of {INSTALLERS:,} installers, {PEOPLE:,} people: "
        f"p50 {_p50(many):.1f} ms, p95 {_p95(many):.1f} ms over {len(views)} pages, "
        f"the slowest of them ({slowest}) "
        f"{_p95([{slowest: took[slowest]} for took in many]):.1f} ms; "
        f"with a twentieth of them p50 {_p50(few):.1f} ms, p95 {_p95(few):.1f} ms, "
        f"cost × {_p50(many) / _p50(few):.2f}; "
        f"{min(later)} to {max(later)} questions a page, at most one more than before; goal {GOAL}"
    )


def _grow(installation: Installation, *, part: int) -> int:
    """Add so many twentieths of everything; return the first of the installers."""
    sizes = ", ".join(
        f"{name}={number * part // PART}"
        for name, number in {"installers": INSTALLERS, "sites": SITES, "people": PEOPLE}.items()
    )
    script = f"from bench import tenants; print(tenants.grow({sizes}, kept={KEPT}))"
    return int(installation.shell(script))


def _check(portal: Portal) -> None:
    every = "10,000+" if SITES > 10_000 else f"{SITES + 1:,}"
    # Their own, and the demo's building.
    kept = f"{SITES // KEPT + 1:,}"
    for who, count in {"operator": every, "installer": kept}.items():
        if count not in portal.get(who, "/sites/"):
            raise AssertionError(f"the {who} has not {count} sites: the figure is void")
    found = portal.get("installer", "/sites/?q=linden")
    if "Linden " not in found or "Birch " in found:
        raise AssertionError("a search does not find whom it should: the figure is void")


def _p50(rounds: list[dict[View, list[float]]]) -> float:
    """Return the median over the rounds of the median page."""
    return statistics.median(
        statistics.median(ms for times in took.values() for ms in times) for took in rounds
    )


def _p95(rounds: list[dict[View, list[float]]]) -> float:
    """Return the median over the rounds of what one request in twenty takes at least."""
    return statistics.median(
        statistics.quantiles([ms for times in took.values() for ms in times], n=20)[-1]
        for took in rounds
    )
