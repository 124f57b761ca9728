"""Who calls: the address behind the reverse proxies that the operator trusts."""

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from doorward.kit.env import Network


class CallerMiddleware:
    """Set `REMOTE_ADDR` to the caller's; without trusted proxies nobody's word is taken for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META["REMOTE_ADDR"] = caller(
            str(request.META.get("REMOTE_ADDR") or ""),
            request.headers.get("X-Forwarded-For", ""),
            settings.ENVIRONMENT.trusted_proxies,
        )
        return self._get_response(request)


def caller(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the first address, read from the right, that is no trusted proxy.

    What stands further left was written by whoever called, and may be anything.
    """
    address = peer
    for claim in reversed(forwarded.split(",")):
        if not _is_in(address, trusted):
            break
        if (named := _address(claim.strip())) is None:
            break
        address = named
    return address


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    known = _address(address)
    return known is not None and any(ipaddress.ip_address(known) in net for net in networks)


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
