"""What taking a door away would do to those who may open it."""

from collections.abc import Collection

from doorward.access import facts, in_view
from doorward.access.consequences.told import Preview, told
from doorward.access.crowds import Afterwards, crowds
from doorward.access.models import AccessGroup
from doorward.access.preview import judge
from doorward.devices.models import Door
from doorward.kit import clock
from doorward.tenancy.actor import Actor


def of_closing(actor: Actor, door: Door) -> Preview:
    """Tell what would change if a door were gone."""
    return _of(actor, door, keeping=())


def of_granting(actor: Actor, door: Door, companies: Collection[int]) -> Preview:
    """Tell what would change if just these companies were granted a door.

    The others' own access groups lose it, the site's keep it.
    """
    owners = AccessGroup.objects.filter(doors=door).values_list("pk", "company")
    return _of(
        actor, door, keeping=[key for key, owner in owners if owner is None or owner in companies]
    )


def _of(actor: Actor, door: Door, *, keeping: Collection[int]) -> Preview:
    """Judge what comes of it if only these access groups keep a door."""
    known = facts.groups_opening([door.pk])
    groups = [one.id for one in known]
    found = crowds(
        in_view.members(actor, door.site, groups),
        groups=groups,
        after=Afterwards(staying=keeping),
        at=clock.now(),
    )
    return told(judge(found, known, facts.today_at(door.site)), {door.pk: door})
