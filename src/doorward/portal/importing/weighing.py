"""One row of the sheet against what is there: who is meant, and what about them would change."""

from collections.abc import Callable, Sequence
from copy import copy
from difflib import get_close_matches

from django.utils.translation import gettext as _

from doorward.access import cards, pins
from doorward.access.actions.credentials import match_of, pin_match
from doorward.access.models import AccessGroup, Credential
from doorward.access.sheets import MASK
from doorward.kit.sheets import CLEARED, Line, Table
from doorward.kit.sheets.several import split
from doorward.kit.sheets.values import spelled, trimmed
from doorward.people.actions import PERSON_FIELDS
from doorward.people.models import ID_TAKEN, Person
from doorward.people.models.groups import MAX_DEPTH
from doorward.portal.importing.plan import Choices, Entry, NewCard, Plan
from doorward.portal.importing.roll import BETWEEN_GROUPS, Roll, plain
from doorward.portal.sheets import CARDS, PEOPLE
from doorward.sites.models import Company
from doorward.sites.words import local_of
from doorward.tenancy.permissions import Can

# What stands in a column is what the person's field of the same name takes, emptied like this.
_PLAIN: dict[str, object] = {
    "first_name": None,
    "last_name": None,
    "email": "",
    "mobile": "",
    "landline": "",
    "language": None,
    "valid_from": None,
    "valid_until": None,
    "remark": "",
}
_MAY_END = frozenset({"valid_from", "valid_until"})
_ON_PAGES = "›"
_NEEDED = ("first_name", "last_name")
_MOST_GROUPS = 100

Object = Callable[[str, str, str], None]


class Weighing:
    """Weighs the rows of one table; what is wrong goes into the plan."""

    def __init__(self, table: Table, roll: Roll, choices: Choices, plan: Plan) -> None:
        self._table, self._roll, self._choices, self._plan = table, roll, choices, plan
        self._local = local_of(roll.site)
        self._rows: dict[str, int] = {}

    def weigh(self, line: Line) -> Entry | None:
        """Return what a row asks for, or None where who is meant cannot be said."""
        for fault in line.faults:
            self._plan.fault(fault)
        self._plan.faulty_cells.update((line.number, name) for name in line.unread)
        try:
            before = self._meant(line)
        except _Unclear as fault:
            self.object(line, "personnel_id", fault.words, fault.mend)
            return None
        return _Row(self, line, before).entry()

    def object(self, line: Line, column: str, words: str, mend: str = "") -> None:
        self._plan.fault(self._table.fault(line.number, column, words, mend), column)

    def _meant(self, line: Line) -> Person | None:
        """Return who has the row's personnel ID; raise `_Unclear` for one that is not to be had."""
        told = line.told.get("personnel_id", "")
        if told is CLEARED:
            raise _Unclear(_("A personnel ID cannot be emptied."), _("Leave the cell empty."))
        number = str(told).lower()
        if not number:
            return None
        if number in self._rows:
            words = _("Row %(row)d has this personnel ID too.") % {"row": self._rows[number]}
            raise _Unclear(words, _("Give each person their own."))
        self._rows[number] = line.number
        if number in self._roll.hidden:
            raise _Unclear(str(ID_TAKEN))
        person = self._roll.people.get(number)
        if person is not None and not self._choices.update:
            words = _("Somebody has this personnel ID: %(person)s.") % {"person": person}
            mend = _("Tick that people who are there already are changed, or choose another ID.")
            raise _Unclear(words, mend)
        return person


class _Unclear(Exception):
    """It cannot be said who is meant by a row."""

    def __init__(self, words: str, mend: str = "") -> None:
        super().__init__(words)
        self.words, self.mend = words, mend


