"""The names of a person who has an account: told apart, and as one."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from doorward.kit.errors import Invalid
from doorward.tenancy.permissions import Role


class Names(NamedTuple):
    first: str
    last: str

    @property
    def whole(self) -> str:
        return f"{self.first} {self.last}".strip()


def apart(name: str) -> Names:
    """Take a name that is one apart: its last word is the last name."""
    first, _space, last = name.rpartition(" ")
    return Names(first, last) if first else Names(last, "")


def names_of(role: Role | None, first: str, last: str) -> Names:
    """Return names as they are kept; raise `Invalid` where a property manager lacks one."""
    names = Names(first.strip(), last.strip())
    if role == Role.PROPERTY_MANAGER:
        faults = {}
        if not names.first:
            faults["first_name"] = _("Enter the first name.")
        if not names.last:
            faults["last_name"] = _("Enter the last name.")
        if faults:
            raise Invalid(faults)
    return names
