"""What is wrong with the way in which the database answers a question."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Rows beyond which a table is large, and of a large one that may be looked at without an index.
LARGE, GLANCE = 10_000, 1_000
# A list counts so many, to say "10,000+", and so many for each row of a page: what all of them
# cost together is bounded by the pages of the database.
COUNTED = 10_001
# Pages of the database, of 8 kB, for one statement.
BUDGET = 2_000

# What may look at more pages, by words of its statement, and why that does not grow with the house.
EXCEPTIONS: Mapping[str, int] = {
    # What each person of a page stands like at each device of the site: 50 of them at 200 devices.
    "entitled FULL JOIN shelved USING (person, device)": 20_000,
    # The search looks at 200 of each way to find somebody, and for each at their node and company.
    "LIMIT 200) UNION ALL (SELECT": 4_000,
    # How many people each access group of a page lets in by groups of people: 50 of them, each with
    # some twenty such groups, which are found by four looks into an index and counted by three.
    "SELECT DISTINCT below.id FROM access_accessgroup_people_groups held": 10_000,
    # When each door of a page was last used: 50 of them, each with a look of three pages into the
    # months that are kept, sixteen here.
    'AS "last" FROM "devices_door"': 4_000,
}

# What may count more rows at once, likewise.
COUNTS: Mapping[str, int] = {
    # What a change of one access group, or of a door's, takes from whom: people decide by it, so it
    # is exact; it is worked out for those of one site alone.
    "becoming AS (": 50_000,
    'FROM "access_member" WHERE "access_member"."accessgroup_id" IN': 50_000,
    'JOIN "access_member" ON ("people_person"."id" = "access_member"."person_id")': 50_000,
    # What one device holds, and what of it, by states: no more than there is room for on it.
    'COUNT("devices_shelfentry"."id") FILTER': 50_000,
}

# Any: a node of a plan, as EXPLAIN tells it in JSON.
Plan = Mapping[str, Any]


@dataclass(frozen=True)
class Judge:
    """Knows how many rows each table has."""

    rows: Mapping[str, int]
    budget: int = BUDGET

    def faults(self, plan: Plan, statement: str = "") -> Iterator[str]:
        """Yield what is wrong with the plan of one statement, in words."""
        allowed = [most for words, most in EXCEPTIONS.items() if words in statement]
        # A page far down walks over the rows before it, one page more for each: 10,000 at most,
        # as a list turns to no more, however many there are.
        if deep := re.search(r" OFFSET (\d+)", statement):
            allowed.append(self.budget + int(deep[1]))
        if (cost := cost_of(plan)) > max((self.budget, *allowed)):
            yield f"looks at {cost:,} pages"
        allowed_counts = (most for words, most in COUNTS.items() if words in statement)
        countable = max((COUNTED, *allowed_counts))
        for node in _nodes(plan):
            yield from self._faults_of(node, countable)

    def _faults_of(self, node: Plan, countable: int) -> Iterator[str]:
        loops = node["Actual Loops"]
        if node["Node Type"] == "Seq Scan":
            table = node["Relation Name"]
            read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * loops
            rows = self.rows.get(table, 0)
            # What stopped before the end had found enough, and reads no more of a larger table.
            stopped = loops == 1 and read <= COUNTED and read < rows
            if rows > LARGE and read > GLANCE and not stopped:
                yield f"reads {read:,.0f} rows of {table} one by one"
        if node["Node Type"] == "Aggregate":
            below = sum(one["Actual Rows"] * one["Actual Loops"] for one in node.get("Plans", ()))
            counted = below / max(1, loops)
            if counted > countable:
                yield f"counts {counted:,.0f} rows"


def cost_of(plan: Plan) -> int:
    """Return how many pages of the database a statement looked at."""
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)
