"""What can be announced about the tree of tenants."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class OrganisationDeleted(Event):
    """An organisation is gone, with its accounts; whatever still hangs on it objects."""

    organisation: int
