"""What is foreign to whom, and what somebody learns of it: nothing, not even that it exists."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.test import Client

from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Node, Standing
from doorward.tenancy.sight import TenantQuerySet
from tests.cast import Cast

# An id that nothing has.
ABSENT = 987_654_321
# What is new in every answer: keys of forms, tickets, nonces, links that are signed.
_ONCE = re.compile(r"[\w:.\-]{24,}")


def foreign(model: type[models.Model], who: str) -> list[int]:
    """Return ids of rows that exist, but not for this one: one of each branch of the tree."""
    branches, seen = ids_of(model, who)
    unseen = {branch: key for key, branch in branches.items() if key not in seen}
    return sorted(unseen.values())


def own(usual: models.Model, who: str) -> int:
    """Return the id of a thing that exists for this one: the usual one, if it does."""
    _branches, seen = ids_of(type(usual), who)
    return int(usual.pk if usual.pk in seen or not seen else min(seen))


def ids_of(model: type[models.Model], who: str) -> tuple[dict[int, str], set[int]]:
    """Return the branch of each row of a kind by its id, and the ids that exist for this one."""
    if (model, who) not in _KNOWN:
        rows, actor = model._default_manager.order_by("pk"), Cast().actor(who)
        seen = set(rows.filter(_seen(model, rows, actor)).values_list("pk", flat=True))
        found = _branches(model, rows), seen
        if not isinstance(rows, TenantQuerySet):
            # Rows of one's own come and go.
            return found
        _KNOWN[model, who] = found
    return _KNOWN[model, who]


# The cast's houses are the same in every test.
_KNOWN: dict[tuple[type[models.Model], str], tuple[dict[int, str], set[int]]] = {}


def _branches(model: type[models.Model], rows: "models.QuerySet[models.Model]") -> dict[int, str]:
    names = {field.name for field in model._meta.get_fields()}
    path = "node__path" if "node" in names else "path" if "path" in names else ""
    if not path:
        return dict.fromkeys(rows.values_list("pk", flat=True), "")
    pairs = rows.values_list("pk", path)
    return {key: "/".join(str(where).strip("/").split("/")[:2]) for key, where in pairs}


def _seen(model: type[models.Model], rows: "models.QuerySet[models.Model]", actor: Actor) -> Q:
    if isinstance(rows, TenantQuerySet):
        return Q(pk__in=rows.visible_to(actor).values("pk"))
    if issubclass(model, Node):
        return Q(*(("path__startswith", place.path) for place in actor.places), _connector=Q.OR)
    if issubclass(model, Standing):
        return Q(account__in=Account.objects.visible_to(actor).values("pk"))
    return Q(**{_owner(model): actor.account})


def _owner(model: type[models.Model]) -> str:
    """Return the field that says whose a row is; what has none can stand in no address."""
    for name in ("account", "user"):
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        return name
    raise AssertionError(f"{model.__name__} says neither by sight nor by account whose it is")


@dataclass(frozen=True)
class Reply:
    """All that somebody can tell one answer from another by, and how much it asked to give it."""

    status: int
    place: str
    text: str
    questions: int

    def without(self, *ids: int) -> "Reply":
        """Leave out ids, and what is new in every answer."""
        known = re.compile(rf"\b(?:{'|'.join(map(str, ids))})\b")
        place, text = (_ONCE.sub("…", known.sub("ID", one)) for one in (self.place, self.text))
        return Reply(self.status, place, text, self.questions)

    def differences(self, other: "Reply") -> dict[str, tuple[object, object]]:
        """Return what is not the same, of a text where it begins to differ."""
        pairs = {one.name: (getattr(self, one.name), getattr(other, one.name)) for one in FIELDS}
        apart = {name: (one, two) for name, (one, two) in pairs.items() if one != two}
        if "text" in apart:
            same = (one == two for one, two in zip(self.text, other.text, strict=False))
            common = next((place for place, alike in enumerate(same) if not alike), 0)
            start = max(0, common - 40)
            apart["text"] = (self.text[start : common + 80], other.text[start : common + 80])
        return apart


FIELDS = fields(Reply)


class Count:
    """Counts questions asked of the database."""

    count = 0

    # Any: what Django hands on from the question to whoever answers it.
    def __call__(self, execute: Callable[..., Any], *asked: Any) -> Any:
        self.count += 1
        return execute(*asked)


def reply(browser: Client, method: str, address: str, body: object = None) -> Reply:
    """Ask, and undo whatever that did."""
    options = {"content_type": "application/json"} if isinstance(body, str) else {}
    send = getattr(browser, method.lower())
    asked = (address,) if method == "GET" else (address, body)
    # What was said to the browser must not be told with the next page.
    asks, cookies = Count(), browser.cookies.copy()
    with connection.execute_wrapper(asks), transaction.atomic():
        answer: HttpResponse = send(*asked, **({} if method == "GET" else options))
        transaction.set_rollback(True)
    browser.cookies = cookies
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Reply(
        status=answer.status_code,
        place=answer.get("Location", ""),
        text=text.decode(errors="replace"),
        questions=asks.count,
    )


def told_apart(ask: Callable[[int], Reply], keys: Iterable[int]) -> dict[int, object]:
    """Return by what somebody could tell each of these ids from one that nobody has."""
    keys = list(keys)
    none = ask(ABSENT) if keys else None
    found = {}
    for key in keys if none else ():
        theirs, nobodys = ask(key).without(key, ABSENT), none.without(key, ABSENT)
        if theirs != nobodys:
            found[key] = theirs.differences(nobodys)
    return found
