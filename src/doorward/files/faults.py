"""What was wrong in what long work was given: where, why, and what mends it."""

from dataclasses import asdict, dataclass

# Faults that are kept of one work; more are counted.
MOST = 1_000


@dataclass(frozen=True)
class Fault:
    """One fault. `row` is the number that the sheet itself gives the row."""

    words: str
    mend: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    @classmethod
    def of(cls, told: dict[str, object]) -> "Fault":
        """Read a fault as a work's row has it."""
        row = told["row"]
        return cls(
            words=str(told["words"]),
            mend=str(told["mend"]),
            sheet=str(told["sheet"]),
            row=int(str(row)) if row else None,
            column=str(told["column"]),
        )

    def plain(self) -> dict[str, object]:
        return asdict(self)

    def has(self, words: str) -> bool:
        """Say whether a search finds it."""
        told = f"{self.words} {self.mend} {self.sheet} {self.row or ''} {self.column}"
        return words.casefold() in told.casefold()
