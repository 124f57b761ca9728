"""Sites and companies over the API."""

from datetime import datetime
from typing import Annotated

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorward.kit.api.paging import Filters, Page, listed
from doorward.kit.api.shapes import OMITTED, Id, In, Line, OneOf, Out, PathId
from doorward.kit.api.versions import CHANGED, GUARDED, TAGGED, require_unchanged, tagged
from doorward.sites import actions
from doorward.sites.actions import SITE_FIELDS, SiteForm
from doorward.sites.models import Company, Site
from doorward.tenancy.api import KEYED, actor_of, created, done, installer_of, referred
from doorward.tenancy.permissions import Can

sites = Router(tags=["sites"])
companies = Router(tags=["companies"])

Name = Annotated[Line, Field(min_length=1, max_length=128)]
Words = Annotated[Line, Field(max_length=64)]


class SitePatch(In):
    """What may change about a site. `zone` is an IANA name such as Europe/Berlin.

    The last five are kept, and take effect with calls, payments and attendance.
    """

    name: Name = OMITTED
    zone: Words = OMITTED
    country: Words = OMITTED
    state: Words = OMITTED
    city: Words = OMITTED
    street: Annotated[Line, Field(max_length=128)] = OMITTED
    postcode: Annotated[Line, Field(max_length=16)] = OMITTED
    time_format: Annotated[str, OneOf(Site.TimeFormat)] = OMITTED
    date_format: Annotated[str, OneOf(Site.DateFormat)] = OMITTED
    contact_order: Annotated[str, OneOf(Site.ContactOrder)] = OMITTED
    pin_length: Annotated[int, Field(ge=4, le=8)] = OMITTED
    landline_service: bool = OMITTED
    pay_by_manager: Annotated[str, OneOf(Site.PayByManager)] = OMITTED
    send_expiration_email: bool = OMITTED
    send_renew_email: bool = OMITTED
    attendance_plan: Annotated[str, OneOf(Site.AttendancePlan)] = OMITTED


class SiteIn(SitePatch):
    """A new site. `installer` may be left out by whoever belongs to one installer only."""

    name: Name
    zone: Words
    installer: Id | None = None


class SiteOut(Out):
    id: str
    installer: str
    kind: Annotated[str, OneOf(Site.Kind)]
    name: str
    zone: str
    country: str
    state: str
    city: str
    street: str
    postcode: str
    time_format: Annotated[str, OneOf(Site.TimeFormat)]
    date_format: Annotated[str, OneOf(Site.DateFormat)]
    contact_order: Annotated[str, OneOf(Site.ContactOrder)]
    pin_length: int
    landline_service: bool
    pay_by_manager: Annotated[str, OneOf(Site.PayByManager)]
    send_expiration_email: bool
    send_renew_email: bool
    attendance_plan: Annotated[str, OneOf(Site.AttendancePlan)]
    created_at: datetime

    @classmethod
    def of(cls, site: Site) -> "SiteOut":
        return cls(
            id=str(site.pk),
            installer=str(site.installer_id),
            kind=site.kind,
            created_at=site.created_at,
            **{name: getattr(site, name) for name in SITE_FIELDS},
        )


class SiteFilters(Filters):
    """`q` finds sites by a part of their name or city."""

    sorts = {"name": ("name",), "city": ("city",), "created_at": ("created_at",)}

    q: Words | None = None


@sites.get("", response=Page[SiteOut])
def list_sites(request: HttpRequest, filters: Query[SiteFilters]) -> Page[SiteOut]:
    """List the sites you can see."""
    rows = Site.objects.visible_to(actor_of(request))
    if filters.q:
        rows = rows.filter(Q(name__icontains=filters.q) | Q(city__icontains=filters.q))
    cut = listed(request, rows, filters)
    return Page[SiteOut](items=[SiteOut.of(row) for row in cut.rows], next_cursor=cut.next_cursor)


@sites.post("", response={201: SiteOut}, openapi_extra=KEYED)
@created
def create_site(request: HttpRequest, body: SiteIn) -> SiteOut:
    """Create an office below an installer."""
    actor = actor_of(request)
    installer = installer_of(actor, Can.CREATE_SITE, body.installer)
    form = SiteForm(**body.given("installer"))
    return SiteOut.of(actions.create_site(actor, installer, form))


class DeletedSiteOut(Out):
    """A deleted site; at `goes_at` it goes for good."""

    id: str
    installer: str
    name: str
    deleted_at: datetime
    deleted_by: str
    goes_at: datetime

    @classmethod
    def of(cls, site: Site) -> "DeletedSiteOut":
        told = ("name", "deleted_at", "deleted_by", "goes_at")
        return cls(
            id=str(site.pk),
            installer=str(site.installer_id),
            **{name: getattr(site, name) for name in told},
        )


class DeletedSiteFilters(Filters):
    """`q` finds sites by a part of their name."""

    sorts = {"name": ("name",), "deleted_at": ("deleted_at",)}

    q: Words | None = None


