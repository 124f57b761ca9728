"""Doors over the API, and opening them."""

from datetime import datetime
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import Prefetch
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.devices.actions import doors as actions
from doorward.devices.actions.doors import DoorForm
from doorward.devices.api.orders import OrderOut, told_of
from doorward.devices.models import Command, Device, Door
from doorward.devices.models.doors import Doors
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import (
    OMITTED,
    Id,
    In,
    Line,
    Out,
    PathId,
    Whole,
)
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, actor_of, all_referred, created, ordered, referred

doors = Router(tags=["doors"])

Name = Annotated[Line, Field(min_length=1, max_length=64)]
Relay = Annotated[Whole, Field(ge=1, le=4)]
Input = Annotated[Whole, Field(ge=1, le=4)]
HoldSeconds = Annotated[Whole, Field(ge=1, le=10)]


class DoorPatch(In):
    """What may change about a door. `relay` is 1 (A) to 4 (D), `companies` may open it too.

    `exit_input` and `contact_input` are the device's inputs on which its exit button and its door
    contact hang, 1 (A) to 4 (D); any other input raises an alarm.
    """

    device: Id = OMITTED
    name: Name = OMITTED
    relay: Relay = OMITTED
    hold_seconds: HoldSeconds = OMITTED
    exit_input: Input | None = OMITTED
    contact_input: Input | None = OMITTED
    companies: list[Id] = OMITTED


class DoorIn(DoorPatch):
    """A new door: a relay of a device of the site."""

    site: Id
    device: Id
    name: Name


class DoorOut(Out):
    """A door. `companies` are those of its companies that you can see.

    `open_since` is since when its contact says that it stands open; null for shut or not known.
    """

    moving = frozenset({"open_since"})

    id: str
    site: str
    device: str
    name: str
    relay: int
    hold_seconds: int
    exit_input: int | None
    contact_input: int | None
    open_since: datetime | None
    companies: list[str]
    created_at: datetime

    @classmethod
    def of(cls, door: Door) -> "DoorOut":
        seen: list[Company] = door.seen_companies  # type: ignore[attr-defined]
        return cls(
            id=str(door.pk),
            site=str(door.site_id),
            device=str(door.device_id),
            name=door.name,
            relay=door.relay,
            hold_seconds=door.hold_seconds,
            exit_input=door.exit_input,
            contact_input=door.contact_input,
            open_since=door.open_since,
            companies=[str(company.pk) for company in seen],
            created_at=door.created_at,
        )


class CommandOut(OrderOut):
    """An order to open a door: carried before `expires_at` or never; settled once."""

    door: str
    status: Literal["queued", "sent", "done", "failed", "expired"]

    @classmethod
    def of(cls, command: Command) -> "CommandOut":
        return cls(door=str(command.door_id), **told_of(command))


class DoorFilters(Filters):
    """`q` finds doors by a part of their name."""

    sorts = {
        "name": ("name",),
        "device": ("device__name", "relay"),
        "state": ("device__reachable", "device__seen_at"),
        "created_at": ("created_at",),
    }
    across = ("name",)

    site: Id | None = None
    device: Id | None = None
    company: Id | None = None
    q: Annotated[Line, Field(max_length=64)] | None = None


@doors.get("", response=Page[DoorOut])
def list_doors(request: HttpRequest, filters: Query[DoorFilters]) -> Page[DoorOut]:
    """List the doors you can see."""
    actor = actor_of(request)
    rows = _whole(actor, Door.objects.visible_to(actor))
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    if filters.device is not None:
        rows = rows.filter(device=filters.device)
    if filters.company is not None:
        seen = Company.objects.visible_to(actor).filter(pk=filters.company)
        rows = rows.filter(companies__in=seen)
    if filters.q:
        rows = rows.filter(name__icontains=filters.q)
    cut = listed(request, rows, filters)
    return Page[DoorOut](items=[DoorOut.of(row) for row in cut.rows], next_cursor=cut.next_cursor)


@doors.post("", response={201: DoorOut}, openapi_extra=KEYED)
@created
def create_door(request: HttpRequest, body: DoorIn) -> DoorOut:
    """Name a relay of a device as a door."""
    actor = actor_of(request)
    site = referred(Site.objects.all(), actor, body.site, "site")
    given = body.given("site")
    given["device"] = referred(Device.objects.all(), actor, body.device, "device")
    if "companies" in given:
        given["companies"] = all_referred(Company.objects.all(), actor, body.companies, "companies")
    return _shown(actor, actions.create_door(actor, site, DoorForm(**given)))


@doors.get("/{door}", response=DoorOut, openapi_extra=TAGGED)
@tagged
def show_door(request: HttpRequest, door: PathId) -> DoorOut:
    """Show a door."""
    actor = actor_of(request)
    return DoorOut.of(_whole(actor, Door.objects.all()).find(actor, door))


@doors.patch("/{door}", response=DoorOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_door(request: HttpRequest, door: PathId, body: DoorPatch) -> DoorOut:
    """Change what is given of a door."""
    actor = actor_of(request)
    row = Door.objects.select_for_update(no_key=True, of=("self",)).find(actor, door)
    require_unchanged(request, lambda: _shown(actor, row))
    given = body.given()
    if "device" in given:
        given["device"] = referred(Device.objects.all(), actor, body.device, "device")
    if "companies" in given:
        given["companies"] = all_referred(Company.objects.all(), actor, body.companies, "companies")
    known = {
        **{name: getattr(row, name) for name in actions.DOOR_FIELDS},
        "companies": list(row.companies.all()),
    }
    return _shown(actor, actions.change_door(actor, row, DoorForm(**{**known, **given})))


@doors.delete("/{door}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_door(request: HttpRequest, door: PathId) -> None:
    """Delete a door: nobody may open its relay any more."""
    actor = actor_of(request)
    row = Door.objects.select_for_update(no_key=True, of=("self",)).find(actor, door)
    require_unchanged(request, lambda: _shown(actor, row))
    actions.delete_door(actor, row)


@doors.post("/{door}/unlock", response={202: CommandOut}, openapi_extra=KEYED)
@ordered
def unlock_door(request: HttpRequest, door: PathId) -> CommandOut:
    """Order one opening; ask the address in `Location` what became of it."""
    actor = actor_of(request)
    row = Door.objects.select_related("site", "node").find(actor, door)
    return CommandOut.of(actions.unlock_door(actor, row))


@doors.get("/{door}/commands/{command}", response=CommandOut, openapi_extra=TAGGED)
@tagged
def show_command(request: HttpRequest, door: PathId, command: PathId) -> CommandOut:
    """Show what became of an order."""
    actor = actor_of(request)
    row = Door.objects.find(actor, door)
    return CommandOut.of(Command.objects.filter(door=row).find(actor, command))


def _shown(actor: Actor, door: Door) -> DoorOut:
    return DoorOut.of(_whole(actor, Door.objects.all()).find(actor, door.pk))


def _whole(actor: Actor, rows: Doors) -> Doors:
    seen = Company.objects.visible_to(actor).order_by("pk")
    return rows.prefetch_related(Prefetch("companies", seen, to_attr="seen_companies"))
