"""What can be announced about the tree of tenants."""

from dataclasses import dataclass

from doorward.kit.events import Event


@dataclass(frozen=True)
class OrganisationDeleted(Event):
    """An organisation is gone, with its accounts; whatever still hangs on it objects."""

    organisation: int


@dataclass(frozen=True)
class SupportBegun(Event):
    """Somebody acts for another."""

    visit: int


@dataclass(frozen=True)
class SupportEnded(Event):
    """Some no longer act for another."""

    visits: list[int]


@dataclass(frozen=True)
class ManagersAssigned(Event):
    """Accounts manage a site from now on; `node` is the site's."""

    node: int
    accounts: list[int]
