"""Opens every list as somebody, in every sort and filter, and has each question explained.

Imported by a process of the installation itself: see `Installation.shell`.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from bench.judging import Judge, cost_of
from doorward.access.models import AccessGroup
from doorward.activity.models import Alarm, DoorEvent
from doorward.api import api
from doorward.devices.models import Connector, Door
from doorward.files.models import Work
from doorward.helpdesk.models import Ticket
from doorward.notices.models import Announcement
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Organisation

SEARCHES = ("alrio", "be kamp", "nobodyatall", "0BADC0DE", "Terminal 7")
# Pages of a list; the last that there is.
PAGES = ("page=2", "page=200&per_page=50")
# A statement that looked at so few pages of the database so often need not be explained again.
CHEAP, ALIKE = 50, 5
# What stands in the address of the API, and how often in the document's own words.
_WORDS = {"q": "alrio", "since": "2026-01-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"}


def tell(login: str, site_key: int, only: str = "") -> None:
    """Print as JSON what was opened, how many statements that made, and what is wrong with them.

    `only` is a pattern of the names of pages and routes that are opened, to look at some alone.
    """
    account = Account.objects.get(username=login)
    browser = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
    browser.force_login(account)
    watch = Watch(browser, Judge(_sizes()))
    things = _things(Site.objects.get(pk=site_key), account)
    for name, address in _pages(things):
        if re.match(only, name):
            watch.walk(name, address)
    for name, address, ways in _routes(things):
        if re.match(only, name):
            watch.call(name, address, ways)
    json.dump(
        {
            "opened": watch.opened,
            "statements": len(watch.seen),
            "worst": watch.worst,
            "faults": sorted(watch.faults.values()),
        },
        sys.stdout,
    )


@dataclass
class Watch:
    """Opens addresses as somebody and keeps what was wrong, each statement once."""

    browser: Client
    judge: Judge
    opened: int = 0
    worst: int = 0
    seen: set[str] = field(default_factory=set)
    # By page and statement without its values, the costliest.
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    _costs: dict[tuple[str, str], int] = field(default_factory=dict)
    _cheap: Counter[str] = field(default_factory=Counter)

    def walk(self, name: str, address: str) -> None:
        """Open a page, and if it is a list, in all its ways."""
        page = self.open(name, address)
        if page.status_code != HTTPStatus.OK or page.streaming:
            return
        for way in _ways(page.content.decode()):
            self.open(name, f"{address}{'&' if '?' in address else '?'}{way}")

    def call(self, name: str, address: str, ways: list[str]) -> None:
        """Ask a list of the API in all its ways, each to its second page."""
        if self.open(name, address).status_code != HTTPStatus.OK:
            return
        for way in ways:
            answer = self.open(name, f"{address}?{way}")
            is_told = answer.status_code == HTTPStatus.OK and not answer.streaming
            told = json.loads(answer.content) if is_told else {}
            if isinstance(told, dict) and (cursor := told.get("next_cursor")):
                self.open(name, f"{address}?{way}&{urlencode({'cursor': cursor})}")

    def open(self, name: str, address: str) -> HttpResponse:
        asked: list[tuple[str, Any]] = []
        with _listening(asked):
            answer: Any = self.browser.get(address)
            if answer.streaming:
                b"".join(answer.streaming_content)
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.faults[name, address] = f"{name} {address} answers {answer.status_code}"
        if answer.status_code == HTTPStatus.OK:
            self.opened += 1
        for sql, values in asked:
            self._explain(name, address, sql, values)
        return answer

    def _explain(self, name: str, address: str, sql: str, values: Any) -> None:
        own, shape = f"{sql} {values}", re.sub(r"\d+", "N", sql)
        if own in self.seen or self._cheap[shape] >= ALIKE:
            return
        self.seen.add(own)
        plan = _plan(sql, values)
        cost = cost_of(plan)
        self._cheap[shape] += cost < CHEAP
        self.worst = max(self.worst, cost)
        key = (name, shape)
        found = "; ".join(dict.fromkeys(self.judge.faults(plan, sql)))
        if found and cost >= self._costs.get(key, 0):
            self._costs[key] = cost
            self.faults[key] = f"{name} {address} {found}: {sql[:4000]}"


def _plan(sql: str, values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", values)
        ((told,),) = cursor.fetchall()
    return (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]


@contextmanager
def _listening(asked: list[tuple[str, Any]]) -> Iterator[None]:
    # Any: what Django hands on.
    def note(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        # What is put together of parts begins with the bracket of the first.
        begins = sql.lstrip(" \n(").startswith(("SELECT", "WITH"))
        if not many and begins and "FOR UPDATE" not in sql:
            asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        yield


def _ways(page: str) -> Iterator[str]:
    """Yield what a list offers: each sort both ways, each filter, searches, pages, older lines."""
    for name in sorted(set(re.findall(r"[?;&]sort=-?([\w.-]+)", page))):
        yield from (f"sort={name}", f"sort=-{name}")
    for name, options in re.findall(r'<select name="(\w+)"(.*?)</select>', page, re.DOTALL):
        if name in {"per_page", "sort"}:
            continue
        for value in re.findall(r'<option value="([^"]+)"', options)[:4]:
            yield urlencode({name: value})
    if 'name="q"' in page:
        yield from (urlencode({"q": words}) for words in SEARCHES)
    if "page=2" in page:
        yield from PAGES
    if before := re.search(r"before=(\d+-\d+)", page):
        yield f"before={before[1]}"


def _pages(things: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and address of each page that the things at hand lead to."""
    for pattern in get_resolver().url_patterns:
        if not isinstance(pattern, URLPattern) or not pattern.name:
            continue
        wanted = set(pattern.pattern.converters)
        subject = things.get(pattern.name.split("-", maxsplit=1)[0])
        parts = {"site": things["site"].pk, **({"pk": subject.pk} if subject else {})}
        if pattern.name.startswith("people-group"):
            parts["pk"] = things["people_group"].pk
        if wanted <= parts.keys() and "logout" not in pattern.name:
            address = reverse(pattern.name, kwargs={part: parts[part] for part in wanted})
            yield pattern.name, f"{address}?q=alrio" if pattern.name == "search" else address
    lines = reverse("door-log", args=[things["site"].pk])
    for own in ("person", "door"):
        yield "door-log", f"{lines}?{own}={things[own].pk}"
    yield "door-log", f"{lines}?door={things['door'].pk}&person={things['person'].pk}"


