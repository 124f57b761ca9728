"""Credentials, access groups and rights over the API, one module a noun."""

from doorward.access.api.credentials import credentials
from doorward.access.api.members import access_groups
from doorward.access.api.moves import people_moves
from doorward.access.api.rights import door_rights, person_rights

__all__ = ["access_groups", "credentials", "door_rights", "people_moves", "person_rights"]
