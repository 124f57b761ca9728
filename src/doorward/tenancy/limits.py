"""What is bounded at a node, by whom, and whether there is room for more."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit.errors import Refused
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Limits, Node, Organisation
from doorward.tenancy.models.limits import LIMIT_FIELDS
from doorward.tenancy.permissions import Can


class Limit(StrEnum):
    """What is counted."""

    SITES = "sites"
    DEVICES = "devices"
    PEOPLE = "people"


_BEYOND: dict[Limit, Promise] = {
    Limit.SITES: gettext_lazy(
        "The limit of sites for %(place)s is %(most)d, and this would make "
        "%(count)d. Delete one that is no longer needed, or ask %(operator)s, who "
        "operates this platform, for more."
    ),
    Limit.DEVICES: gettext_lazy(
        "The limit of devices for %(place)s is %(most)d, and this would make "
        "%(count)d. Delete one that is no longer needed, or ask %(operator)s, who "
        "operates this platform, for more."
    ),
    Limit.PEOPLE: gettext_lazy(
        "The limit of people for %(place)s is %(most)d, and this would make "
        "%(count)d. Delete whoever has left, or ask %(operator)s, who operates this "
        "platform, for more."
    ),
}


def most_of(limit: Limit, node: Node) -> int | None:
    """Return how many there may be at a node, or None where nothing bounds them."""
    steps = [int(step) for step in node.home_path.strip("/").split("/")]
    rows = Limits.objects.filter(node__in=steps).exclude(**{limit.value: None})
    return min(rows.values_list(limit.value, flat=True), default=None)


def refuse_beyond(limit: Limit, most: int, count: int, place: object) -> None:
    """Raise `Refused` where there would be more than there may be; it says whom to ask.

    Whoever counts holds what is counted in, or two who come at once would both find room.
    """
    if count > most:
        told = {"place": place, "most": most, "count": count, "operator": Node.root().name}
        raise Refused(f"limit.{limit.value}", str(_BEYOND[limit]) % told)


@dataclass(frozen=True)
class Bounded:
    """An organisation that is bounded by itself, and in what words."""

    organisation: Organisation
    words: str


def chosen_limits(actor: Actor, node: Node) -> Limits:
    """Return what was chosen for a node, as a row of nothing where that is nothing."""
    actor.require(Can.CHANGE_LIMITS, node)
    return Limits.objects.filter(node=node).first() or Limits(node=node)


def bounded_organisations(actor: Actor, most: int) -> list[Bounded]:
    """Return who has bounds of its own, by name."""
    organisations = Organisation.objects.visible_to(actor).filter(_has_limits())
    found = organisations.select_related("limits").order_by("name")[:most]
    return [Bounded(one, words_of(one.limits)) for one in found]


def words_of(limits: Limits) -> str:
    """Say what is bounded, in one line."""
    told = {
        "sites": _("sites: %(count)d"),
        "devices": _("devices: %(count)d"),
        "people": _("people: %(count)d"),
    }
    values = ((name, getattr(limits, name)) for name in LIMIT_FIELDS)
    return " · ".join(told[name] % {"count": value} for name, value in values if value)


def _has_limits() -> Q:
    some = Q()
    for name in LIMIT_FIELDS:
        some |= Q(**{f"limits__{name}__isnull": False})
    return some
