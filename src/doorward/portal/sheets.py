"""People on paper: the sheet that the list exports and the import reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from doorward.access import cards
from doorward.access.sheets import MASK
from doorward.kit.sheets import Column, Kind, Sheet
from doorward.kit.sheets.several import joined
from doorward.people.models import Person
from doorward.people.models.people import languages

CARDS = tuple(f"card{number}" for number in range(1, cards.MAX_PER_PERSON + 1))


@dataclass(frozen=True)
class OnPaper:
    """A person as a line shows them; a card by its last digits, a PIN by that there is one."""

    person: Person
    group: str = ""
    access_groups: Sequence[str] = ()
    card_tails: Sequence[str] = ()
    has_pin: bool = False


def _card(place: int) -> Callable[[OnPaper], str]:
    def masked(line: OnPaper) -> str:
        return f"{MASK}{line.card_tails[place]}" if place < len(line.card_tails) else ""

    return masked


_ABOUT = (
    _("Fill in the sheet “People”. Leave its first row; columns without a * may be left out."),
    _("An empty cell changes nothing. A single hyphen (-) empties what is there."),
    _("Tick when importing that people whose personnel ID is there already are changed."),
    _("•••• stands for a card or PIN that is kept as it is; no file ever tells a PIN."),
    _("The example in row 2 is nobody: it is skipped as long as it is left as it is."),
)

PEOPLE: Sheet[OnPaper] = Sheet(
    _("People"),
    (
        Column(
            "personnel_id",
            _("Personnel ID"),
            value=lambda line: line.person.personnel_id,
            kind=Kind.CODE,
            example="E-0001",
            help=_("1 to 32 letters, digits, dashes or underscores. Empty: the next free number."),
        ),
        Column(
            "first_name",
            _("First name"),
            value=lambda line: line.person.first_name,
            mandatory=True,
            example="Maria",
            help=_("At most 64 characters."),
        ),
        Column(
            "last_name",
            _("Last name"),
            value=lambda line: line.person.last_name,
            mandatory=True,
            example="Example",
            help=_("At most 64 characters."),
        ),
        Column(
            "company",
            _("Company"),
            value=lambda line: line.person.company.name,
            mandatory=True,
            example="Example Ltd",
            help=_("The name of a company of this site."),
        ),
        Column(
            "group",
            _("Group"),
            value=lambda line: line.group,
            example="Engineering / Laboratory",
            help=_("A group of the company; a group within a group after a slash."),
        ),
        Column(
            "email",
            _("E-mail"),
            value=lambda line: line.person.email,
            width=28,
            example="maria@example.com",
        ),
        Column(
            "mobile",
            _("Mobile"),
            value=lambda line: str(line.person.mobile or ""),
            kind=Kind.CODE,
            example="+49 1512 3456789",
            help=_("The whole number with its country, such as +49 30 901820."),
        ),
        Column(
            "landline",
            _("Landline"),
            value=lambda line: str(line.person.landline or ""),
            kind=Kind.CODE,
            example="+49 30 901820",
            help=_("The whole number with its country, such as +49 30 901820."),
        ),
        Column(
            "language",
            _("Language"),
            value=lambda line: line.person.language,
            kind=Kind.CHOICE,
            choices=dict(languages()),
            help=_("Of the mail to this person. Empty: English."),
        ),
        Column(
            "floors",
            _("Floors"),
            value=lambda line: joined(line.person.floors),
            kind=Kind.CODE,
            example="1; 2",
            help=_("Up to ten, with semicolons between them."),
        ),
        Column(
            "valid_from",
            _("Valid from"),
            value=lambda line: line.person.valid_from,
            kind=Kind.MOMENT,
            example="2026-01-01 08:00",
            help=_("Date and time at the site. Empty: from now on."),
        ),
        Column(
            "valid_until",
            _("Valid until"),
            value=lambda line: line.person.valid_until,
            kind=Kind.MOMENT,
            ends_day=True,
            example="2026-12-31 18:00",
            help=_("Date and time at the site; a date alone counts to its end. Empty: no end."),
        ),
        Column(
            "status",
            _("Status"),
            value=lambda line: line.person.status,
            kind=Kind.CHOICE,
            choices=dict(Person.Status.choices),
            help=_("Suspended people open nothing and keep what they have."),
        ),
        Column(
            "remark",
            _("Remark"),
            value=lambda line: line.person.remark,
            width=28,
            help=_("At most 255 characters."),
        ),
        Column(
            "access_groups",
            _("Access groups"),
            value=lambda line: joined(line.access_groups),
            width=28,
            example="Office hours; Garage",
            help=_("All that the person is named in, with semicolons between them."),
        ),
        Column(
            "pin",
            _("PIN"),
            value=lambda line: MASK if line.has_pin else "",
            kind=Kind.CODE,
            help=_("Digits that the person has had before. Empty: none; one can be given later."),
        ),
        Column(
            "card_format",
            _("Card format"),
            value=lambda _line: "",
            kind=Kind.CHOICE,
            choices={form.value: form.value for form in cards.Format},
            help=_("How the card numbers of this row are printed. Empty: 8HN, hexadecimal."),
        ),
        *(
            Column(
                name,
                format_lazy("{} {}", _("Card"), place + 1),
                value=_card(place),
                kind=Kind.CODE,
                example="00A1B2C3" if place == 0 else "",
                help=_("A card's whole number. It takes the place of the card that is shown here.")
                if place == 0
                else "",
            )
            for place, name in enumerate(CARDS)
        ),
    ),
    about=_ABOUT,
)
