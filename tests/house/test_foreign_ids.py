"""An id of somebody else's is answered like one that nobody has: everywhere, for everybody.

What can name a thing is found by walking pages, forms, filters, lists and the API's document, so
that a new one is tried without being listed here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from typing import Any
from urllib.parse import urlencode

import django_filters
import pytest
import time_machine
from django import forms
from django.db import models
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from doorward.activity.models import Alarm
from doorward.devices.models import Connector, Device, Door, MacEntry
from doorward.files.models import Work
from doorward.helpdesk.models import Ticket
from doorward.kit import clock
from doorward.kit.pages import ListPage
from doorward.notices.models import Announcement
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Account, Node
from tests.cast import NAMES, Cast
from tests.house import document
from tests.house.addresses import page_names, parts_of, typed, words_of
from tests.house.foreign import Reply, foreign, ids_of, own, reply, told_apart
from tests.house.routes import PREFIX, body_of, path_of, things

pytestmark = pytest.mark.django_db

# Fields that name a thing without having a queryset.
CHOICES: dict[str, type[models.Model]] = {"owner": Node}
# What is named by a field of the API or by a topic; fields that name many, by what they name.
KINDS: dict[str, type[models.Model]] = {
    "account": Account,
    "site": Site,
    "installer": Node,
    "node": Node,
    "above": Node,
    "company": Company,
    "person": Person,
    # Of access groups the API speaks in addresses only.
    "group": Group,
    "parent": Group,
    "within": Group,
    "door": Door,
    "device": Device,
    "connector": Connector,
    "work": Work,
    "alarm": Alarm,
    # Not by its digits, as answers have them under "mac".
    "mac_entry": MacEntry,
    "ticket": Ticket,
    "message": Announcement,
}
# Lists that an installer has not.
SEEN_BY = {"/support-access": "dora"}
OWN_SORTS = {"/support-access": {"node"}}
ONE_OF = {"companies": "company", "people": "person", "doors": "door", "people_groups": "group"}
ONE_OF |= {"macs": "mac_entry", "accounts": "account", "sites": "site"}


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """Let no two answers differ by the second in which they were given."""
    with time_machine.travel(clock.now(), tick=False):
        yield


# --- Pages ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chooser:
    """A field of a form or of a list's filters in which one names things of a kind."""

    name: str
    model: type[models.Model]
    many: bool
    filters: bool


@dataclass(frozen=True)
class Look:
    """What a page has for somebody who gets to see it."""

    address: str
    choosers: tuple[Chooser, ...]
    topics: tuple[str, ...]
    # The model of a list and its deeds on many rows.
    rows: type[models.Model] | None
    deeds: tuple[str, ...]


@pytest.mark.parametrize("page", page_names())
def test_in_the_address_of_a_page(page: str, cast: Cast) -> None:
    parts, words, told = parts_of(page, cast), words_of(page, cast), {}
    body, methods = typed(page, cast) if parts else {}, methods_of(page)
    for who, method, name in product(NAMES, methods, parts):
        browser = cast.client(who, again=True)
        home = {**words, **{part: own(thing, who) for part, thing in parts.items()}}
        ask = partial(at, browser, method, page, home, body, name)
        told |= note(told_apart(ask, foreign(type(parts[name]), who)), who, method, name)
    assert told == {}


def at(
    browser: Client,
    method: str,
    page: str,
    home: dict[str, object],
    body: dict[str, object],
    name: str,
    key: int,
) -> Reply:
    return reply(browser, method, reverse(page, kwargs={**home, name: key}), body)


@pytest.mark.parametrize("page", page_names())
def test_in_the_forms_and_filters_of_a_page(page: str, cast: Cast) -> None:
    looks = {who: look for who in NAMES if (look := look_at(page, who)) and look.choosers}
    body, told = typed(page, cast) if looks else {}, {}
    for who, look in looks.items():
        browser, address = cast.client(who), look.address
        for chooser in look.choosers:
            ask = partial(choose, browser, address, body, chooser)
            told |= note(told_apart(ask, foreign(chooser.model, who)), who, chooser.name)
    assert told == {}


def choose(
    browser: Client, address: str, body: dict[str, object], chooser: Chooser, key: int
) -> Reply:
    if chooser.filters:
        return reply(browser, "GET", f"{address}?{chooser.name}={key}")
    value: object = [key] if chooser.many else key
    return reply(browser, "POST", address, {**body, chooser.name: value})


@pytest.mark.parametrize("page", page_names())
def test_among_the_rows_that_a_deed_is_for(page: str, cast: Cast) -> None:
    told: dict[str, object] = {}
    for who in NAMES:
        look = look_at(page, who)
        if look is None or look.rows is None or not look.deeds:
            continue
        browser, address = cast.client(who), look.address
        beside = sorted(ids_of(look.rows, who)[1])[:1]
        for deed, some in product(look.deeds, ([], beside) if beside else ([],)):
            ask = partial(tick, browser, address, deed, some)
            told |= note(told_apart(ask, foreign(look.rows, who)), who, deed, some)
    assert told == {}


