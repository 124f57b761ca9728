"""Who manages a site, over the API: the two lists of its page."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import Id, In, Out, PathId
from doorward.sites.models import Site
from doorward.tenancy.actions import managing as deeds
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import KEYED, MOST_AT_ONCE, actor_of, done
from doorward.tenancy.managing import candidates_for, managers_of
from doorward.tenancy.models import Standing
from doorward.tenancy.permissions import Can

site_managers = Router(tags=["sites"])


class ManagerOut(Out):
    """A property manager; `account` is the id of `/accounts`."""

    account: str
    username: str
    name: str
    email: str

    @classmethod
    def of(cls, standing: Standing) -> "ManagerOut":
        account = standing.account
        return cls(
            account=str(account.pk),
            username=account.username,
            name=account.get_full_name(),
            email=account.email,
        )


class ManagerFilters(Filters):
    sorts = {"account": ("account__name", "account__username"), "email": ("account__email",)}
    usual_sort = "account"


class ManagersIn(In):
    """Accounts of property managers whom you look after."""

    accounts: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)]


class ManagersOut(Out):
    """Of how many something has changed; the others stood so before."""

    changed: int


@site_managers.get("/{site}/managers", response=Page[ManagerOut])
def list_managers(
    request: HttpRequest, site: PathId, filters: Query[ManagerFilters]
) -> Page[ManagerOut]:
    """List the property managers of a site."""
    actor, found = _site(request, site)
    cut = listed(request, managers_of(actor, found.node), filters)
    items = [ManagerOut.of(row) for row in cut.rows]
    return Page[ManagerOut](items=items, next_cursor=cut.next_cursor)


@site_managers.get("/{site}/managers/candidates", response=Page[ManagerOut])
def list_candidates(
    request: HttpRequest, site: PathId, filters: Query[ManagerFilters]
) -> Page[ManagerOut]:
    """List the property managers of your other sites, who could manage this one too."""
    actor, found = _site(request, site)
    cut = listed(request, candidates_for(actor, found.node), filters)
    items = [ManagerOut.of(row) for row in cut.rows]
    return Page[ManagerOut](items=items, next_cursor=cut.next_cursor)


@site_managers.post("/{site}/managers/assign", response=ManagersOut, openapi_extra=KEYED)
@done
def assign_managers(request: HttpRequest, site: PathId, body: ManagersIn) -> ManagersOut:
    """Let property managers manage this site too: all of them or none."""
    actor, found = _site(request, site)
    return ManagersOut(changed=deeds.assign_managers(actor, found.node, body.accounts))


@site_managers.post("/{site}/managers/withdraw", response=ManagersOut, openapi_extra=KEYED)
@done
def withdraw_managers(request: HttpRequest, site: PathId, body: ManagersIn) -> ManagersOut:
    """Let them manage it no longer; 409 where one of them would have no site left."""
    actor, found = _site(request, site)
    return ManagersOut(changed=deeds.withdraw_managers(actor, found.node, body.accounts))


def _site(request: HttpRequest, key: PathId) -> tuple[Actor, Site]:
    actor = actor_of(request)
    site = Site.objects.select_related("node").find(actor, key)
    actor.require(Can.CREATE_SITE, site)
    return actor, site
