"""Devices over the API."""

from datetime import datetime
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.devices.actions import devices as actions
from doorward.devices.actions.devices import DeviceForm
from doorward.devices.filters import Devices as DeviceChoices
from doorward.devices.findings import profile_of, shown
from doorward.devices.models import Connector, Device, ShelfEntry
from doorward.devices.models.devices import Devices
from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import (
    OMITTED,
    Id,
    In,
    Line,
    OneOf,
    Out,
    PathId,
    Secret,
    Sentence,
    sentence_of,
)
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, accepted, actor_of, created, referred

devices = Router(tags=["devices"])

Name = Annotated[Line, Field(min_length=1, max_length=64)]
Mac = Annotated[Line, Field(min_length=1, max_length=32)]
Address = Annotated[Line, Field(min_length=1, max_length=255)]

# Failures that are told of a device; the doors of each person tell the rest.
SHOWN_FAILURES = 20
_FORM = (
    *("name", "mac", "connector", "address", "kind", "auth_mode", "user", "relay_user"),
    *("certificate", "legacy_tls"),
)
# What is told of a device besides its own row.
_BESIDE = ("connector", "mac_entry", "shelf")


class DevicePatch(In):
    """What may change about a device. `address` is host or host:port as its connector reaches it.

    An empty password keeps the one that is known. `relay_user` and its password are the account for
    opening by HTTP, where the firmware cannot open by the API. `certificate` is the SHA-256 of the
    only one to trust over HTTPS; empty trusts the next that is seen. `legacy_tls` allows TLS 1.0.
    """

    connector: Id = OMITTED
    name: Name = OMITTED
    mac: Mac = OMITTED
    address: Address = OMITTED
    kind: Annotated[str, OneOf(Device.Kind)] = OMITTED
    auth_mode: Annotated[str, OneOf(Device.AuthMode)] = OMITTED
    user: Annotated[Line, Field(max_length=64)] = OMITTED
    password: Annotated[Secret, Field(max_length=128, json_schema_extra={"writeOnly": True})] = (
        OMITTED
    )
    relay_user: Annotated[Line, Field(max_length=64)] = OMITTED
    relay_password: Annotated[
        Secret, Field(max_length=128, json_schema_extra={"writeOnly": True})
    ] = OMITTED
    certificate: Annotated[Line, Field(max_length=128)] = OMITTED
    legacy_tls: bool = OMITTED


class DeviceIn(DevicePatch):
    """A new device; its MAC must stand in the MAC library."""

    site: Id
    connector: Id
    name: Name
    mac: Mac
    address: Address


class FailureOut(Out):
    """An entry that a device could not take, and why; `key` of a person is the person's id."""

    kind: Annotated[str, OneOf(ShelfEntry.Kind)]
    key: str
    why: str


class SyncOut(Out):
    """How far a device is: it holds `confirmed` of `revision`, counted within an epoch.

    With `stale_since`, facts have changed since then that `revision` does not hold yet: who may
    open is being worked out, and the device is not in sync before that.
    """

    epoch: int
    revision: int
    confirmed_epoch: int
    confirmed: int
    confirmed_at: datetime | None
    in_sync: bool
    stale_since: datetime | None
    pending: int
    failures: list[FailureOut]

    @classmethod
    def of(cls, device: Device) -> "SyncOut":
        head = device.shelf
        failed: list[ShelfEntry] = device.failed_entries  # type: ignore[attr-defined]
        return cls(
            epoch=head.epoch,
            revision=head.revision,
            confirmed_epoch=head.confirmed_epoch,
            confirmed=head.confirmed,
            confirmed_at=head.confirmed_at,
            in_sync=head.in_sync,
            stale_since=head.stale_since,
            pending=head.pending,
            failures=[FailureOut(kind=e.kind, key=str(e.key), why=e.failure) for e in failed],
        )


class FindingOut(Out):
    """Something to mend about how a device is reached, and how."""

    code: str
    facts: list[str]
    title: str
    message: str


class CapabilityOut(Out):
    """Whether a device can do something: supported, refused or unknown."""

    operation: str
    verdict: str


class ProfileOut(Out):
    """What a device was found able to do, and how much it holds; null where nobody knows.

    `fitness` of its firmware is fit, too_old or unknown, `oldest_fit` the oldest known to be fit.
    """

    at: datetime
    firmware: str
    capabilities: list[CapabilityOut]
    fitness: str
    oldest_fit: str
    people: int | None
    schedules: int | None
    cards_a_person: int | None

    @classmethod
    def of(cls, device: Device) -> "ProfileOut | None":
        profile = profile_of(device.profile)
        if profile is None:
            return None
        return cls(
            at=profile.at,
            firmware=profile.firmware,
            capabilities=[CapabilityOut(**vars(one)) for one in profile.capabilities],
            fitness=profile.fitness,
            oldest_fit=profile.oldest_fit,
            **vars(profile.limits),
        )


