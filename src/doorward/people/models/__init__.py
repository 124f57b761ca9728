"""The room's models, one module a noun."""

from doorward.people.models.groups import Group, Groups
from doorward.people.models.people import (
    BACKWARDS,
    BEYOND,
    EARLIEST,
    ID_TAKEN,
    LATEST,
    NUMBER_FORM,
    People,
    Person,
    PersonnelCounter,
    State,
)
from doorward.people.models.photos import Photo, Photos

__all__ = [
    "BACKWARDS",
    "BEYOND",
    "EARLIEST",
    "ID_TAKEN",
    "LATEST",
    "NUMBER_FORM",
    "Group",
    "Groups",
    "People",
    "Person",
    "PersonnelCounter",
    "Photo",
    "Photos",
    "State",
]
