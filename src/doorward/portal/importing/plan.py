"""What an import would do: each row weighed against what is there; nothing is changed here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from doorward.access import cards
from doorward.access.models import AccessGroup, Credential
from doorward.kit.sheets import Fault
from doorward.kit.sheets.faults import too_wrong
from doorward.kit.sheets.table import MOST_FAULTS
from doorward.people.models import Person
from doorward.portal.importing.roll import Roll
from doorward.sites.models import Company


@dataclass(frozen=True)
class Choices:
    """What whoever imports has ticked."""

    update: bool = False
    create_groups: bool = False

    @classmethod
    def of(cls, parameters: Mapping[str, object]) -> "Choices":
        """Return what was ticked for a work."""
        return cls(bool(parameters["update"]), bool(parameters["create_groups"]))

    def parameters(self, site: int) -> dict[str, object]:
        """Return what a work has of it, and of where it is done."""
        return {"site": site, "update": self.update, "create_groups": self.create_groups}


@dataclass(frozen=True)
class NewCard:
    """A card to be given: from which column, its number and how that is written."""

    column: str
    number: str = field(repr=False)
    format: cards.Format
    match: bytes


@dataclass
class Entry:
    """What a row asks for. `person` bears the new facts; `before` is who is changed."""

    row: int
    person: Person
    before: Person | None
    # Names from the top down of a group that is yet to be created.
    new_group: tuple[str, ...] = ()
    status: Person.Status | None = None
    joins: list[AccessGroup] = field(default_factory=list)
    leaves: list[AccessGroup] = field(default_factory=list)
    cards_gone: list[Credential] = field(default_factory=list)
    cards: list[NewCard] = field(default_factory=list)
    pin: str = field(default="", repr=False)
    pin_gone: Credential | None = None
    facts_changed: bool = False

    @property
    def company(self) -> Company:
        return self.person.company

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_changed(self) -> bool:
        holdings = (self.joins, self.leaves, self.cards_gone, self.cards, self.pin, self.pin_gone)
        return bool(self.facts_changed or self.new_group or self.status or any(holdings))


@dataclass
class Plan:
    """All that an import would do, and what keeps it from that."""

    roll: Roll
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    faulty_rows: set[int] = field(default_factory=set)
    faulty_cells: set[tuple[int, str]] = field(default_factory=set)
    # Groups to create, by company and plain names from the top down; those above come first.
    new_groups: dict[tuple[int, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)
    # PINs that somebody has, which count as guesses.
    pins_taken: int = 0
    namesakes: int = 0

    def fault(self, fault: Fault, column: str = "") -> None:
        """Note a fault, and at the column of which name it is."""
        if len(self.faults) >= MOST_FAULTS:
            raise too_wrong()
        self.faults.append(fault)
        if fault.row is not None:
            self.faulty_rows.add(fault.row)
            self.faulty_cells.add((fault.row, column))

    @property
    def created(self) -> Sequence[Entry]:
        return [entry for entry in self.entries if entry.is_new]

    @property
    def changed(self) -> Sequence[Entry]:
        return [entry for entry in self.entries if not entry.is_new and entry.is_changed]

    def counts(self) -> Counter[str]:
        """Return the consequences in numbers, by words of `files.wording.COUNTS`.

        What a row with a fault would do does not count.
        """
        entries = [entry for entry in self.entries if entry.row not in self.faulty_rows]
        created = sum(entry.is_new for entry in entries)
        changed = sum(entry.is_changed for entry in entries if not entry.is_new)
        counts = {
            "created": created,
            "changed": changed,
            "unchanged": len(entries) - created - changed,
            "faulty": len(self.faulty_rows),
            "moved": sum(_moves(entry) for entry in entries),
            "groups_created": len(self.new_groups),
            "joined": sum(len(entry.joins) for entry in entries),
            "left": sum(len(entry.leaves) for entry in entries),
            "cards_added": sum(len(entry.cards) for entry in entries),
            "cards_removed": sum(len(entry.cards_gone) for entry in entries),
            "pins_set": sum(bool(entry.pin) for entry in entries),
            "pins_removed": sum(entry.pin_gone is not None for entry in entries),
            "namesakes": self.namesakes,
        }
        always = {"created", "changed", "unchanged", "faulty"}
        return Counter({word: n for word, n in counts.items() if n or word in always})


def _moves(entry: Entry) -> bool:
    return entry.before is not None and entry.before.company_id != entry.company.pk