def tick(browser: Client, address: str, deed: str, some: list[int], key: int) -> Reply:
    body = {"deed": deed, "ids": [*some, key], "confirmed": str(len(some) or 1)}
    return reply(browser, "POST", address, body)


@pytest.mark.parametrize("page", page_names())
def test_what_a_page_hears_of_live(page: str, cast: Cast) -> None:
    """A ticket names sites and doors that one sees, and the devices behind such doors."""
    unseen = []
    for who in NAMES:
        # Anew: what was made for another test is gone with it.
        look = look_at.__wrapped__(page, who)
        for topic in look.topics if look else ():
            kind, key, *_rest = topic.split(":")
            if not in_view(KINDS[kind], int(key), who):
                unseen.append((who, topic))
    assert unseen == []


def in_view(model: type[models.Model], key: int, who: str) -> bool:
    if model is Work:
        # Some are made for a single test.
        return Work.objects.visible_to(Cast().actor(who)).filter(pk=key).exists()
    doors, devices = (ids_of(kind, who)[1] for kind in (Door, Device))
    behind = {
        Device: Door.objects.filter(pk__in=doors, device=key),
        Connector: Device.objects.filter(connector=key).filter(
            Q(pk__in=devices) | Q(doors__in=doors)
        ),
    }
    return key in ids_of(model, who)[1] or (model in behind and behind[model].exists())


@pytest.mark.parametrize("page", page_names())
def test_a_list_is_sorted_and_shown_by_its_columns_alone(page: str, cast: Cast) -> None:
    """No name that reaches through a relation, nor a field that is no column, is obeyed."""
    look = look_at(page, "ivan")
    if look is None or look.rows is None:
        return
    address = look.address
    usual = cast.client("ivan").get(address).context["table"]
    known = {column.name for column in usual.columns.iterall()}
    strange = [name for name in reaching(look.rows) if name not in known]
    asked = {"sort": ",".join(strange), "columns": ",".join(strange)}
    answer = cast.client("ivan").get(address, asked)
    table = answer.context["table"]
    assert (table.order_by, table.sequence) == (usual.order_by, usual.sequence)
    refused = [fault.field for fault in answer.context["faults"]]
    assert sorted(refused) == ["columns"] * len(strange) + ["sort"] * len(strange)


def pattern_of(page: str) -> URLPattern:
    patterns = (one for one in get_resolver().url_patterns if isinstance(one, URLPattern))
    return next(one for one in patterns if one.name == page)


def methods_of(page: str) -> list[str]:
    view = getattr(pattern_of(page).callback, "view_class", None)
    if view is None:
        return ["GET"]
    names = (name for name in ("get", "post") if hasattr(view, name))
    return [name.upper() for name in names if name in view.http_method_names]


@cache
def look_at(page: str, who: str) -> Look | None:
    """Look once, for all claims; None where somebody does not get to see the page."""
    cast = Cast()
    if "GET" not in methods_of(page):
        return None
    home = {name: own(thing, who) for name, thing in parts_of(page, cast).items()}
    address = reverse(page, kwargs={**words_of(page, cast), **home})
    answer = cast.client(who).get(address)
    if answer.status_code != 200 or answer.context is None:
        return None
    view = answer.context.get("page")
    filtering, form = getattr(view, "filtering", None), answer.context.get("form")
    return Look(
        address=address,
        choosers=(*choosers_of_filters(filtering), *choosers_of_form(form)),
        topics=tuple((answer.context.get("live_topics") or "").split()),
        rows=view.rows().model if isinstance(view, ListPage) else None,
        deeds=tuple(deed.name for deed in getattr(view, "deeds", ())),
    )


def choosers_of_filters(filtering: django_filters.FilterSet | None) -> Iterator[Chooser]:
    for name, one in filtering.filters.items() if filtering else ():
        if (rows := getattr(one.field, "queryset", None)) is not None:
            many = isinstance(one.field, forms.ModelMultipleChoiceField)
            yield Chooser(name, rows.model, many, filters=True)


def choosers_of_form(form: Any) -> Iterator[Chooser]:
    for name, one in getattr(form, "fields", {}).items():
        rows = getattr(one, "queryset", None)
        model = CHOICES.get(name) if rows is None else rows.model
        if model is not None:
            many = isinstance(one, forms.ModelMultipleChoiceField)
            yield Chooser(name, model, many, filters=False)


