"""What readiness is judged by: devices in one count, people by those who were added last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from doorward.access import openable
from doorward.access.models import AccessGroup, Credential
from doorward.devices.models import Connector, Device, Door, MacEntry
from doorward.devices.models.devices import online
from doorward.kit.counts import count_up_to
from doorward.kit.rows import any_of
from doorward.people.models import Person
from doorward.protocols.neutral import Fitness, Operation, Verdict
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor

# People who are looked at: what is forgotten, is forgotten of those who came last.
LOOKED_AT = 1_000
# Without these a device cannot be given who may open when.
_NEEDED = (Operation.PEOPLE, Operation.SCHEDULES)
_REFUSED = Verdict.REFUSED.value


def conditions(at: datetime) -> Mapping[str, Q]:
    """Return by name what may be said of a device."""
    lacking = [
        Q(profile__capabilities__contains=[{"operation": one.value, "verdict": _REFUSED}])
        for one in _NEEDED
    ]
    return {
        "macless": Q(mac_entry=None),
        "refused": Q(binding=Device.Binding.REFUSED),
        "unread": Q(firmware=""),
        "unfit": reduce(or_, lacking, Q(profile__fitness=Fitness.TOO_OLD.value)),
        "fit": Q(profile__fitness=Fitness.FIT.value),
        "tied": Q(tied_to=Device.Tie.ON_PREMISE),
        "untold": Q(tied_to=""),
        "clouded": Q(tied_to=Device.Tie.VENDOR_CLOUD),
        "online": online(at),
        "away": ~online(at) & Q(seen_at__isnull=False),
        "never": ~online(at) & Q(seen_at=None),
        "doorless": Q(~Exists(Door.objects.filter(device=OuterRef("pk")))),
    }


class Tally(NamedTuple):
    """How many devices there are, and of how many each of `conditions` holds."""

    total: int
    macless: int
    refused: int
    unread: int
    unfit: int
    fit: int
    tied: int
    untold: int
    clouded: int
    online: int
    away: int
    never: int
    doorless: int


@dataclass(frozen=True)
class People:
    """Those who were added last: how many, who holds nothing, and who is in no access group.

    With `is_part` there may be others, who are not looked at.
    """

    count: int
    is_part: bool
    empty_handed: list[int]
    shut_out: list[int]


class Facts:
    """What there is at a site, as an actor sees it; asked of the database when it is needed."""

    def __init__(self, actor: Actor, site: Site, at: datetime) -> None:
        self.actor = actor
        self.site = site
        self._conditions = conditions(at)
        self._devices = Device.objects.seen_at(actor, site)

    @cached_property
    def tally(self) -> Tally:
        counts = {name: Count("pk", filter=one) for name, one in self._conditions.items()}
        return Tally(**self._devices.aggregate(total=Count("pk"), **counts))

    @cached_property
    def has_connectors(self) -> bool:
        return Connector.objects.seen_at(self.actor, self.site).exists()

    @cached_property
    def free_macs(self) -> int:
        entries = MacEntry.objects.visible_to(self.actor).filter(node=self.site.installer_id)
        return count_up_to(entries.free())

    @cached_property
    def doors(self) -> QuerySet[Door]:
        return Door.objects.seen_at(self.actor, self.site)

    @cached_property
    def unopened(self) -> QuerySet[Door]:
        """Return the doors that no access group opens."""
        opened = AccessGroup.doors.through.objects.filter(door=OuterRef("pk"))
        return self.doors.filter(~Exists(opened))

    @cached_property
    def people(self) -> People:
        seen = Person.objects.seen_at(self.actor, self.site)
        # A plain "-pk" would walk over everybody who came later, wherever; so a site's are sorted.
        newest = seen.order_by((F("pk") + 0).desc()).values_list("pk", flat=True)
        latest = list(newest[:LOOKED_AT])
        active = Person.objects.filter(any_of("pk", latest), status=Person.Status.ACTIVE)
        keys = sorted(active.values_list("pk", flat=True), reverse=True)
        holding = Credential.objects.filter(any_of("person", keys))
        # Those of the site, by its groups: the view of members would look up each of them.
        groups = AccessGroup.objects.filter(site=self.site).values_list("pk", flat=True)
        let_in = openable.members(Person.objects.filter(any_of("pk", keys)), list(groups))
        holders = set(holding.values_list("person_id", flat=True))
        members = set(let_in.values_list("pk", flat=True))
        return People(
            count=len(keys),
            is_part=len(latest) == LOOKED_AT,
            empty_handed=[key for key in keys if key not in holders],
            shut_out=[key for key in keys if key not in members],
        )

    def devices(self, name: str) -> QuerySet[Device]:
        """Return the devices of which a condition holds."""
        return self._devices.filter(self._conditions[name]).order_by("name")
