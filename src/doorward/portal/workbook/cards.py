"""The cards of a workbook, beside those that its people have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from doorward.access import cards
from doorward.access.actions.credentials import CardForm, holders_of, match_of
from doorward.access.models import Credential
from doorward.access.sheets import CARDS, MASK
from doorward.kit.sheets import Line, Table
from doorward.people.models import Person
from doorward.portal.importing.plan import Entry, Plan
from doorward.portal.workbook.parts import Part, take_up, told

_LONGEST = Credential._meta.get_field("label").max_length or 0


@dataclass(frozen=True)
class Card:
    """A card and its holder: of a row of the same workbook, or somebody of the site."""

    holder: Entry | Person
    number: str = field(repr=False)
    format: cards.Format
    label: str
    match: bytes = b""

    @property
    def person(self) -> Person:
        return self.holder.person if isinstance(self.holder, Entry) else self.holder

    def form(self) -> CardForm:
        return CardForm(
            person=self.person, number=self.number, format=self.format, label=self.label
        )


def weighed(table: Table, lines: Sequence[Line], people: Plan, named: set[str]) -> Part[Card]:
    """Say which cards are to be given; `named` are the IDs that the sheet of people tells of."""
    part: Part[Card] = Part(table)
    reading = _Reading(part, people, named)
    for line in lines:
        reading.take(line, whole=take_up(part, line, CARDS))
    reading.check()
    return part


class _Reading:
    """Reads rows beside people and what they hold."""

    def __init__(self, part: Part[Card], people: Plan, named: set[str]) -> None:
        self._part, self._people, self._named = part, people, named
        self._roll = people.roll
        self._entries = {entry.person.personnel_id.lower(): entry for entry in people.entries}
        self._gone = {card.pk for entry in people.entries for card in entry.cards_gone}

    def take(self, line: Line, *, whole: bool) -> None:
        """Take a row up; of one that is not `whole`, only whether its holder is known."""
        text = told(line, "personnel_id")
        number = text.lower()
        holder = self._entries.get(number) or self._roll.people.get(number)
        if holder is not None:
            if whole:
                self._take_card(line, holder)
        elif number and number not in self._named:
            words = _("Nobody here has the personnel ID “%(id)s”.") % {"id": text[:32]}
            mend = _("Check it, or add the person on the sheet “Personnel”.")
            self._part.object(line.number, "personnel_id", words, mend)

    def _take_card(self, line: Line, holder: Entry | Person) -> None:
        text, label = told(line, "number"), told(line, "label")
        form = cards.Format(told(line, "format") or cards.Format.HEX)
        if text.startswith(MASK):
            self._keep_masked(line, Card(holder, text, form, label))
            return
        try:
            match = match_of(cards.read(text, form))
        except cards.CardError as fault:
            self._part.object(line.number, "number", _(str(fault)))
            return
        card = Card(holder, text, form, label, match)
        staying = (one for one in self._held(holder) if one.pk not in self._gone)
        if held := next((one for one in staying if bytes(one.match) == match), None):
            self._keep(line, card, held)
        elif len(label) > _LONGEST:
            words = _("At most %(count)d characters fit here.") % {"count": _LONGEST}
            self._part.object(line.number, "label", words, _("Shorten it."))
        else:
            self._part.new[line.number] = card

    def _keep_masked(self, line: Line, card: Card) -> None:
        tail = card.number.removeprefix(MASK)
        if held := next((one for one in self._held(card.holder) if one.tail == tail), None):
            self._keep(line, card, held)
            return
        words = _("%(text)s stands for a card that this person does not hold.") % {
            "text": card.number[:16]
        }
        mend = _("Write the card's whole number, or leave the row out.")
        self._part.object(line.number, "number", words, mend)

    def _keep(self, line: Line, card: Card, held: Credential) -> None:
        if card.label and card.label != held.label:
            words = _("This person holds the card already, with another label.")
            self._part.object(line.number, "label", words, _("Leave the cell empty."))
        else:
            self._part.same[line.number] = card

    def _held(self, holder: Entry | Person) -> list[Credential]:
        person = holder.before if isinstance(holder, Entry) else holder
        return self._roll.held.cards.get(person.pk, []) if person else []

    def check(self) -> None:
        """Object to cards that stand twice, that somebody holds, or that are too many."""
        first = {
            card.match: _("Row %(row)d on the sheet “Personnel” has this card too.")
            % {"row": entry.row}
            for entry in self._people.entries
            for card in entry.cards
        }
        told_of = [card.match for card in self._part.new.values()]
        taken = holders_of(self._roll.actor, self._roll.site.pk, told_of, self._gone)
        count = Counter(
            {
                entry.person.personnel_id.lower(): len(entry.cards) - len(entry.cards_gone)
                for entry in self._people.entries
            }
        )
        for row, card in list(self._part.new.items()):
            key = card.person.personnel_id.lower()
            count[key] += 1
            if card.match in first:
                self._part.object(row, "number", first[card.match], _("Leave one of the two out."))
            elif card.match in taken:
                self._part.object(row, "number", taken[card.match])
            elif count[key] + len(self._held(card.holder)) > cards.MAX_PER_PERSON:
                words = _("A person holds at most five cards. Remove one first.")
                self._part.object(row, "number", words)
            first.setdefault(card.match, _("Row %(row)d has this card too.") % {"row": row})
