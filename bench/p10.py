"""P10, a list page: the people of a site of 20,000 with a million in the installation, as it is
opened, searched, filtered and sorted, against the same list of a site of twenty people.

The functional check of the run: the list counts as it should, a search finds those it should, and
each variant asks the database as many questions whatever the number of people and of tenants.
"""

import re
import statistics
from dataclasses import dataclass

from bench.browsing import Browser
from bench.figure import ROUNDS, sized
from bench.installation import Installation, running_installation

HERE, ELSEWHERE = 20_000, 980
SITES, MORE_SITES = sized(1_000), sized(10_000)
TWENTY = 20
REQUESTS = 2
GOAL = "p95 ≤ 60 ms, flat in the number of tenants"
WHO = ("property_manager", "company_administrator", "operator")
SEARCHES = ("q=alrio", "q=kampler-busch", "q=be", "q=be+kamp", "q=nobodyatall", "q=0BADC0DE")
PAGES = ("page=2", "page=500", "per_page=10&sort=-name")


@dataclass(frozen=True)
class Variant:
    """One way to look at the list, and as whom."""

    role: str
    query: str

    def address(self, site: int) -> str:
        return f"/sites/{site}/people/?{self.query}"

    def __str__(self) -> str:
        return f"{self.query or 'as it is opened'} ({self.role})"


# What each variant took, in milliseconds, in one round.
Took = dict[Variant, list[float]]


def measure() -> str:
    with running_installation() as installation:
        return _measure(installation)


def _measure(installation: Installation) -> str:
    _grow(installation, f"people_here({HERE})")
    _grow(installation, f"sites({SITES}, each={ELSEWHERE})")
    lists = Lists(installation, int(_grow(installation, f"sites(1, each={TWENTY})")))
    _check(lists)
    variants = lists.variants()
    asked = lists.questions(variants)
    large, small = lists.in_turn(variants)
    _grow(installation, f"sites({MORE_SITES - SITES - 1}, each=1)")
    if lists.questions(variants) != asked:
        raise AssertionError("more tenants make for more questions: the figure is void")
    large_later, small_later = lists.in_turn(variants)
    ratios = [_p50(a) / _p50(b) for a, b in zip(large, small, strict=True)]
    later = [_p50(a) / _p50(b) for a, b in zip(large_later, small_later, strict=True)]
    flat = statistics.median(later) / statistics.median(ratios)
    slowest = max(variants, key=lambda variant: _p95(large, variant))
    return (
        f"P10 people among {HERE + SITES * ELSEWHERE:,}: "
        f"p50 {statistics.median(map(_p50, large)):.1f} ms, "
        f"p95 {_p95(large):.1f} ms over {len(variants)} variants, the slowest of them "
        f"({slowest}) {_p95(large, slowest):.1f} ms; "
        f"yardstick p50 {statistics.median(map(_p50, small)):.1f} ms, p95 {_p95(small):.1f} ms, "
        f"ratio {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f}–{max(ratios):.2f} in {len(ratios)} rounds); "
        f"{MORE_SITES:,} sites instead of {SITES:,} cost × {flat:.2f}; "
        f"{min(asked)} to {max(asked)} questions a page, always as many; goal {GOAL}"
    )


class Lists:
    """The list of people of the large site and of the small one, as each role sees it."""

    def __init__(self, installation: Installation, small_site: int) -> None:
        self.site, self.small_site = int(installation.demo["site"]), small_site
        self._browser = Browser(installation)
        self._logins = {role: installation.account(role)["login"] for role in WHO}

    def get(self, variant: Variant) -> str:
        """Return the page of the large site."""
        return self._browser.get(self._logins[variant.role], variant.address(self.site))

    def time(self, variant: Variant, site: int) -> float:
        """Return how many milliseconds the page of a site takes."""
        return self._browser.time(self._logins[variant.role], variant.address(site))

    def variants(self) -> list[Variant]:
        """Return the list as it is opened, each search, each filter and each sort it offers."""
        page = self.get(Variant(WHO[0], ""))
        sorts = sorted(set(re.findall(r"[?;&]sort=-?([\w.-]+)", page)))
        fields = re.findall(r'<select name="(\w+)"(.*?)</select>', page, re.DOTALL)
        filters = [
            f"{name}={value}"
            for name, options in fields
            for value in re.findall(r'<option value="([^"]+)"', options)[:2]
        ]
        sorted_by = [f"sort={down}{name}" for name in sorts for down in ("", "-")]
        manager = [Variant(WHO[0], q) for q in ("", *SEARCHES, *PAGES, *filters, *sorted_by)]
        return manager + [Variant(role, q) for role in WHO[1:] for q in ("", SEARCHES[0])]

    def questions(self, variants: list[Variant]) -> list[int]:
        """Return how many questions each variant asks of the database."""
        asked = {}
        for role, login in self._logins.items():
            some = [variant for variant in variants if variant.role == role]
            addresses = [variant.address(self.site) for variant in some]
            asked |= dict(zip(some, self._browser.questions(login, addresses), strict=True))
        return [asked[variant] for variant in variants]

    def in_turn(self, variants: list[Variant]) -> tuple[list[Took], list[Took]]:
        """Time every variant at the large site and at the small one, in turn."""
        for variant in variants:
            self.get(variant)
        large: list[Took] = []
        small: list[Took] = []
        for _ in range(ROUNDS):
            large.append({variant: [] for variant in variants})
            # Companies and groups are those of their site; and only the operator sees both sites.
            small.append({Variant("operator", q): [] for q in ("", *SEARCHES[:3])})
            for _ in range(REQUESTS):
                for variant, took in large[-1].items():
                    took.append(self.time(variant, self.site))
                for variant, took in small[-1].items():
                    took += [self.time(variant, self.small_site) for _ in range(4)]
        return large, small


def _grow(installation: Installation, what: str) -> str:
    return installation.shell(f"from bench import crowd; print(crowd.{what})")


def _check(lists: Lists) -> None:
    whole = lists.get(Variant(WHO[0], ""))
    found = lists.get(Variant(WHO[0], "q=alrio+kampler-busch"))
    if "10,000+" not in whole or "Kampler-Busch" not in found or "Benario" in found:
        raise AssertionError("the list does not tell what is there: the figure is void")


def _p50(took: Took) -> float:
    return statistics.median(ms for some in took.values() for ms in some)


def _p95(rounds: list[Took], variant: Variant | None = None) -> float:
    """Return the median over the rounds of what one request in twenty takes at least."""
    return statistics.median(
        statistics.quantiles(
            took[variant] if variant else [ms for some in took.values() for ms in some], n=20
        )[-1]
        for took in rounds
    )
