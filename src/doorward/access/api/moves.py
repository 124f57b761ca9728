"""What deeds on people would change of their access, over the API."""

from typing import Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from doorward.access import consequences
from doorward.access.api.members import PreviewOut
from doorward.access.consequences import Preview
from doorward.kit.errors import Invalid
from doorward.people.actions.holding import require_all
from doorward.people.api.people import PeopleBulkIn, chosen_by, place_meant
from doorward.people.models import Person
from doorward.tenancy.actor import Actor
from doorward.tenancy.api import actor_of

people_moves = Router(tags=["people"])


class PeoplePreviewIn(PeopleBulkIn):
    """What would be sent to `/people/bulk`, about people of one site."""

    operation: Literal["suspend", "move", "delete"]


@people_moves.post("/bulk/preview", response=PreviewOut)
def preview_people(request: HttpRequest, body: PeoplePreviewIn) -> PreviewOut:
    """Tell who would gain and lose which door by a deed on many people, and change nothing."""
    actor = actor_of(request)
    chosen = chosen_by(actor, body)
    require_all(actor, chosen)
    return PreviewOut.of(_preview(actor, chosen, body))


def _preview(actor: Actor, people: list[Person], body: PeoplePreviewIn) -> Preview:
    sites = {person.site for person in people}
    if body.operation == "move":
        company, group = place_meant(actor, body)
        if sites - {company.site}:
            raise Invalid({"company": _("Choose a company of the site of these people.")})
        return consequences.of_moving(actor, [one.pk for one in people], company, group)
    if len(sites) != 1:
        raise Invalid({"ids" if body.ids else "filter": _("Choose people of one site.")})
    return consequences.of_removal(actor, sites.pop(), [one.pk for one in people])
