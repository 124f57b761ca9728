"""Deeds on people and their groups; the deed on one is the deed on many with one in it."""

from doorward.people.actions.groups import (
    change_group,
    create_group,
    delete_group,
    move_group,
    take_turns,
)
from doorward.people.actions.people import (
    PERSON_FIELDS,
    PersonForm,
    change_people,
    change_person,
    create_people,
    create_person,
    delete_people,
    delete_person,
    give_account,
    move_people,
    restore_people,
    resume_people,
    suspend_people,
)
from doorward.people.actions.photos import remove_photo, set_photo

__all__ = [
    "PERSON_FIELDS",
    "PersonForm",
    "change_group",
    "change_people",
    "change_person",
    "create_group",
    "create_people",
    "create_person",
    "delete_group",
    "delete_people",
    "delete_person",
    "give_account",
    "move_group",
    "move_people",
    "remove_photo",
    "restore_people",
    "resume_people",
    "set_photo",
    "suspend_people",
    "take_turns",
]