class _Row:
    """A row being weighed."""

    def __init__(self, weighing: Weighing, line: Line, before: Person | None) -> None:
        self._weighing, self._line, self._before = weighing, line, before
        self._roll, self._choices = weighing._roll, weighing._choices
        self._told = dict(line.told)
        if before is not None:
            self._forget_what_is_so(before)

    def entry(self) -> Entry:
        person = copy(self._before) if self._before else Person(site=self._roll.site)
        entry = Entry(self._line.number, person, self._before)
        self._fill(person)
        company = self._company()
        if company is not None:
            person.company, person.node = company, company.node
            self._fill_group(entry, company)
        self._join(entry, company)
        self._set_status(entry)
        self._give_cards(entry)
        self._give_pin(entry)
        entry.facts_changed = self._before is None or any(
            getattr(person, name) != getattr(self._before, name)
            for name in (*PERSON_FIELDS, "company")
        )
        return entry

    def _forget_what_is_so(self, before: Person) -> None:
        """Leave out every cell that says what an export would say of the person."""
        line = self._roll.on_paper(before)
        for column in PEOPLE.columns:
            text = self._line.texts.get(column.name)
            if text is not None:
                current = spelled(column, column.value(line), self._weighing._local)
                if text == trimmed(current):
                    self._told.pop(column.name, None)

    def _object(self, column: str, words: str, mend: str = "") -> None:
        self._weighing.object(self._line, column, words, mend)

    def _need(self, column: str) -> None:
        if column not in self._line.unread:
            self._object(column, _("This is needed for somebody new."), _("Fill it in."))

    # --- Facts ----------------------------------------------------------------------------

    def _fill(self, person: Person) -> None:
        for name, emptied in _PLAIN.items():
            value = self._told.get(name)
            if value is CLEARED:
                if emptied is None and name not in _MAY_END:
                    self._object(name, _("This cannot be emptied."), _("Fill it in."))
                else:
                    setattr(person, name, emptied)
            elif value is not None:
                setattr(person, name, value)
            elif self._before is None and name in _NEEDED:
                self._need(name)
        if self._before is None:
            person.personnel_id = str(self._told.get("personnel_id", ""))
        if (floors := self._told.get("floors")) is not None:
            person.floors = [] if floors is CLEARED else split(str(floors))

    def _company(self) -> Company | None:
        told, known = self._told.get("company"), self._roll.companies
        if told is None:
            if self._before is not None:
                return self._before.company
            if len(known) == 1:
                return next(iter(known.values()))
            self._need("company")
            return None
        company = known.get(plain(str(told))) if told is not CLEARED else None
        if company is None:
            words = _("There is no company “%(name)s” here that you manage.") % {
                "name": "-" if told is CLEARED else str(told)[:64]
            }
            names = [company.name for company in known.values()]
            self._object("company", words, _nearest(str(told), names))
        return company

    def _fill_group(self, entry: Entry, company: Company) -> None:
        told = self._told.get("group")
        person = entry.person
        if told is CLEARED:
            person.group = None
        elif told is None:
            if person.group is not None and person.group.company_id != company.pk:
                # Whoever moves to another company leaves their group behind.
                person.group = None
        else:
            self._choose_group(entry, company, str(told))

    def _choose_group(self, entry: Entry, company: Company, told: str) -> None:
        known = self._roll.groups.get(company.pk, {})
        # Pages write paths with another sign, which people copy.
        path = told.replace(_ON_PAGES, BETWEEN_GROUPS)
        names = tuple(name.strip() for name in path.split(BETWEEN_GROUPS.strip()))
        found = known.get(plain(told)) or known.get(plain(BETWEEN_GROUPS.join(names)))
        if found is not None:
            entry.person.group = found
            return
        if not self._choices.create_groups:
            words = _("%(company)s has no group “%(name)s”.") % {
                "company": company,
                "name": told[:128],
            }
            paths = [self._roll.paths[group.pk] for group in known.values()]
            mend = _("Add the group, or tick that missing groups are created.")
            self._object("group", words, _nearest(told, paths, otherwise=mend))
        elif len(names) > MAX_DEPTH or not all(0 < len(name) <= 128 for name in names):
            words = _("“%(name)s” can be no group.") % {"name": told[:128]}
            mend = _("Write at most five names of 1 to 128 characters with slashes between them.")
            self._object("group", words, mend)
        else:
            entry.new_group = names
            for depth in range(1, len(names) + 1):
                above = names[:depth]
                if plain(BETWEEN_GROUPS.join(above)) not in known:
                    key = (company.pk, tuple(plain(name) for name in above))
                    self._weighing._plan.new_groups.setdefault(key, above)

    def _set_status(self, entry: Entry) -> None:
        told = self._told.get("status")
        if told is CLEARED:
            self._object("status", _("This cannot be emptied."), _("Fill it in."))
        elif told is not None:
            status = Person.Status(str(told))
            current = self._before.status if self._before else Person.Status.ACTIVE
            entry.status = status if status != current else None

    # --- Access groups --------------------------------------------------------------------

    def _join(self, entry: Entry, company: Company | None) -> None:
        told = self._told.get("access_groups")
        if told is None:
            return
        wanted = {} if told is CLEARED else self._named(split(str(told)))
        key = self._before.pk if self._before else 0
        had = self._roll.held.access_groups.get(key, {})
        known = {group.pk: group for group in self._roll.access_groups.values()}
        entry.joins = [group for pk, group in wanted.items() if pk not in had]
        entry.leaves = [known[pk] for pk in had if pk not in wanted and pk in known]
        for group in (*entry.joins, *entry.leaves):
            if not self._roll.actor.may(Can.CHANGE_ACCESS, group.node):
                words = _("You may not change who is in “%(group)s”.") % {"group": group}
                self._object("access_groups", words, _("Ask whoever manages the site."))
        for group in entry.joins:
            if company is not None and group.company_id not in (None, company.pk):
                words = _("“%(group)s” is for people of another company.") % {"group": group}
                self._object("access_groups", words, _("Leave it out, or choose another."))

    def _named(self, names: Sequence[str]) -> dict[int, AccessGroup]:
        found: dict[int, AccessGroup] = {}
        if len(names) > _MOST_GROUPS:
            words = _("These are more than 100 access groups.")
            self._object("access_groups", words, _("Name at most 100."))
            return found
        for name in names:
            group = self._roll.access_groups.get(plain(name))
            if group is None:
                words = _("There is no access group “%(name)s”.") % {"name": name[:64]}
                known = [one.name for one in self._roll.access_groups.values()]
                self._object("access_groups", words, _nearest(name, known))
            else:
                found[group.pk] = group
        return found

    # --- Credentials ----------------------------------------------------------------------

    def _give_cards(self, entry: Entry) -> None:
        held = self._roll.held.cards.get(self._before.pk, []) if self._before else []
        told = self._told.get("card_format")
        form = cards.Format.HEX if told in (None, CLEARED) else cards.Format(str(told))
        for place, column in enumerate(CARDS):
            value = self._told.get(column)
            if value is None:
                continue
            current = held[place] if place < len(held) else None
            if value is CLEARED:
                entry.cards_gone += [current] if current else []
            elif str(value).startswith(MASK):
                self._keep_card(column, str(value), held)
            else:
                self._give_card(entry, column, (str(value), form), current, held)

    def _keep_card(self, column: str, text: str, held: Sequence[Credential]) -> None:
        if text.removeprefix(MASK) not in {card.tail for card in held}:
            words = _("%(text)s stands for a card that this person does not hold.") % {
                "text": text[:16]
            }
            self._object(
                column, words, _("Write the card's whole number, or leave the cell empty.")
            )

    def _give_card(
        self,
        entry: Entry,
        column: str,
        told: tuple[str, cards.Format],
        current: Credential | None,
        held: Sequence[Credential],
    ) -> None:
        try:
            number = cards.read(*told)
        except cards.CardError as fault:
            self._object(column, _(str(fault)))
            return
        match = match_of(number)
        if any(bytes(card.match) == match for card in held):
            return
        entry.cards_gone += [current] if current else []
        entry.cards.append(NewCard(column, told[0], told[1], match))

    def _give_pin(self, entry: Entry) -> None:
        told = self._told.get("pin")
        held = self._roll.held.pins.get(self._before.pk) if self._before else None
        if told is None:
            return
        if told is CLEARED:
            entry.pin_gone = held
        elif not tells_pin(self._line):
            if held is None:
                words = _("%(text)s stands for a PIN, and this person has none.") % {"text": MASK}
                self._object("pin", words, _("Write the PIN's digits, or leave the cell empty."))
        else:
            self._read_pin(entry, str(told), held)

    def _read_pin(self, entry: Entry, told: str, held: Credential | None) -> None:
        try:
            pin = pins.canonical(told, self._roll.site.pin_length)
        except pins.PinError as fault:
            self._object("pin", _(str(fault)) % {"limit": fault.limit})
            return
        if held is None or bytes(held.match) != pin_match(self._roll.site.pk, pin):
            entry.pin = pin


def tells_pin(line: Line) -> bool:
    """Say whether a row has a PIN in digits, not one that is kept or taken away."""
    told = line.told.get("pin")
    return told is not None and told is not CLEARED and not str(told).startswith(MASK[0])


def _nearest(name: str, known: Sequence[str], *, otherwise: str = "") -> str:
    """Return the mend for a name that is not known: the known one that it looks like."""
    plainly = {plain(one): one for one in known}
    near = get_close_matches(plain(name), list(plainly), n=1, cutoff=0.6)
    if near:
        return _("Did you mean “%(name)s”? Write it so.") % {"name": plainly[near[0]]}
    return otherwise or _("Check how it is written, or add it first.")
