"""Importing a whole site over the API: the workbook of its companies, people, devices and cards."""

from django.http import HttpRequest
from ninja import File, Form, Router
from ninja.files import UploadedFile

from doorward.files.api import WorkOut
from doorward.portal.api.people import SiteImportIn
from doorward.portal.importing.plan import Choices
from doorward.portal.workbook.works import ask_at_once, ask_for_check
from doorward.sites.models import Site
from doorward.tenancy.api import KEYED, accepted, actor_of, referred

workbooks = Router(tags=["sites"])


@workbooks.post("/import", response={202: WorkOut}, openapi_extra=KEYED)
@accepted
def import_workbook(
    request: HttpRequest, body: Form[SiteImportIn], file: File[UploadedFile]
) -> WorkOut:
    """Import companies, personnel, devices and cards of a site from the office template.

    Follow it at `/works/{work}`: all rows of all sheets are done or none, and each fault names its
    sheet and cell. With `update`, whoever has a row's personnel ID is changed; companies and
    devices that are there stay as they are.
    """
    actor = actor_of(request)
    site = referred(Site.objects.select_related("node"), actor, body.site, "site")
    choices = Choices(update=body.update, create_groups=body.create_groups)
    ask = ask_for_check if body.dry_run else ask_at_once
    return WorkOut.of(ask(actor, site, file, choices))
