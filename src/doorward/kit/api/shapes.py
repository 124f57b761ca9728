"""The types of what goes in and comes out of the API."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Annotated, Any, ClassVar

from django.utils.translation import gettext as _
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from doorward.kit.errors import Hidden

MAX_ID = 2**63 - 1
_DIGITS = re.compile(r"[1-9][0-9]{0,18}")
_ID_TEXT = {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
# RFC 3339, section 5.6: a numeric timestamp or a bare date is not taken for a moment.
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class In(BaseModel):
    """A body; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid")

    # Any: a form takes each field's own type.
    def given(self, *but: str) -> dict[str, Any]:
        """Return what was given, as it is; fields in `but` are for the caller."""
        names = self.model_fields_set - set(but)
        return {name: getattr(self, name) for name in names}


class Out(BaseModel):
    """An answer. Ids are strings of digits, moments are in UTC.

    `secrets` are fields that are told once: a repeated answer lacks them. `moving` are fields that
    change without anybody's deed, and `concealed` is what counts for the version but is not told.
    """

    secrets: ClassVar[frozenset[str]] = frozenset()
    moving: ClassVar[frozenset[str]] = frozenset()

    _concealed: str = PrivateAttr(default="")

    @property
    def concealed(self) -> str:
        return self._concealed


# Any: stands as the default of a field of any type that a PATCH may leave out but not empty.
OMITTED: Any = Field(default=None)


def _without_nul(text: str) -> str:
    if "\x00" in text:
        # PostgreSQL takes no NUL in a text.
        raise PydanticCustomError("text_nul", _("Leave out the NUL character."))
    return text


def _read_id(value: object) -> int:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if type(value) is not int or not 0 < value <= MAX_ID:
        raise PydanticCustomError("id_form", _('Give an id as it was told, such as "42".'))
    return value


def _read_path(text: str) -> str:
    """Pass on what can be an id; raise `Hidden` for the rest, which names nothing."""
    if not _DIGITS.fullmatch(text):
        raise Hidden
    return text


def _read_moment(value: object) -> object:
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        value = None
    if not isinstance(value, str | datetime):
        raise PydanticCustomError(
            "moment_form", _("Write a time with its zone, such as 2026-03-01T08:00:00Z.")
        )
    return value


def _read_day(value: object) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("day_form", _("Write a day such as 2026-12-24."))


def _within_calendar(moment: datetime) -> datetime:
    # The years at the calendar's edges fall off it in some zones.
    if not 1970 <= moment.year < 9999:
        raise PydanticCustomError("moment_range", _("Choose a time from 1970 to 9998."))
    return moment.astimezone(UTC)


Secret = Annotated[str, AfterValidator(_without_nul)]
Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_without_nul)]
Whole = Annotated[int, Strict()]
Moment = Annotated[AwareDatetime, BeforeValidator(_read_moment), AfterValidator(_within_calendar)]
Day = Annotated[date, BeforeValidator(_read_day)]
Id = Annotated[
    int,
    BeforeValidator(_read_id),
    WithJsonSchema(
        {
            "anyOf": [
                _ID_TEXT,
                {"type": "integer", "minimum": 1, "maximum": MAX_ID},
            ]
        }
    ),
]
PathId = Annotated[str, BeforeValidator(_read_path), WithJsonSchema(_ID_TEXT)]


@dataclass(frozen=True)
class OneOf:
    """A text that is one of an enum's values; they stand in the document where it is used."""

    values: type[Enum]

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        return core_schema.literal_schema([member.value for member in self.values])


class Sentence(Out):
    """A code for programs with a sentence for people."""

    code: str
    sentence: str


def sentence_of(choice: Enum | str, label: object) -> Sentence | None:
    """Return a code with its sentence, or None where there is no code."""
    return Sentence(code=str(choice), sentence=str(label)) if choice else None


class DoneOut(Out):
    """How many things a deed on many was done to; what was so already does not count."""

    count: int
