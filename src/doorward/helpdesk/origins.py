"""Where somebody was when they asked for help: the page, and the device that it was about."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from doorward.devices.models import Device, Door
from doorward.kit.errors import Hidden
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

LONGEST = 200


@dataclass(frozen=True)
class Origin:
    """A page of the portal, as far as who names it sees what it is about."""

    path: str = ""
    device: Device | None = None
    site: Site | None = None


def path_of(request: HttpRequest) -> str:
    """Return the page from which a link was followed, without what was searched for there."""
    told = urlsplit(request.META.get("HTTP_REFERER", ""))
    return told.path if told.netloc == request.get_host() else ""


def origin_of(actor: Actor, path: str) -> Origin:
    """Return what lies at a path that somebody names; of what is no page of ours nothing."""
    if not path.startswith("/") or path.startswith("//") or len(path) > LONGEST:
        return Origin()
    try:
        found = resolve(path)
    except Resolver404:
        return Origin()
    if found.namespaces or "token" in found.kwargs:
        # An address that lets somebody in is nobody else's to read.
        return Origin()
    try:
        site = _site_at(actor, found.kwargs)
        return Origin(path, _device_at(actor, found.url_name or "", found.kwargs), site)
    except Hidden:
        return Origin(path)


def _site_at(actor: Actor, parts: dict[str, object]) -> Site | None:
    sites = Site.objects.select_related("node")
    return sites.find(actor, parts["site"]) if "site" in parts else None


def _device_at(actor: Actor, page: str, parts: dict[str, object]) -> Device | None:
    devices = Device.objects.select_related("mac_entry", "site")
    if "pk" not in parts or page == "door-event":
        return None
    if page.startswith("device"):
        return devices.find(actor, parts["pk"])
    if page.startswith("door"):
        return devices.find(actor, Door.objects.find(actor, parts["pk"]).device_id)
    return None