def reaching(model: type[models.Model]) -> list[str]:
    """Return names of a model's fields, and of fields that lie one relation further."""
    names = [field.name for field in model._meta.concrete_fields]
    return [
        *names,
        *(
            f"{field.name}__{further.name}"
            for field in model._meta.get_fields()
            if field.is_relation and field.related_model
            for further in list(field.related_model._meta.concrete_fields)[:3]
        ),
    ]


# --- Routes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", document.routes(), ids=str)
def test_in_the_address_of_a_route(route: document.Route, cast: Cast) -> None:
    usual, told = Usual.of(route, cast), {}
    for who, name in product(NAMES, route.parts):
        caller, home = caller_of(cast, who), usual.home(who)
        ask = partial(usual.at, caller, home, name)
        told |= note(told_apart(ask, foreign(type(usual.parts[name]), who)), who, name)
    assert told == {}


@pytest.mark.parametrize("route", document.routes(), ids=str)
def test_in_the_filters_and_bodies_of_a_route(route: document.Route, cast: Cast) -> None:
    """But for ids that one's own things name: a person's site, the device of a door."""
    usual, told = Usual.of(route, cast), {}
    for who, field in product(NAMES, route.fields):
        caller, home, kind = caller_of(cast, who), usual.home(who), kind_of(field, route)
        keys = [key for key in foreign(kind, who) if (kind, key) not in named_to(who)]
        ask = partial(usual.choose, caller, home, field)
        told |= note(told_apart(ask, keys), who, field.name)
    assert told == {}


@pytest.mark.parametrize("route", [one for one in document.routes() if one.is_list], ids=str)
def test_a_list_of_the_api_is_sorted_by_its_own_names_alone(
    route: document.Route, cast: Cast
) -> None:
    caller, address = caller_of(cast, SEEN_BY.get(route.path, "ivan")), path_of(route.path, cast)
    own = OWN_SORTS.get(route.path, set())
    for name in {"pk", "node", "node__path", "person__account", "-secret"} - own:
        answer = caller.get(f"{address}?sort={name}")
        fields = [fault["field"] for fault in answer.json()["errors"]]
        assert (answer.status_code, fields) == (422, ["sort"])


@dataclass(frozen=True)
class Usual:
    """What is usually asked of a route: a good request, in which one id is then another."""

    route: document.Route
    parts: dict[str, models.Model]
    body: dict[str, object] | None
    query: dict[str, object]

    @classmethod
    def of(cls, route: document.Route, cast: Cast) -> "Usual":
        around = things(cast)
        query = {"door": around["door"].pk} if route.path.endswith("/why") else {}
        parts = {name: around[name] for name in route.parts}
        return cls(route, parts, body_of(route.method, route.path, cast), query)

    def home(self, who: str) -> dict[str, int]:
        return {name: own(thing, who) for name, thing in self.parts.items()}

    def at(self, caller: Client, home: dict[str, int], name: str, key: int) -> Reply:
        return self._ask(caller, {**home, name: key}, self.query, self.body)

    def choose(
        self, caller: Client, home: dict[str, int], field: document.Field, key: int
    ) -> Reply:
        if field.in_query:
            return self._ask(caller, home, {**self.query, field.name: key}, self.body)
        return self._ask(caller, home, self.query, field.put(self.body or {}, key))

    def _ask(
        self,
        caller: Client,
        home: dict[str, int],
        query: dict[str, object],
        body: dict[str, object] | None,
    ) -> Reply:
        address = f"{PREFIX}{self.route.path.format(**home)}?{urlencode(query)}"
        if body and "file" in body:
            return reply(caller, self.route.method, address, body)
        return reply(caller, self.route.method, address, "" if body is None else json.dumps(body))


def caller_of(cast: Cast, who: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {cast.token(who)}"})


def kind_of(field: document.Field, route: document.Route) -> type[models.Model]:
    """Return what a field names, by its name: the rows that a deed is for, by the route."""
    nouns = [part for part in route.path.split("/") if part in ONE_OF]
    # Who would join or leave an access group is asked for at the group itself.
    name = (nouns[-1] if nouns else "people") if field.last == "ids" else field.last
    return KINDS[ONE_OF.get(name, name)]


@cache
def named_to(who: str) -> set[tuple[type[models.Model], int]]:
    """Return what is named by things that one sees, over all lists of the API."""
    caller = caller_of(Cast(), who)
    named = set()
    for route in document.routes():
        if route.is_list and not route.parts:
            for item in caller.get(f"{PREFIX}{route.path}?limit=100").json()["items"]:
                pairs = [(name, item[name]) for name in KINDS.keys() & item.keys()]
                named |= {(KINDS[name], int(key)) for name, key in pairs if key}
    return named


def note(told: dict[int, object], *where: object) -> dict[str, object]:
    """Say of what somebody could tell where it was asked."""
    return {" ".join(map(str, (*where, key))): apart for key, apart in told.items()}