def _routes(things: dict[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each route that is read, with the ways to ask that its document offers."""
    for path, operations in api.get_openapi_schema()["paths"].items():
        if "get" not in operations:
            continue
        parts = re.findall(r"{(\w+)}", path)
        if not all(part in things for part in parts):
            continue
        address = path.format(**{part: things[part].pk for part in parts})
        told = operations["get"].get("parameters", ())
        asked = [one for one in told if one["in"] == "query"]
        yield f"GET {path}", address, list(dict.fromkeys(_ways_of(asked, things)))


def _ways_of(asked: list[dict[str, Any]], things: dict[str, Any]) -> Iterator[str]:
    yield ""
    for one in asked:
        name, schema = one["name"], one["schema"]
        if name == "sort":
            names = re.findall(r"`([\w.]+)`", one.get("description", schema.get("description", "")))
            for sort in names:
                yield from (
                    f"sort={sort}",
                    f"sort=-{sort}",
                    f"sort={sort}&site={things['site'].pk}",
                )
        elif name in things:
            yield urlencode({name: things[name].pk})
        elif name in _WORDS:
            yield urlencode({name: _WORDS[name]})
            yield urlencode({name: _WORDS[name], "site": things["site"].pk})
        elif name not in {"limit", "cursor"}:
            for value in _values(schema):
                yield urlencode({name: value})
                yield urlencode({name: value, "site": things["site"].pk})


def _values(schema: dict[str, Any]) -> Iterator[str]:
    for choice in (schema, *schema.get("anyOf", ())):
        yield from map(str, choice.get("enum", ()))
        if choice.get("type") == "boolean":
            yield from ("true", "false")


def _things(site: Site, account: Account) -> dict[str, Any]:
    """Return what addresses are about, all of it at the large site."""
    company = Company.objects.filter(site=site).order_by("pk")[0]
    door = Door.objects.filter(site=site).order_by("pk")[0]
    person = Person.objects.filter(company=company).order_by("pk")[1]
    group = AccessGroup.objects.filter(site=site, company=None).order_by("pk")[0]
    actor = Actor.of(account)
    found = {
        "site": site,
        "company": company,
        "person": person,
        "door": door,
        "device": door.device,
        "connector": Connector.objects.filter(site=site).order_by("pk")[0],
        "group": group,
        "people_group": Group.objects.filter(company=company).order_by("pk")[0],
        "event": DoorEvent.objects.filter(site=site, door=door).order_by("-at")[0],
        "alarm": Alarm.objects.filter(site=site).order_by("-at").first(),
        "work": Work.objects.filter(account=account).order_by("-pk").first(),
        "ticket": Ticket.objects.visible_to(actor).order_by("-pk").first(),
        "message": Announcement.objects.visible_to(actor).order_by("-pk").first(),
        "account": account,
        "user": Account.objects.visible_to(actor).exclude(pk=account.pk).order_by("-pk").first(),
        "organisation": Organisation.objects.visible_to(actor).order_by("-pk").first(),
    }
    return {name: thing for name, thing in found.items() if thing is not None}


def _sizes() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r'")
        return dict(cursor.fetchall())
