"""Importing and exporting people over the API: the sheet that the list of people has."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from ninja import File, Form, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from doorward.access.models import Credential
from doorward.files.api import WorkOut
from doorward.files.list_works import file_of_list
from doorward.files.models import Work
from doorward.kit.api.shapes import Id, In, Line, Moment, OneOf
from doorward.kit.widgets import WALL_TIME
from doorward.people.models import Group, State
from doorward.portal.importing.asking import ask_at_once, ask_for_check
from doorward.portal.importing.plan import Choices
from doorward.sites.models import Company, Site
from doorward.tenancy.api import KEYED, accepted, actor_of, referred

people_sheets = Router(tags=["people"])


class SiteImportIn(In):
    """What an import may do; `dry_run` only says what it would do and what is wrong."""

    site: Id
    update: bool = False
    create_groups: bool = False
    dry_run: bool = True


@people_sheets.post("/import", response={202: WorkOut}, openapi_extra=KEYED)
@accepted
def import_people(
    request: HttpRequest, body: Form[SiteImportIn], file: File[UploadedFile]
) -> WorkOut:
    """Import people from a workbook or a CSV file, in the columns of an export of the list.

    Follow it at `/works/{work}`: all rows are done or none, and each fault names its cell. With
    `update`, whoever has a row's personnel ID is changed; empty cells change nothing.
    """
    actor = actor_of(request)
    site = referred(Site.objects.select_related("node"), actor, body.site, "site")
    choices = Choices(update=body.update, create_groups=body.create_groups)
    ask = ask_for_check if body.dry_run else ask_at_once
    return WorkOut.of(ask(actor, site, file, choices))


class PeopleExportIn(In):
    """Which people of a site, and in which form; the filters are those of the list's page.

    `valid_at` counts to the minute, `holds` is a kind of credential or "nothing", `group` has
    everybody beneath it, and "none" are those of no group.
    """

    site: Id
    format: Literal["xlsx", "csv"] = "xlsx"
    q: Annotated[Line, Field(max_length=100)] = ""
    company: Id | None = None
    group: Id | Literal["none"] | None = None
    status: Annotated[str, OneOf(State)] | None = None
    holds: Annotated[str, OneOf(Credential.Kind)] | Literal["nothing"] | None = None
    valid_at: Moment | None = None


@people_sheets.post("/export", response={200: None, 202: WorkOut})
def export_people(request: HttpRequest, body: PeopleExportIn) -> Any:
    """Export people as the sheet that an import takes: every field, cards and PINs masked.

    Up to 2,000 rows are the answer itself. More are put together in the background: follow the
    work at `/works/{work}` and fetch its result there.
    """
    actor = actor_of(request)
    site = referred(Site.objects.select_related("node"), actor, body.site, "site")
    if body.company is not None:
        referred(Company.objects.filter(site=site), actor, body.company, "company")
    if isinstance(body.group, int):
        referred(Group.objects.filter(site=site), actor, body.group, "group")
    made = file_of_list(actor, reverse("people", args=[site.pk]), _query(body, site), body.format)
    return Status(202, WorkOut.of(made)) if isinstance(made, Work) else made


def _query(body: PeopleExportIn, site: Site) -> str:
    """Return the address of the list that shows these people."""
    query = QueryDict(mutable=True)
    told = body.model_dump(exclude={"site", "format", "valid_at"}, exclude_none=True)
    for name, value in told.items():
        query[name] = str(value)
    if body.valid_at is not None:
        query["valid_at"] = body.valid_at.astimezone(site.zone_info).strftime(WALL_TIME)
    return query.urlencode()
