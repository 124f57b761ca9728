"""What is wrong with rows only beside others or beside the site: asked for all of them at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from uuid import uuid4

from django.utils.translation import gettext as _

from doorward.access import pins
from doorward.access.actions.credentials import holders_of, pin_match
from doorward.access.actions.pins import MOST_TOLD, Typed, require_patience, taken_at
from doorward.kit.errors import InvalidRows
from doorward.kit.sheets import Fault, Table
from doorward.people.actions import checks
from doorward.people.models import Person
from doorward.portal.importing.plan import Entry, Plan
from doorward.portal.importing.roll import Roll, plain

_AT_ONCE = 2_000


class Checks:
    """Adds to a plan what is wrong with its entries together."""

    def __init__(self, table: Table, roll: Roll, plan: Plan) -> None:
        self._table, self._roll, self._plan = table, roll, plan

    def run(self, step: Callable[[int], None]) -> None:
        for some in _batches(self._plan.entries):
            self._check_people(some)
            step(len(some))
        self._check_cards()
        self._check_pins()
        self._count_namesakes()

    def _object(self, entry: Entry, column: str, words: str, mend: str = "") -> None:
        self._plan.fault(self._table.fault(entry.row, column, words, mend), column)

    def _check_people(self, entries: Sequence[Entry]) -> None:
        """Let people's own room look at their fields, those who have none yet with an ID too."""
        told = [entry for entry in entries if entry.facts_changed]
        numberless = [entry.person for entry in told if not entry.person.personnel_id]
        for person in numberless:
            person.personnel_id = f"_{uuid4().hex[:31]}"
        try:
            checks.check([entry.person for entry in told])
        except InvalidRows as fault:
            for place, faults in fault.rows.items():
                for column, words in faults.items():
                    if (told[place].row, column) not in self._plan.faulty_cells:
                        self._object(told[place], column, str(words))
        for person in numberless:
            person.personnel_id = ""

    def _check_cards(self) -> None:
        first: dict[bytes, Entry] = {}
        gone = {card.pk for entry in self._plan.entries for card in entry.cards_gone}
        given = [(entry, card) for entry in self._plan.entries for card in entry.cards]
        taken = holders_of(self._roll.actor, self._roll.site.pk, [c.match for _e, c in given], gone)
        for entry, card in given:
            if card.match in first:
                words = _("Row %(row)d has this card too.") % {"row": first[card.match].row}
                self._object(entry, card.column, words, _("Leave one of the two out."))
            elif card.match in taken:
                self._object(entry, card.column, taken[card.match])
            first.setdefault(card.match, entry)

    def _check_pins(self) -> None:
        told = [entry for entry in self._plan.entries if entry.pin]
        if not told:
            return
        require_patience(self._roll.actor)
        told = self._once_in_file(told)
        if easy := [entry for entry in told if pins.is_weak(entry.pin)]:
            for entry in easy:
                self._object(entry, "pin", _(pins.UNUSABLE))
            return
        self._check_pins_held(told)

    def _check_pins_held(self, told: Sequence[Entry]) -> None:
        """Object to PINs that somebody has, of a file that holds none that is easy to guess.

        An answer is thus either by the rules alone, which is no secret and no guess, or by what
        people hold, which is a guess; its words are the same.
        """
        site = self._roll.site.pk
        typed: dict[int, Typed] = {
            place: (entry.pin, pin_match(site, entry.pin)) for place, entry in enumerate(told)
        }
        letting_go = [
            entry.before.pk
            for entry in self._plan.entries
            if entry.before is not None and (entry.pin or entry.pin_gone)
        ]
        refused = taken_at({site}, letting_go, typed)
        self._plan.pins_taken = len(refused)
        if len(refused) > MOST_TOLD:
            words = _("%(count)d of the PINs are easy to guess or not free.")
            mend = _("Leave the PINs out and let them be generated.")
            fault = Fault(self._table.name, None, "", words % {"count": len(refused)}, mend)
            self._plan.fault(fault)
            return
        for place in refused:
            self._object(told[place], "pin", _(pins.UNUSABLE))

    def _once_in_file(self, told: Iterable[Entry]) -> list[Entry]:
        """Object to a PIN that stands twice; return those who have theirs first."""
        first: dict[str, Entry] = {}
        for entry in told:
            if entry.pin in first:
                words = _("Row %(row)d has this PIN too.") % {"row": first[entry.pin].row}
                self._object(entry, "pin", words, _("Give each person their own."))
            first.setdefault(entry.pin, entry)
        return list(first.values())

    def _count_namesakes(self) -> None:
        """Count new people who are called like somebody of the same company: perhaps the same."""
        new = {_named(entry.person) for entry in self._plan.created if entry.person.company_id}
        if not new:
            return
        there = Person.objects.visible_to(self._roll.actor).filter(
            site=self._roll.site,
            last_name__in={entry.person.last_name for entry in self._plan.created},
        )
        known: dict[tuple[int, str], int] = defaultdict(int)
        for company, first, last in there.values_list("company", "first_name", "last_name"):
            known[company, plain(f"{first} {last}")] += 1
        self._plan.namesakes = sum(1 for name in new if name in known)


def _named(person: Person) -> tuple[int, str]:
    return person.company_id, plain(f"{person.first_name} {person.last_name}")


def _batches(entries: Sequence[Entry]) -> Iterable[list[Entry]]:
    rest = iter(entries)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
