"""Cards on paper."""

from django.utils.translation import gettext_lazy as _

from doorward.access import cards
from doorward.access.models import Credential
from doorward.kit.sheets import Column, Kind, Sheet

# What stands for what is held and not told.
MASK = "••••"

CARDS: Sheet[Credential] = Sheet(
    _("Cards"),
    (
        Column(
            "personnel_id",
            _("Personnel ID"),
            value=lambda card: card.person.personnel_id,
            kind=Kind.CODE,
            mandatory=True,
            example="E-0001",
            help=_("Of whoever holds the card: of this workbook or of the site."),
        ),
        Column(
            "number",
            _("Card number"),
            value=lambda card: f"{MASK}{card.tail}",
            kind=Kind.CODE,
            mandatory=True,
            example="00A1B2C4",
            help=_("The card's whole number. •••• stands for a card that is held already."),
        ),
        Column(
            "format",
            _("Card format"),
            value=lambda card: card.format,
            kind=Kind.CHOICE,
            choices={form.value: form.value for form in cards.Format},
            help=_("How the number is printed. Empty: 8HN, hexadecimal."),
        ),
        Column(
            "label",
            _("Label"),
            value=lambda card: card.label,
            example="Blue fob",
            help=_("What tells this card from the others. At most 64 characters."),
        ),
    ),
)
