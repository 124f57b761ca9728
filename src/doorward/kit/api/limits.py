"""How much a caller may ask in a minute, and how an answer tells it."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from doorward.kit.errors import Refused

SECONDS = 60
_TOLD = {
    "RateLimit-Limit": "How many requests a minute are answered.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "In how many seconds the next minute begins.",
}
# What an answer says of its headers in the document.
HEADERS = {
    name: {"description": text, "schema": {"type": "integer", "minimum": 0}}
    for name, text in _TOLD.items()
}
RETRY = {
    "Retry-After": {
        "description": "After how many seconds to ask again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}


@dataclass(frozen=True)
class Bucket:
    """What is counted together; deeds on many things at once count apart from all else."""

    name: str
    limit: int


@dataclass(frozen=True)
class Allowance:
    """What is left of a minute for one caller and bucket."""

    limit: int
    asked: int
    reset: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.asked)

    @property
    def is_used_up(self) -> bool:
        return self.asked > self.limit


class TooMany(Refused):
    """The minute's requests are used up."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, allowance: Allowance) -> None:
        message = _("Only %(limit)d requests a minute are answered. Wait %(seconds)d seconds.")
        place = {"limit": allowance.limit, "seconds": allowance.reset}
        super().__init__("rate.limit", message % place)


def bucket_of(request: HttpRequest) -> Bucket:
    if request.path.endswith("/bulk"):
        return Bucket("bulk", settings.API_BULK_A_MINUTE)
    return Bucket("", settings.API_REQUESTS_A_MINUTE)


def minute_of(at: datetime) -> int:
    return int(at.timestamp()) // SECONDS


def allow(request: HttpRequest, bucket: Bucket, asked: int, at: datetime) -> None:
    """Note what is left, for the answer to tell; raise `TooMany` if that is nothing."""
    reset = SECONDS - int(at.timestamp()) % SECONDS
    allowance = Allowance(bucket.limit, asked, reset)
    request.allowance = allowance  # type: ignore[attr-defined]
    if allowance.is_used_up:
        raise TooMany(allowance)


def tell(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Say in the answer's headers what is left of the minute, if anything was counted."""
    allowance: Allowance | None = getattr(request, "allowance", None)
    if allowance is None:
        return
    answer["RateLimit-Limit"] = str(allowance.limit)
    answer["RateLimit-Remaining"] = str(allowance.remaining)
    answer["RateLimit-Reset"] = str(allowance.reset)
    if allowance.is_used_up:
        answer["Retry-After"] = str(allowance.reset)
