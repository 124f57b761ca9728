"""People and their groups over the API, one module a noun."""

from doorward.people.api.groups import people_groups
from doorward.people.api.people import people
from doorward.people.api.photos import people_photos

__all__ = ["people", "people_groups", "people_photos"]
