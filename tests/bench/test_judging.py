"""What counts as a bad plan of the database, and what does not."""

from typing import Any

import pytest
from bench.judging import Judge

JUDGE = Judge({"people_person": 1_000_000, "sites_site": 1_000}, budget=100)


# Any: a node of a plan.
def node(kind: str, rows: int, *below: dict[str, Any], **more: object) -> dict[str, Any]:
    told = {"Node Type": kind, "Actual Rows": rows, "Actual Loops": 1, "Plans": below}
    return {**told, "Shared Hit Blocks": 5, "Shared Read Blocks": 0, **more}


def scan(table: str, rows: int, removed: int = 0) -> dict[str, Any]:
    return node("Seq Scan", rows, **{"Relation Name": table, "Rows Removed by Filter": removed})


@pytest.mark.parametrize(
    ("plan", "faults"),
    [
        (scan("people_person", 51), []),
        (scan("people_person", 0, removed=5_000), ["reads 5,000 rows of people_person one by one"]),
        (scan("sites_site", 1_000), []),
        (node("Limit", 1, scan("people_person", 1_001)), ["reads 1,001 rows of people_person"]),
        (node("Aggregate", 1, node("Index Scan", 10_001)), []),
        (node("Aggregate", 1, node("Index Scan", 10_002)), ["counts 10,002 rows"]),
        (node("Limit", 1, **{"Shared Read Blocks": 96}), ["looks at 101 pages"]),
    ],
)
def test_a_plan_is_judged_by_what_it_looks_at(plan: dict[str, Any], faults: list[str]) -> None:
    found = list(JUDGE.faults(plan))
    assert len(found) == len(faults)
    assert all(one.startswith(other) for one, other in zip(found, faults, strict=True))
