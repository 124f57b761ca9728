"""What a workbook would do to a site, all of its sheets together."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils.translation import gettext as _

from doorward.access import cards as card_numbers
from doorward.access.sheets import MASK
from doorward.devices.actions.devices import DeviceForm
from doorward.kit.sheets import Fault
from doorward.portal.importing.plan import Plan
from doorward.portal.importing.works import outcome
from doorward.portal.workbook.cards import Card
from doorward.portal.workbook.parts import Part
from doorward.portal.workbook.sheets import Outcome

T = TypeVar("T")


@dataclass
class BookPlan:
    """What is to be made, by sheets, and what keeps it from that."""

    people: Plan
    # What the sheet of people is called in this workbook.
    personnel: str
    companies: Part[str]
    devices: Part[DeviceForm]
    cards: Part[Card]

    @property
    def _parts(self) -> "Sequence[Part[str] | Part[DeviceForm] | Part[Card]]":
        return (self.companies, self.devices, self.cards)

    @property
    def faults(self) -> Sequence[Fault]:
        of_people = [*self.companies.faults, *self.people.faults]
        return [*of_people, *self.devices.faults, *self.cards.faults]

    def counts(self) -> Counter[str]:
        """Return the consequences in numbers, by words of `files.wording.COUNTS`."""
        told = self.people.counts()
        rows = {
            "unchanged": told.pop("unchanged") + sum(len(part.same) for part in self._parts),
            "faulty": told.pop("faulty") + sum(len(part.faulty_rows) for part in self._parts),
        }
        made = {
            "companies_created": len(self.companies.new),
            "people_created": told.pop("created"),
            "people_changed": told.pop("changed"),
            "devices_created": len(self.devices.new),
        }
        told["cards_added"] += len(self.cards.new)
        counted = Counter({word: number for word, number in (made | told).items() if number})
        counted.update(rows)
        return counted

    def outcomes(self) -> Iterator[Outcome]:
        """Return what became of each row, once all of it is done."""
        yield from _rows_of(self.companies, lambda name: (name, ""))
        for entry in self.people.entries:
            who = entry.person
            yield Outcome(self.personnel, entry.row, outcome(entry), str(who), who.personnel_id)
        yield from _rows_of(self.devices, lambda form: (form.name, form.mac))
        yield from _rows_of(self.cards, _of_card)


def _rows_of(part: Part[T], spelled: Callable[[T], tuple[str, str]]) -> Iterator[Outcome]:
    """Return the rows of a sheet in their order, by what each is called."""
    sheet = part.table.name if part.table else ""
    for row, thing in sorted((part.new | part.same).items(), key=lambda item: item[0]):
        status = _("Created") if row in part.new else _("Unchanged")
        yield Outcome(sheet, row, status, *spelled(thing))


def _of_card(card: Card) -> tuple[str, str]:
    tail = card_numbers.tail(card.number.removeprefix(MASK))
    return f"{card.person} {MASK}{tail}", card.person.personnel_id
