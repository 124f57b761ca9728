"""The MAC library over the API."""

from datetime import datetime
from typing import Annotated, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile
from pydantic import Field

from doorward.devices.actions import macs as actions
from doorward.devices.filters import Macs as MacChoices
from doorward.devices.models import MacEntry
from doorward.devices.models.macs import by_mac
from doorward.devices.registering import ask_at_once, ask_for_check
from doorward.files.api import WorkOut
from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import Id, In, Line, Out, PathId
from doorward.kit.api.versions import GUARDED, TAGGED, require_unchanged, tagged
from doorward.tenancy.api import (
    KEYED,
    MOST_AT_ONCE,
    accepted,
    actor_of,
    all_referred,
    created,
    done,
    installer_of,
)
from doorward.tenancy.permissions import Can

macs = Router(tags=["macs"])

Mac = Annotated[Line, Field(min_length=1, max_length=32)]


class MacIn(In):
    """A MAC in any notation. `installer` may be left out by whoever has one below them only."""

    mac: Mac
    installer: Id | None = None


class MacOut(Out):
    """A registered MAC: twelve upper-case hex digits; `device` is what uses it."""

    id: str
    installer: str
    mac: str
    device: str | None
    registered_at: datetime

    @classmethod
    def of(cls, entry: MacEntry) -> "MacOut":
        device = getattr(entry, "device", None)
        return cls(
            id=str(entry.pk),
            installer=str(entry.node_id),
            mac=entry.mac,
            device=str(device.pk) if device else None,
            registered_at=entry.registered_at,
        )


class MacFilters(Filters):
    """`q` finds MACs by a part; separators do not count."""

    sorts = {"mac": ("mac",), "registered_at": ("registered_at",)}

    state: Literal["free", "bound"] | None = None
    installer: Id | None = None
    q: Mac | None = None


@macs.get("", response=Page[MacOut])
def list_macs(request: HttpRequest, filters: Query[MacFilters]) -> Page[MacOut]:
    """List the MAC library."""
    rows = MacEntry.objects.visible_to(actor_of(request)).select_related("device")
    if filters.installer is not None:
        rows = rows.filter(node=filters.installer)
    if filters.q:
        rows = rows.filter(by_mac(filters.q))
    rows = narrowed(rows, MacChoices, {"state": filters.state})
    cut = listed(request, rows, filters)
    return Page[MacOut](items=[MacOut.of(row) for row in cut.rows], next_cursor=cut.next_cursor)


@macs.post("", response={201: MacOut}, openapi_extra=KEYED)
@created
def register_mac(request: HttpRequest, body: MacIn) -> MacOut:
    """Register a MAC."""
    actor = actor_of(request)
    installer = installer_of(actor, Can.REGISTER_MAC, body.installer)
    return MacOut.of(actions.register_mac(actor, installer, mac=body.mac))


class MacImportIn(In):
    """For whom; `dry_run` only says what it would do and what is wrong."""

    installer: Id | None = None
    dry_run: bool = True


@macs.post("/import", response={202: WorkOut}, openapi_extra=KEYED)
@accepted
def import_macs(request: HttpRequest, body: Form[MacImportIn], file: File[UploadedFile]) -> WorkOut:
    """Register many MACs from a workbook or a CSV file with one column, MAC.

    Follow it at `/works/{work}`: all are registered or none, and each fault names its cell. What is
    in the installer's library already stays as it is.
    """
    actor = actor_of(request)
    installer = installer_of(actor, Can.REGISTER_MAC, body.installer)
    ask = ask_for_check if body.dry_run else ask_at_once
    return WorkOut.of(ask(actor, installer, file))


class MacMoveIn(In):
    """Which MACs go to which installer."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]
    installer: Id


class MacMoveOut(Out):
    """How many were moved; those that were there already are left as they are."""

    moved: int


@macs.post("/move", response=MacMoveOut, openapi_extra=KEYED)
@done
def move_macs(request: HttpRequest, body: MacMoveIn) -> MacMoveOut:
    """Give MACs that no device uses to another installer, all or none."""
    actor = actor_of(request)
    installer = installer_of(actor, Can.REGISTER_MAC, body.installer)
    entries = all_referred(MacEntry.objects.all(), actor, body.ids, "ids")
    return MacMoveOut(moved=len(actions.move_macs(actor, entries, installer)))


@macs.get("/{mac}", response=MacOut, openapi_extra=TAGGED)
@tagged
def show_mac(request: HttpRequest, mac: PathId) -> MacOut:
    """Show a registered MAC."""
    rows = MacEntry.objects.select_related("device")
    return MacOut.of(rows.find(actor_of(request), mac))


@macs.delete("/{mac}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def remove_mac(request: HttpRequest, mac: PathId) -> None:
    """Take a MAC that no device uses out of the library."""
    actor = actor_of(request)
    row = MacEntry.objects.select_for_update(no_key=True, of=("self",)).find(actor, mac)
    require_unchanged(request, lambda: MacOut.of(row))
    actions.remove_mac(actor, row)
