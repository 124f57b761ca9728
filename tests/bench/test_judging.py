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
        (
            scan("people_person", 0, removed=1_000_000),
            ["reads 1,000,000 rows of people_person one"],
        ),
        (scan("sites_site", 1_000), []),
        (
            node("Sort", 1, scan("people_person", 1_000_000)),
            ["reads 1,000,000 rows of people_person"],
        ),
        # A limit ended it, however many rows there are.
        (node("Limit", 1, scan("people_person", 10_001)), []),
        (node("Limit", 1, scan("people_person", 50, removed=10_000)), ["reads 10,050 rows of"]),
        (node("Aggregate", 1, node("Index Scan", 10_001)), []),
        (node("Aggregate", 1, node("Index Scan", 10_002)), ["counts 10,002 rows"]),
        (node("Limit", 1, **{"Shared Read Blocks": 96}), ["looks at 101 pages"]),
    ],
)
def test_a_plan_is_judged_by_what_it_looks_at(plan: dict[str, Any], faults: list[str]) -> None:
    found = list(JUDGE.faults(plan))
    assert len(found) == len(faults)
    assert all(one.startswith(other) for one, other in zip(found, faults, strict=True))


def test_a_page_far_down_may_walk_over_what_stands_before_it() -> None:
    far = node("Limit", 50, **{"Shared Read Blocks": 1_000})
    assert list(JUDGE.faults(far, "SELECT id FROM people_person LIMIT 50 OFFSET 950")) == []
    assert len(list(JUDGE.faults(far, "SELECT id FROM people_person LIMIT 50 OFFSET 50"))) == 1


def test_what_has_a_reason_may_look_at_more_but_not_at_anything() -> None:
    counted = {"Node Type": "Aggregate", "Actual Loops": 1, "Actual Rows": 1}
    below = {"Node Type": "Index Only Scan", "Actual Loops": 1, "Actual Rows": 20_000}
    plan = {**counted, "Shared Hit Blocks": 3_000, "Shared Read Blocks": 0, "Plans": [below]}
    words = 'SELECT COUNT("devices_shelfentry"."id") FILTER (WHERE …) AS "last" FROM "devices_door"'
    assert list(JUDGE.faults(plan, words)) == []
    assert len(list(JUDGE.faults(plan, "SELECT"))) == 2
