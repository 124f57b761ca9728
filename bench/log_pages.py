"""Pages of the door log, as the product asks the database for them, and how long that takes.

Imported by a process of the installation itself: see `Installation.shell`.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from doorward.activity.keyset import Key
from doorward.activity.models import DoorEvent
from doorward.activity.pages.log import LINES
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.tenancy.models import Account

REPEATS = 40
PAGE = 1_000
# The installer of the demo, to whom the sites belong.
LOGIN = "ivan"
SINCE, UNTIL = "2000-01-01T00:00", "2099-01-01T00:00"

# A statement with its values. Any: values of every column.
Statement = tuple[str, Any]


def tell(site_key: int) -> None:
    """Print as JSON, by what is asked, how many milliseconds the database took each time."""
    statements = _statements(Site.objects.get(pk=site_key))
    person = Person.objects.filter(site=site_key).order_by("pk")[0]
    statements["key"] = ("SELECT * FROM people_person WHERE id = %s", [person.pk])
    took: dict[str, list[float]] = {name: [] for name in statements}
    for statement in statements.values():
        _time(statement)
    for _ in range(REPEATS):
        for name, statement in statements.items():
            took[name].append(_time(statement))
    json.dump(took, sys.stdout)


def _statements(site: Site) -> dict[str, Statement]:
    """Return what the page asks, by how it is asked, having checked what it shows."""
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(Account.objects.get(username=LOGIN))
    person = site.people.order_by("pk")[0].pk
    door = site.doors.order_by("pk")[0].pk
    found = {}
    for name, asked in {
        "site": {},
        "site, door": {"door": door},
        "site, person": {"person": person},
        "site, door, person": {"door": door, "person": person},
        "site, door, person, time": {
            "door": door,
            "person": person,
            "since": SINCE,
            "until": UNTIL,
        },
        "site, time": {"since": SINCE, "until": UNTIL},
    }.items():
        own = {key: value for key, value in asked.items() if key in {"door", "person"}}
        lines = DoorEvent.objects.filter(site=site, **own).order_by("-at", "-id")
        before = lines[LINES * (PAGE - 1) - 1]
        for number, place in ((1, {}), (PAGE, {"before": str(Key.of(before))})):
            first = LINES * (number - 1)
            wanted = [line.pk for line in lines[first : first + LINES]]
            address = f"/sites/{site.pk}/log/?{urlencode({**asked, **place})}"
            found[f"{name}: page {number:,}"] = _asked(browser, address, wanted)
    return found


def _asked(browser: Client, address: str, wanted: list[int]) -> Statement:
    """Open a page and return how it asked for its lines."""
    caught: list[Statement] = []

    # Any: what Django hands on.
    def catch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and 'FROM "activity_doorevent"' in sql:
            caught.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(catch):
        page = browser.get(address)
    links = re.findall(r'href="/sites/\d+/log/(\d+)/"', page.content.decode())
    shown = [int(key) for key in dict.fromkeys(links)]
    if page.status_code != HTTPStatus.OK or shown != wanted or len(caught) != 1:
        raise AssertionError(f"{address} does not show its lines: the figure is void")
    return caught[0]


def _time(statement: Statement) -> float:
    with connection.cursor() as cursor:
        begun = time.perf_counter()
        cursor.execute(*statement)
        cursor.fetchall()
        return (time.perf_counter() - begun) * 1000