class DeviceOut(Out):
    """A device. `state` is never, online or offline; `binding` holds once it states its MAC.

    `tied_to` is none, on_premise (the vendor's manager), vendor_cloud, or empty: it has not said.
    """

    moving = frozenset(
        {
            *("binding", "stated_mac", "model", "firmware", "hardware", "state", "problem", "sync"),
            *("state_since", "reachable_since", "seen_at", "clock_skew", "findings", "profile"),
            "tied_to",
        }
    )

    id: str
    site: str
    connector: str
    name: str
    kind: Annotated[str, OneOf(Device.Kind)]
    mac: str
    address: str
    auth_mode: Annotated[str, OneOf(Device.AuthMode)]
    user: str
    relay_user: str
    certificate: str
    legacy_tls: bool
    binding: Annotated[str, OneOf(Device.Binding)]
    stated_mac: str
    model: str
    firmware: str
    hardware: str
    state: str
    state_since: datetime | None
    reachable_since: datetime | None
    seen_at: datetime | None
    clock_skew: int | None
    problem: Sentence | None
    findings: list[FindingOut]
    profile: ProfileOut | None
    tied_to: str
    sync: SyncOut
    created_at: datetime

    @classmethod
    def of(cls, device: Device) -> "DeviceOut":
        odd = {"id", "site", "connector", "problem", "findings", "profile", "sync"}
        found = shown(device.findings)
        out = cls(
            id=str(device.pk),
            site=str(device.site_id),
            connector=str(device.connector_id),
            problem=sentence_of(device.problem, device.get_problem_display()),
            findings=[
                FindingOut(code=f.code, facts=list(f.facts), title=f.title, message=f.message)
                for f in found
            ],
            profile=ProfileOut.of(device),
            sync=SyncOut.of(device),
            **{name: getattr(device, name) for name in set(cls.model_fields) - odd},
        )
        # Whoever is about to change the password wants to know of another one.
        out._concealed = f"{device.password}\n{device.relay_password}"
        return out


class DeviceFilters(Filters):
    """`q` finds devices by a part of their name or MAC; its separators do not count."""

    sorts = {
        "name": ("name",),
        "state": ("reachable", "seen_at"),
        "sync": ("shelf__confirmed_at",),
        "model": ("model",),
        "kind": ("kind",),
        "installer": ("site__installer__name",),
        "seen_at": ("seen_at",),
        "address": ("mac_entry__mac",),
        "connector": ("connector__name",),
        "site": ("site__name",),
        "created_at": ("created_at",),
    }
    across = ("name", "model", "kind", "site")

    site: Id | None = None
    connector: Id | None = None
    state: Literal["online", "offline", "never"] | None = None
    binding: Annotated[str, OneOf(Device.Binding)] | None = None
    kind: Annotated[str, OneOf(Device.Kind)] | None = None
    q: Annotated[Line, Field(max_length=64)] | None = None


@devices.get("", response=Page[DeviceOut])
def list_devices(request: HttpRequest, filters: Query[DeviceFilters]) -> Page[DeviceOut]:
    """List the devices you can see."""
    actor = actor_of(request)
    rows = Device.objects.visible_to(actor).at_sites_of(actor)
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    if filters.connector is not None:
        rows = rows.filter(connector=filters.connector)
    if filters.q:
        rows = rows.about(filters.q, "name")
    asked = {"state": filters.state, "binding": filters.binding, "kind": filters.kind}
    rows = narrowed(rows, DeviceChoices, asked)
    # What belongs to each is fetched for those of the page, not for all that are sorted.
    rows = rows.prefetch_related(*_BESIDE, _failures())
    cut = listed(request, rows, filters)
    items = [DeviceOut.of(row) for row in cut.rows]
    return Page[DeviceOut](items=items, next_cursor=cut.next_cursor)


@devices.post("", response={201: DeviceOut}, openapi_extra=KEYED)
@created
def create_device(request: HttpRequest, body: DeviceIn) -> DeviceOut:
    """Add a device; its connector then looks whether it states its MAC."""
    actor = actor_of(request)
    site = referred(Site.objects.all(), actor, body.site, "site")
    connector = referred(Connector.objects.all(), actor, body.connector, "connector")
    form = DeviceForm(connector=connector, **body.given("site", "connector"))
    return _shown(actor, actions.create_device(actor, site, form))


@devices.get("/{device}", response=DeviceOut, openapi_extra=TAGGED)
@tagged
def show_device(request: HttpRequest, device: PathId) -> DeviceOut:
    """Show a device and how far it is synchronised."""
    return DeviceOut.of(_whole(Device.objects.all()).find(actor_of(request), device))


@devices.patch("/{device}", response=DeviceOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_device(request: HttpRequest, device: PathId, body: DevicePatch) -> DeviceOut:
    """Change what is given of a device; with another MAC or address it is bound anew."""
    actor = actor_of(request)
    given = body.given()
    row = actions.hold_device(actor, device, mac=given.get("mac"))
    require_unchanged(request, lambda: _shown(actor, row))
    if "connector" in given:
        given["connector"] = referred(
            Connector.objects.all(), actor, given["connector"], "connector"
        )
    known = {name: getattr(row, name) for name in _FORM}
    return _shown(actor, actions.change_device(actor, row, DeviceForm(**{**known, **given})))


@devices.delete("/{device}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_device(request: HttpRequest, device: PathId) -> None:
    """Delete a device that moves no door; its MAC is free again."""
    actor = actor_of(request)
    row = actions.hold_device(actor, device)
    require_unchanged(request, lambda: _shown(actor, row))
    actions.delete_device(actor, row)


@devices.post("/{device}/resync", response={202: DeviceOut}, openapi_extra=KEYED)
@accepted
def resync_device(request: HttpRequest, device: PathId) -> DeviceOut:
    """Give a device everything anew."""
    actor = actor_of(request)
    row = Device.objects.find(actor, device)
    actions.resync_device(actor, row)
    return _shown(actor, row)


def _shown(actor: Actor, device: Device) -> DeviceOut:
    """Read a device again, with what stands beside it."""
    return DeviceOut.of(_whole(Device.objects.all()).find(actor, device.pk))


def _whole(rows: Devices) -> Devices:
    return rows.select_related(*_BESIDE).prefetch_related(_failures())


def _failures() -> "Prefetch[str, QuerySet[ShelfEntry], str]":
    failed: QuerySet[ShelfEntry] = ShelfEntry.objects.exclude(failure="").order_by("revision")
    return Prefetch("entries", failed[:SHOWN_FAILURES], to_attr="failed_entries")
