"""What others did to devices, and who is on them besides ours, over the API."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from doorward.devices import differences
from doorward.devices.actions import drift as actions
from doorward.devices.api.devices import devices
from doorward.devices.models import Device, Drift, ShelfEntry, Stranger
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import Id, In, OneOf, Out, PathId
from doorward.protocols.neutral import Oddity
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, actor_of, done
from doorward.tenancy.permissions import Can

# Whoever imports the router from here has these routes in it too.
__all__ = ["devices"]


class DifferenceOut(Out):
    """Something on a device that was otherwise than it had been read back to be.

    `key` of a person is the person's id. `fields` are those that differed; of cards and PINs there
    is nothing more. `shown` is the name that the device had for it, for those who see people.
    """

    kind: Annotated[str, OneOf(ShelfEntry.Kind)]
    key: str
    oddity: Annotated[str, OneOf(Oddity)]
    fields: list[str]
    shown: str


class DriftOut(Out):
    """A device was found changed by others; up to 200 of `count` differences are named.

    `mended_at` is when it was read back as it should be, `seen_at` when somebody had seen it.
    """

    id: str
    found_at: datetime
    nature: Annotated[str, OneOf(Drift.Nature)]
    count: int
    differences: list[DifferenceOut]
    mended_at: datetime | None
    seen_at: datetime | None

    @classmethod
    def of(cls, drift: Drift, *, with_names: bool) -> "DriftOut":
        return cls(
            id=str(drift.pk),
            found_at=drift.found_at,
            nature=drift.nature,
            count=drift.count,
            differences=[
                DifferenceOut(
                    kind=line.kind,
                    key=str(line.key),
                    oddity=line.oddity,
                    fields=list(line.fields),
                    shown=line.shown if with_names else "",
                )
                for line in differences.lines(drift.lines)
            ],
            mended_at=drift.mended_at,
            seen_at=drift.seen_at,
        )


class StrangerOut(Out):
    """A person on a device whom nobody here put there; `elsewhere` is another system's.

    `kept_at` is when somebody agreed to them, `unwanted_at` since when they are being removed.
    `name` is for those who see people.
    """

    id: str
    name: str
    cards: int
    pin: bool
    relays: list[int]
    elsewhere: bool
    found_at: datetime
    kept_at: datetime | None
    unwanted_at: datetime | None

    @classmethod
    def of(cls, stranger: Stranger, *, with_names: bool) -> "StrangerOut":
        plain = set(cls.model_fields) - {"id", "name"}
        return cls(
            id=str(stranger.pk),
            name=stranger.name if with_names else "",
            **{name: getattr(stranger, name) for name in plain},
        )


class StrangersIn(In):
    """People on the device who are none of ours, by their ids; others are passed over."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=differences.MOST)]


class CountOut(Out):
    """How many it was done to."""

    count: int


class DriftFilters(Filters):
    sorts = {"found_at": ("found_at",)}


@devices.get("/{device}/drifts", response=Page[DriftOut])
def list_drifts(
    request: HttpRequest, device: PathId, filters: Query[DriftFilters]
) -> Page[DriftOut]:
    """List when a device was found changed by others, and what was put right."""
    actor = actor_of(request)
    row = Device.objects.find(actor, device)
    cut = listed(request, Drift.objects.visible_to(actor).filter(device=row), filters)
    named = _sees_people(actor, row)
    items = [DriftOut.of(drift, with_names=named) for drift in cut.rows]
    return Page[DriftOut](items=items, next_cursor=cut.next_cursor)


@devices.post("/{device}/drifts/seen", response=CountOut, openapi_extra=KEYED)
@done
def see_drifts(request: HttpRequest, device: PathId) -> CountOut:
    """Say that you have seen what was changed: it no longer needs attention."""
    actor = actor_of(request)
    return CountOut(count=actions.see_drifts(actor, Device.objects.find(actor, device)))


@devices.get("/{device}/strangers", response=Page[StrangerOut])
def list_strangers(
    request: HttpRequest, device: PathId, filters: Query[DriftFilters]
) -> Page[StrangerOut]:
    """List the people on a device who are none of ours."""
    actor = actor_of(request)
    row = Device.objects.find(actor, device)
    cut = listed(request, Stranger.objects.visible_to(actor).filter(device=row), filters)
    named = _sees_people(actor, row)
    items = [StrangerOut.of(one, with_names=named) for one in cut.rows]
    return Page[StrangerOut](items=items, next_cursor=cut.next_cursor)


@devices.post("/{device}/strangers/keep", response=CountOut, openapi_extra=KEYED)
@done
def keep_strangers(request: HttpRequest, device: PathId, body: StrangersIn) -> CountOut:
    """Agree to people on a device whom nobody here put there; changed, they are others again."""
    actor = actor_of(request)
    row = Device.objects.find(actor, device)
    return CountOut(count=actions.keep_strangers(actor, row, body.ids))


@devices.post("/{device}/strangers/remove", response=CountOut, openapi_extra=KEYED)
@done
def remove_strangers(request: HttpRequest, device: PathId, body: StrangersIn) -> CountOut:
    """Have people removed from a device who are none of ours; another system's never are."""
    actor = actor_of(request)
    row = Device.objects.find(actor, device)
    return CountOut(count=actions.remove_strangers(actor, row, body.ids))


@devices.post("/{device}/strangers/question", response=CountOut, openapi_extra=KEYED)
@done
def question_strangers(request: HttpRequest, device: PathId, body: StrangersIn) -> CountOut:
    """Take back that people on a device were agreed to."""
    actor = actor_of(request)
    row = Device.objects.find(actor, device)
    return CountOut(count=actions.question_strangers(actor, row, body.ids))


def _sees_people(actor: Actor, device: Device) -> bool:
    return actor.may(Can.VIEW_PERSON, device.node)
