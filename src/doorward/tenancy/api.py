"""Who calls the API, what a body refers to, and deeds that happen once."""

import hashlib
import re
from collections.abc import Callable, Collection
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, Q
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie
from ninja.utils import check_csrf

from doorward.kit import clock
from doorward.kit.api.limits import allow, bucket_of
from doorward.kit.api.shapes import Out
from doorward.kit.api.versions import tag_of
from doorward.kit.errors import Forbidden, Hidden, Invalid, Refused
from doorward.tenancy.actor import Actor
from doorward.tenancy.callers import count_session, of_token
from doorward.tenancy.idempotency import Answer, fingerprint, once
from doorward.tenancy.installers import installers_for
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet

HEADER = "Idempotency-Key"
# What one deed on many takes on while its caller waits.
MOST_AT_ONCE = 1_000
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
NOT_FOUND = gettext_noop("Nothing you can see has this id. Check it.")

# What an operation that happens once says of its header in the document.
KEYED = {
    "parameters": [
        {
            "name": HEADER,
            "in": "header",
            "required": False,
            "description": "Sent again within 24 hours with the same request, it gets the same "
            "answer and nothing happens twice.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
        }
    ]
}

P = ParamSpec("P")
O = TypeVar("O", bound=Out)  # noqa: E741
M = TypeVar("M", bound=Model)


class BearerToken(HttpBearer):
    """A token of an account."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        bucket, at = bucket_of(request), clock.now()
        caller = of_token(token, bucket, at, str(request.META.get("REMOTE_ADDR") or ""))
        if caller is None:
            return None
        request.actor = caller.actor  # type: ignore[attr-defined]
        allow(request, bucket, caller.asked, at)
        return caller.actor


class Session(APIKeyCookie):
    """The session of someone who has signed in; deeds need the CSRF token as well."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Actor | None:
        # A token that is no good is not made good by a session beside it.
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise Forbidden("csrf.missing", _("Send the page's token as `X-CSRFToken`."))
        if request.user.awaits:
            message = _("First do what the portal asks of you at sign-in: open any of its pages.")
            raise Forbidden("account.first_steps", message)
        bucket, at = bucket_of(request), clock.now()
        allow(request, bucket, count_session(request.user, bucket, at), at)
        return actor_of(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        return self(request)


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; the API lets nobody else through."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


# --- What a body refers to --------------------------------------------------------------------


def referred(rows: TenantQuerySet[M], actor: Actor, key: int, field: str) -> M:
    """Return the visible row that a field names; a stranger's id is invalid like no one's."""
    try:
        return rows.find(actor, key)
    except Hidden as absence:
        raise Invalid({field: _(NOT_FOUND)}) from absence


def all_referred(
    rows: TenantQuerySet[M], actor: Actor, keys: Collection[int], field: str
) -> list[M]:
    """Return the visible rows that a list of ids names; raise `Invalid` at each it does not."""
    found = {row.pk: row for row in rows.visible_to(actor).filter(pk__in=set(keys))}
    if strange := [place for place, key in enumerate(keys) if key not in found]:
        raise Invalid({f"{field}[{place}]": _(NOT_FOUND) for place in strange})
    return list(found.values())


def all_chosen(
    rows: TenantQuerySet[M], actor: Actor, ids: Collection[int] | None, matching: Q | None
) -> list[M]:
    """Return the visible rows that a deed on many is done to: those named, or all that match.

    Raise `Invalid` unless it is one of the two, and `Refused` for more than fit into one answer.
    """
    if (ids is None) == (matching is None):
        message = _("Give either `ids` or `filter`.")
        raise Invalid({"ids": message, "filter": message})
    if ids is not None:
        return all_referred(rows, actor, ids, "ids")
    found = list(rows.visible_to(actor).filter(matching)[: MOST_AT_ONCE + 1])
    if len(found) > MOST_AT_ONCE:
        message = _("More than 1,000 match. Narrow the filter, and do it in parts.")
        raise Refused("bulk.too_many", message)
    return found


def installer_of(actor: Actor, can: Can, key: int | None) -> Node:
    """Return the installer that a new thing will belong to; a sole one need not be named."""
    known = installers_for(actor, can)
    found = [node for node in known if key in (None, node.pk)]
    if len(found) == 1:
        return found[0]
    actor.require_any(can, known)
    ambiguous = _("Name the installer: there is more than one below you.")
    raise Invalid({"installer": ambiguous if key is None else _(NOT_FOUND)})


# --- Deeds that happen once -------------------------------------------------------------------

# A deed's view, and what the router gets instead of it.
Deed = Callable[Concatenate[HttpRequest, P], O]
Served = Callable[Concatenate[HttpRequest, P], JsonResponse]


def created(view: Deed[P, O]) -> Served[P]:
    """Answer 201 with the new thing and its address; done once for each Idempotency-Key."""
    return _once(view, HTTPStatus.CREATED, lambda path, body: f"{path}/{body['id']}")


def accepted(view: Deed[P, O]) -> Served[P]:
    """Answer 202 with how things stand; done once for each Idempotency-Key."""
    return _once(view, HTTPStatus.ACCEPTED, lambda path, body: "")


def done(view: Deed[P, O]) -> Served[P]:
    """Answer 200 with how things stand; done once for each Idempotency-Key."""
    return _once(view, HTTPStatus.OK, lambda path, body: "")


def ordered(view: Deed[P, O]) -> Served[P]:
    """Answer 202 with an order and its address beside the deed's; once for each key."""
    return _once(
        view,
        HTTPStatus.ACCEPTED,
        lambda path, body: f"{path.rpartition('/')[0]}/commands/{body['id']}",
    )


def _once(
    view: Deed[P, O], status: HTTPStatus, place: Callable[[str, dict[str, Any]], str]
) -> Served[P]:
    @wraps(view)
    def served(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> JsonResponse:
        def act() -> Answer:
            out = view(request, *args, **kwargs)
            body = out.model_dump(mode="json", exclude=set(out.secrets))
            told = {name: getattr(out, name) for name in out.secrets}
            # The version of a new thing is that of its own address; a deed's has none.
            tag = tag_of(out) if status == HTTPStatus.CREATED else ""
            return Answer(status, body, place(request.path, body), told, tag)

        return _respond(_answer(request, act))

    return served


def _answer(request: HttpRequest, act: Callable[[], Answer]) -> Answer:
    key, account = request.headers.get(HEADER), actor_of(request).account
    if key is None or account is None:
        return act()
    if not _KEY.fullmatch(key):
        message = _("Send 1 to 255 printable characters without spaces.")
        raise Invalid({HEADER: message})
    key = actor_of(request).own_key(key)
    return once(account, key, fingerprint(request.method or "", request.path, _sent(request)), act)


def _sent(request: HttpRequest) -> bytes:
    """Return what a request says, its files by their digests: those were read already."""
    if request.content_type != "multipart/form-data":
        return request.body
    files = [(name, file) for name, some in request.FILES.lists() for file in some]
    parts = [request.POST.urlencode(), *(f"{name}:{file.name}" for name, file in files)]
    digests = [_digest(file) for _name, file in files]
    return "\n".join([*parts, *digests]).encode()


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _respond(answer: Answer) -> JsonResponse:
    response = JsonResponse({**answer.body, **answer.secrets}, status=answer.status)
    if answer.location:
        response["Location"] = answer.location
    if answer.tag:
        response["ETag"] = answer.tag
    if answer.replayed:
        response["Idempotency-Replayed"] = "true"
    return response
