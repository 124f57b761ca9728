"""Pages of people that need no other room, one module a noun."""

from doorward.people.pages.people import (
    PersonPage,
    PersonPart,
    companies_at,
    groups_at,
    people_crumb,
    person_choices,
    person_url,
)
from doorward.people.pages.photos import photo_link, photo_links

__all__ = [
    "PersonPage",
    "PersonPart",
    "companies_at",
    "groups_at",
    "people_crumb",
    "person_choices",
    "person_url",
    "photo_link",
    "photo_links",
]
