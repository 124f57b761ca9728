"""Whom one may help, over the API. Acting for somebody is for people, in their own session."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router

from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import OneOf, Out, PathId
from doorward.kit.api.versions import TAGGED, tagged
from doorward.tenancy import support
from doorward.tenancy.actions import support as deeds
from doorward.tenancy.api import KEYED, actor_of, done
from doorward.tenancy.filters import Helped as HelpedChoices
from doorward.tenancy.models import Standing
from doorward.tenancy.permissions import Role

support_access = Router(tags=["support-access"])


class HelpedOut(Out):
    """Somebody below you; `enabled` is yours to say, `granted` the owner's.

    `granted` is null before account access was enabled for the first time.
    """

    id: str
    account: str
    username: str
    name: str
    role: Annotated[str, OneOf(Role)]
    node: str
    node_name: str
    enabled: bool
    granted: bool | None

    @classmethod
    def of(cls, row: Standing) -> "HelpedOut":
        return cls(
            id=str(row.pk),
            account=str(row.account_id),
            username=row.account.username,
            name=row.account.get_full_name(),
            role=row.role,
            node=str(row.node_id),
            node_name=row.node.name,
            enabled=bool(row.enabled),  # type: ignore[attr-defined]
            granted=row.granted,  # type: ignore[attr-defined]
        )


class HelpedFilters(Filters):
    """`state` is how account access stands, as the list's page has it."""

    sorts = {"account": ("account__name", "account__username"), "node": ("node__name",)}

    state: Literal["granted", "withdrawn", "off"] | None = None


@support_access.get("", response=Page[HelpedOut])
def list_helped(request: HttpRequest, filters: Query[HelpedFilters]) -> Page[HelpedOut]:
    """List whom you may help where they let you."""
    rows = support.enterable(actor_of(request))
    rows = narrowed(rows, HelpedChoices, {"state": filters.state}, request)
    cut = listed(request, rows, filters)
    items = [HelpedOut.of(row) for row in cut.rows]
    return Page[HelpedOut](items=items, next_cursor=cut.next_cursor)


@support_access.get("/{helped}", response=HelpedOut, openapi_extra=TAGGED)
@tagged
def show_helped(request: HttpRequest, helped: PathId) -> HelpedOut:
    """Show how account access stands for one of them."""
    return _told(request, helped)


@support_access.post("/{helped}/enable", response=HelpedOut, openapi_extra=KEYED)
@done
def enable_account_access(request: HttpRequest, helped: PathId) -> HelpedOut:
    """Enable account access: the owner has the switch from then on."""
    return _switched(request, helped, enabled=True)


@support_access.post("/{helped}/disable", response=HelpedOut, openapi_extra=KEYED)
@done
def disable_account_access(request: HttpRequest, helped: PathId) -> HelpedOut:
    """Disable it: whoever is in at the moment is out."""
    return _switched(request, helped, enabled=False)


def _switched(request: HttpRequest, key: PathId, *, enabled: bool) -> HelpedOut:
    actor = actor_of(request)
    # Whoever acts for another helps nobody else meanwhile, so none of them would be found.
    actor.require_in_person()
    deeds.enable(actor, support.found(actor, int(key)), enabled=enabled)
    return _told(request, key)


def _told(request: HttpRequest, key: PathId) -> HelpedOut:
    return HelpedOut.of(support.found(actor_of(request), int(key)))
