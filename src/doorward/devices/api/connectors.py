"""Connectors over the API."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.devices.actions import connectors as actions
from doorward.devices.models import Connector
from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import OMITTED, Id, In, Line, Out, PathId
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.sites.models import Site
from doorward.tenancy.api import KEYED, actor_of, created, done, referred

connectors = Router(tags=["connectors"])

Name = Annotated[Line, Field(min_length=1, max_length=64)]


class ConnectorPatch(In):
    name: Name = OMITTED


class ConnectorIn(In):
    site: Id
    name: Name


class ConnectorOut(Out):
    """An agent on site. `state` is never, online, offline or revoked."""

    moving = frozenset({"state", "online_since", "last_seen_at", "version", "spool_depth"})

    id: str
    site: str
    name: str
    state: str
    online_since: datetime | None
    last_seen_at: datetime | None
    version: str
    spool_depth: int
    enrolled_at: datetime | None
    revoked_at: datetime | None
    code_expires_at: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, connector: Connector) -> "ConnectorOut":
        return cls(**_facts(connector))


class CodedConnectorOut(ConnectorOut):
    """A connector with its new one-time code, which is told this once."""

    secrets: ClassVar[frozenset[str]] = frozenset({"code"})

    code: str = ""

    @classmethod
    def coded(cls, connector: Connector, code: str) -> "CodedConnectorOut":
        return cls(**_facts(connector), code=code)


# Any: each field has its own type.
def _facts(connector: Connector) -> dict[str, Any]:
    plain = set(ConnectorOut.model_fields) - {"id", "site"}
    return {
        "id": str(connector.pk),
        "site": str(connector.site_id),
        **{name: getattr(connector, name) for name in plain},
    }


class ConnectorFilters(Filters):
    sorts = {
        "name": ("name",),
        "state": ("last_seen_at",),
        "online_since": ("online_since",),
        "version": ("version",),
        "spool_depth": ("spool_depth",),
        "created_at": ("created_at",),
    }

    site: Id | None = None


@connectors.get("", response=Page[ConnectorOut])
def list_connectors(request: HttpRequest, filters: Query[ConnectorFilters]) -> Page[ConnectorOut]:
    """List the connectors you can see."""
    rows = Connector.objects.visible_to(actor_of(request))
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    cut = listed(request, rows, filters)
    items = [ConnectorOut.of(row) for row in cut.rows]
    return Page[ConnectorOut](items=items, next_cursor=cut.next_cursor)


@connectors.post("", response={201: CodedConnectorOut}, openapi_extra=KEYED)
@created
def create_connector(request: HttpRequest, body: ConnectorIn) -> CodedConnectorOut:
    """Add a connector; the answer holds its one-time code, valid for 24 hours."""
    actor = actor_of(request)
    site = referred(Site.objects.all(), actor, body.site, "site")
    return CodedConnectorOut.coded(*actions.create_connector(actor, site, name=body.name))


@connectors.get("/{connector}", response=ConnectorOut, openapi_extra=TAGGED)
@tagged
def show_connector(request: HttpRequest, connector: PathId) -> ConnectorOut:
    """Show a connector."""
    return ConnectorOut.of(Connector.objects.find(actor_of(request), connector))


@connectors.patch("/{connector}", response=ConnectorOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_connector(request: HttpRequest, connector: PathId, body: ConnectorPatch) -> ConnectorOut:
    """Rename a connector."""
    actor = actor_of(request)
    row = Connector.objects.select_for_update(no_key=True, of=("self",)).find(actor, connector)
    require_unchanged(request, lambda: ConnectorOut.of(row))
    name = body.given().get("name", row.name)
    return ConnectorOut.of(actions.rename_connector(actor, row, name=name))


@connectors.delete("/{connector}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_connector(request: HttpRequest, connector: PathId) -> None:
    """Delete a connector that no device is behind."""
    actor = actor_of(request)
    row = Connector.objects.select_for_update(no_key=True, of=("self",)).find(actor, connector)
    require_unchanged(request, lambda: ConnectorOut.of(row))
    actions.delete_connector(actor, row)


@connectors.post("/{connector}/code", response=CodedConnectorOut, openapi_extra=KEYED)
@done
def renew_code(request: HttpRequest, connector: PathId) -> CodedConnectorOut:
    """Give a connector a new one-time code; its key stays good until the code is used."""
    actor = actor_of(request)
    row = Connector.objects.find(actor, connector)
    code = actions.renew_code(actor, row)
    return CodedConnectorOut.coded(row, code)


@connectors.post("/{connector}/revoke", response=ConnectorOut, openapi_extra=KEYED)
@done
def revoke_connector(request: HttpRequest, connector: PathId) -> ConnectorOut:
    """Shut a connector out until it gets a new code."""
    actor = actor_of(request)
    row = Connector.objects.find(actor, connector)
    actions.revoke_connector(actor, row)
    return ConnectorOut.of(row)
