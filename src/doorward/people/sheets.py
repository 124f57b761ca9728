"""The sheet of people: what an export has is what an import takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from doorward.kit.sheets import Column, Kind, Sheet
from doorward.people.models import Person
from doorward.people.models.people import languages


@dataclass(frozen=True)
class Line:
    """A person on paper: the path of their group, and what they hold, never whole."""

    person: Person
    group: str = ""
    pin: str = ""
    cards: Sequence[str] = ()


def _number(line: Line, name: str) -> str:
    """Return a telephone number with its country, as it is read again."""
    return str(getattr(line.person, name) or "")


PEOPLE: Sheet[Line] = Sheet(
    _("Personnel"),
    (
        Column(
            "personnel_id",
            _("Personnel ID"),
            value=lambda line: line.person.personnel_id,
            kind=Kind.CODE,
            example="10442",
            help=_("Empty: the next free number is given. Known: that person is meant."),
        ),
        Column(
            "first_name",
            _("First name"),
            value=lambda line: line.person.first_name,
            mandatory=True,
            example="Rita",
        ),
        Column(
            "last_name",
            _("Last name"),
            value=lambda line: line.person.last_name,
            mandatory=True,
            example="Example",
        ),
        Column(
            "company",
            _("Company"),
            value=lambda line: line.person.company.name,
            mandatory=True,
            example="Acme",
            width=24,
        ),
        Column(
            "group",
            _("Group"),
            value=lambda line: line.group,
            example="Workshop › Night shift",
            help=_("The names from the top down, with › between them."),
            width=28,
        ),
        Column(
            "email",
            _("E-mail"),
            value=lambda line: line.person.email,
            example="rita@example.com",
            width=28,
        ),
        Column(
            "mobile",
            _("Mobile"),
            value=lambda line: _number(line, "mobile"),
            kind=Kind.CODE,
            example="+49 170 1234567",
        ),
        Column(
            "landline",
            _("Landline"),
            value=lambda line: _number(line, "landline"),
            kind=Kind.CODE,
            example="+49 30 901820",
        ),
        Column(
            "language",
            _("Language"),
            value=lambda line: line.person.language,
            kind=Kind.CHOICE,
            choices=dict(languages()),
            example="English",
        ),
        Column(
            "floors",
            _("Floors"),
            value=lambda line: line.person.floors,
            kind=Kind.CODE,
            example="1; 2; G",
            help=_("As the panel in the lift calls them, with ; between them."),
        ),
        Column(
            "status",
            _("Status"),
            value=lambda line: line.person.status,
            kind=Kind.CHOICE,
            choices={status.value: status.label for status in Person.Status},
            example="Active",
        ),
        Column(
            "valid_from",
            _("Valid from"),
            value=lambda line: line.person.valid_from,
            kind=Kind.MOMENT,
            help=_("Empty: from now on."),
        ),
        Column(
            "valid_until",
            _("Valid until"),
            value=lambda line: line.person.valid_until,
            kind=Kind.MOMENT,
            ends_day=True,
            help=_("Empty: without an end. A date without a time counts to its end."),
        ),
        Column(
            "pin",
            _("PIN"),
            value=lambda line: line.pin,
            kind=Kind.CODE,
            help=_("Never shown here; dots leave it as it is."),
        ),
        Column(
            "cards",
            _("Cards"),
            value=lambda line: line.cards,
            kind=Kind.CODE,
            example="0A1B2C3D",
            help=_("Up to five, with ; between them. What stands with dots is left as it is."),
            width=28,
        ),
        Column("remark", _("Remark"), value=lambda line: line.person.remark, example="", width=36),
    ),
)
