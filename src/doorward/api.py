"""The API under /api/v1: every room's routes, one gate."""

from typing import NoReturn

from django.http import HttpRequest
from ninja import Router

from doorward import __version__
from doorward.access.api import access_groups, credentials, door_rights, people_moves, person_rights
from doorward.activity.api import alarms, door_events
from doorward.devices.api import connectors, device_moments, devices, doors, macs
from doorward.files.api import works
from doorward.helpdesk.api import tickets
from doorward.kit.api.document import Api
from doorward.kit.errors import Hidden
from doorward.notices.api import messages, notices
from doorward.people.api import people, people_groups, people_photos
from doorward.portal.api.accounts import accounts, invitations
from doorward.portal.api.managing import site_managers
from doorward.portal.api.organisations import organisations
from doorward.portal.api.people import people_sheets
from doorward.portal.api.search import search
from doorward.portal.api.settings import organisation_limits, settings
from doorward.portal.api.support import support_access
from doorward.portal.api.workbook import workbooks
from doorward.sites.api import companies, sites
from doorward.tenancy.api import BearerToken, Session

_DESCRIPTION = """\
Everything the portal does, by the same deeds and with the same rights.

Send a token as `Authorization: Bearer dw_…`. Ids are strings of digits; in a request a number
does as well. Lists come in pages: ask for the next one with `cursor`. A PATCH changes what it
gives. Whatever is refused comes back as a problem document (RFC 9457) with a `code`, and with
`errors` that name each field and its mend. A POST with an `Idempotency-Key` can be sent again
within 24 hours and happens once.
"""

_METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"]

api = Api(
    title="Doorward",
    version=__version__,
    description=_DESCRIPTION,
    urls_namespace="api",
    auth=[BearerToken(), Session()],
)
api.add_router("/sites", sites)
api.add_router("/sites", site_managers)
api.add_router("/companies", companies)
# Before the routes of one person, whose id this would otherwise be.
api.add_router("/people", people_sheets)
api.add_router("/workbook", workbooks)
api.add_router("/people", people)
api.add_router("/people", people_photos)
api.add_router("/people", people_moves)
api.add_router("/people", person_rights)
api.add_router("/people-groups", people_groups)
api.add_router("/credentials", credentials)
api.add_router("/macs", macs)
api.add_router("/connectors", connectors)
api.add_router("/devices", devices)
api.add_router("/devices", device_moments)
api.add_router("/doors", doors)
api.add_router("/doors", door_rights)
api.add_router("/access-groups", access_groups)
api.add_router("/door-events", door_events)
api.add_router("/alarms", alarms)
api.add_router("/works", works)
api.add_router("/tickets", tickets)
api.add_router("/notices", notices)
api.add_router("/messages", messages)
api.add_router("/search", search)
api.add_router("/organisations", organisations)
api.add_router("/organisations", organisation_limits)
api.add_router("/settings", settings)
api.add_router("/accounts", accounts)
api.add_router("/invitations", invitations)
api.add_router("/support-access", support_access)

_elsewhere = Router()


@_elsewhere.api_operation(_METHODS, "/{path:path}", include_in_schema=False)
def nothing_here(request: HttpRequest, path: str) -> NoReturn:
    """Answer an address that is no route like one that is not there to be seen."""
    raise Hidden


api.add_router("", _elsewhere)
