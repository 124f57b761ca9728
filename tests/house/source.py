"""The house's own source, as its rules are checked on it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HOUSE = Path(__file__).parents[2] / "src" / "doorward"
# Lowest first, as in ARCHITECTURE.md: nothing refers to a room that stands after its own.
ROOMS = (
    *("kit", "tenancy", "files", "sites", "people", "devices", "activity", "access"),
    *("helpdesk", "notices", "portal"),
)


@dataclass(frozen=True)
class Module:
    file: Path

    @property
    def name(self) -> str:
        return self.file.relative_to(HOUSE).as_posix()

    @property
    def room(self) -> str:
        return self.name.split("/")[0]

    @cached_property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def is_in(self, *furniture: str) -> bool:
        """Say whether this is such a piece, as a module or within a package of that name."""
        parts = Path(self.name).with_suffix("").parts
        return any(piece in parts[1:] for piece in furniture)


def modules() -> Iterator[Module]:
    for file in sorted(HOUSE.rglob("*.py")):
        if "migrations" not in file.parts:
            yield Module(file)


def templates() -> Iterator[Module]:
    for file in sorted(HOUSE.rglob("*.html")):
        if "templates" in file.parts:
            yield Module(file)
