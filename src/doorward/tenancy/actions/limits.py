"""The deed on how much there may be."""

from dataclasses import asdict, dataclass

from doorward.tenancy.actions.told import keep_told
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Limits, Node
from doorward.tenancy.permissions import Can


@dataclass(frozen=True, kw_only=True)
class LimitsForm:
    """How many there may be; None bounds nothing."""

    sites: int | None = None
    devices: int | None = None
    people: int | None = None


def change_limits(actor: Actor, node: Node, form: LimitsForm) -> Limits:
    """Bound what is added from now on; what is beyond it already stays. Raise `Invalid`."""
    kept: Limits = keep_told(actor, node, Can.CHANGE_LIMITS, Limits, asdict(form))
    return kept
