"""Importing people over the API."""

from django.http import HttpRequest
from ninja import File, Form, Router
from ninja.files import UploadedFile

from doorward.files.api import WorkOut
from doorward.kit.api.shapes import Id, In
from doorward.portal.importing.asking import ask_at_once, ask_for_check
from doorward.portal.importing.plan import Choices
from doorward.sites.models import Site
from doorward.tenancy.api import KEYED, accepted, actor_of, referred

people_import = Router(tags=["people"])


class PeopleImportIn(In):
    """What an import may do; `dry_run` only says what it would do and what is wrong."""

    site: Id
    update: bool = False
    create_groups: bool = False
    dry_run: bool = True


@people_import.post("/import", response={202: WorkOut}, openapi_extra=KEYED)
@accepted
def import_people(
    request: HttpRequest, body: Form[PeopleImportIn], file: File[UploadedFile]
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
