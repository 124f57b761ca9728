"""What the address of a list asks for; what it does not understand is named, never dropped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from doorward.kit.errors import Text
from doorward.kit.rows import key_of

PAGE_SIZES = (10, 20, 50, 100)
USUAL_SIZE = PAGE_SIZES[1]
# What every list takes beside its filters.
OWN = frozenset({"q", "sort", "page", "per_page", "columns"})
# Names of a stranger's address that are said back.
_SAID = 40


@dataclass(frozen=True)
class Fault:
    """A part of an address that means nothing here: a sentence, and the field to take out."""

    text: Text
    field: str


@dataclass
class Asked:
    """A list's address, read once; `faults` grows as the list looks at its parts."""

    query: QueryDict
    faults: list[Fault] = field(default_factory=list)
    # Rows of a page, where the address names none.
    usual_size: int = USUAL_SIZE

    @property
    def words(self) -> str:
        return words_in(self.query)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        names = OWN.union(known)
        for name in self.query:
            if name not in names:
                self._object(name, _("This list has no filter %(name)s."), name)

    def order(self, sortable: Sequence[str]) -> list[str]:
        """Return the names to sort by, "-" before those that run backwards."""
        wanted = _names(self.query.getlist("sort"))
        for name in wanted:
            if name.removeprefix("-") not in sortable:
                self._object("sort", _("This list cannot be sorted by %(name)s."), name)
        return [name for name in wanted if name.removeprefix("-") in sortable]

    def columns(self, offered: Sequence[str], usual: Sequence[str]) -> list[str]:
        """Return the columns to show, in the order of the table."""
        wanted = _names(self.query.getlist("columns"))
        for name in wanted:
            if name not in offered:
                self._object("columns", _("This list has no column %(name)s."), name)
        chosen = [name for name in offered if name in wanted]
        return chosen or list(usual)

    def per_page(self) -> int:
        size = self._number("per_page", self.usual_size)
        if size in PAGE_SIZES:
            return size
        self.faults.append(Fault(_("A page of a list has 10, 20, 50 or 100 rows."), "per_page"))
        return self.usual_size

    def page(self) -> int:
        return self._number("page", 1)

    def _number(self, name: str, usual: int) -> int:
        text = self.query.get(name, "")
        return key_of(str(text)) or 0 if text else usual

    def _object(self, field_name: str, sentence: str, name: str) -> None:
        said = name if len(name) <= _SAID else f"{name[:_SAID]}…"
        self.faults.append(Fault(sentence % {"name": f"“{said}”"}, field_name))


def words_of(request: HttpRequest) -> str:
    """Return what is searched for, without the NUL that no database takes."""
    return words_in(request.GET)


def words_in(query: QueryDict) -> str:
    return query.get("q", "").replace("\x00", "").strip()[:100]


def _names(values: Iterable[str]) -> list[str]:
    """Read names that stand in one field with commas between them, or in many."""
    return [name for value in values for name in value.split(",") if name]