# Before what names a site: `deleted` is the number of none.
@sites.get("/deleted", response=Page[DeletedSiteOut])
def list_deleted_sites(
    request: HttpRequest, filters: Query[DeletedSiteFilters]
) -> Page[DeletedSiteOut]:
    """List the deleted sites that you can bring back; nobody sees them otherwise."""
    rows = Site.objects.deleted_below(actor_of(request))
    if filters.q:
        rows = rows.filter(name__icontains=filters.q)
    cut = listed(request, rows, filters)
    items = [DeletedSiteOut.of(row) for row in cut.rows]
    return Page[DeletedSiteOut](items=items, next_cursor=cut.next_cursor)


@sites.get("/{site}", response=SiteOut, openapi_extra=TAGGED)
@tagged
def show_site(request: HttpRequest, site: PathId) -> SiteOut:
    """Show a site."""
    return SiteOut.of(Site.objects.find(actor_of(request), site))


@sites.patch("/{site}", response=SiteOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_site(request: HttpRequest, site: PathId, body: SitePatch) -> SiteOut:
    """Change what is given of a site."""
    actor = actor_of(request)
    row = Site.objects.select_for_update(no_key=True, of=("self",)).find(actor, site)
    require_unchanged(request, lambda: SiteOut.of(row))
    known = {name: getattr(row, name) for name in SITE_FIELDS}
    return SiteOut.of(actions.change_site(actor, row, SiteForm(**{**known, **body.given()})))


@sites.delete("/{site}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_site(request: HttpRequest, site: PathId, unbind: bool = False) -> None:
    """Delete a site with all that is in it; for 30 days it can be restored.

    Refused while devices are bound, unless `unbind` is true: they then forget what came from here,
    and their MACs are free.
    """
    actor = actor_of(request)
    row = Site.objects.select_for_update(no_key=True, of=("self",)).find(actor, site)
    require_unchanged(request, lambda: SiteOut.of(row))
    actions.delete_site(actor, row, unbind=unbind)


@sites.post("/{site}/restore", response=SiteOut, openapi_extra=KEYED)
@done
def restore_site(request: HttpRequest, site: PathId) -> SiteOut:
    """Bring a deleted site back with all that was in it.

    A device whose MAC is used elsewhere by now stays unbound.
    """
    actor = actor_of(request)
    row = Site.objects.find_deleted(actor, site)
    return SiteOut.of(actions.restore_site(actor, row))


class CompanyPatch(In):
    name: Name = OMITTED


class CompanyIn(In):
    site: Id
    name: Name


class CompanyOut(Out):
    id: str
    site: str
    name: str
    created_at: datetime

    @classmethod
    def of(cls, company: Company) -> "CompanyOut":
        return cls(
            id=str(company.pk),
            site=str(company.site_id),
            name=company.name,
            created_at=company.created_at,
        )


class CompanyFilters(Filters):
    """`q` finds companies by a part of their name."""

    sorts = {"name": ("name",), "created_at": ("created_at",)}

    site: Id | None = None
    q: Words | None = None


@companies.get("", response=Page[CompanyOut])
def list_companies(request: HttpRequest, filters: Query[CompanyFilters]) -> Page[CompanyOut]:
    """List the companies you can see."""
    rows = Company.objects.visible_to(actor_of(request))
    if filters.site is not None:
        rows = rows.filter(site=filters.site)
    if filters.q:
        rows = rows.filter(name__icontains=filters.q)
    cut = listed(request, rows, filters)
    items = [CompanyOut.of(row) for row in cut.rows]
    return Page[CompanyOut](items=items, next_cursor=cut.next_cursor)


@companies.post("", response={201: CompanyOut}, openapi_extra=KEYED)
@created
def create_company(request: HttpRequest, body: CompanyIn) -> CompanyOut:
    """Add a company to a site."""
    actor = actor_of(request)
    site = referred(Site.objects.all(), actor, body.site, "site")
    return CompanyOut.of(actions.create_company(actor, site, name=body.name))


@companies.get("/{company}", response=CompanyOut, openapi_extra=TAGGED)
@tagged
def show_company(request: HttpRequest, company: PathId) -> CompanyOut:
    """Show a company."""
    return CompanyOut.of(Company.objects.find(actor_of(request), company))


@companies.patch("/{company}", response=CompanyOut, openapi_extra=CHANGED)
@tagged
@transaction.atomic
def change_company(request: HttpRequest, company: PathId, body: CompanyPatch) -> CompanyOut:
    """Change what is given of a company."""
    actor = actor_of(request)
    row = Company.objects.select_for_update(no_key=True, of=("self",)).find(actor, company)
    require_unchanged(request, lambda: CompanyOut.of(row))
    name = body.given().get("name", row.name)
    return CompanyOut.of(actions.change_company(actor, row, name=name))


@companies.delete("/{company}", response={204: None}, openapi_extra=GUARDED)
@transaction.atomic
def delete_company(request: HttpRequest, company: PathId) -> None:
    """Delete a company without people."""
    actor = actor_of(request)
    row = Company.objects.select_for_update(no_key=True, of=("self",)).find(actor, company)
    require_unchanged(request, lambda: CompanyOut.of(row))
    actions.delete_company(actor, row)
