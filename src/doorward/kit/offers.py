"""What a picker offers: all there is; of very many what is chosen, and the rest as one types."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, Q, QuerySet
from django.forms.models import ModelChoiceIteratorValue

from doorward.kit.rows import key_of

# Beyond these a picker asks for options instead of carrying them all.
CARRIED = 300
# Answered at once: as many as a picker shows (`SHOWN` in its script).
FOUND = 60

# As the picker's script has it: what stands between two words.
_BETWEEN = re.compile(r"[\s_/,.-]+")

M = TypeVar("M", bound=Model)


# Any: Django's fields of rows know no model.
def carried(
    field: "forms.ModelChoiceField[Any]",
    rows: QuerySet[M],
    search_url: str,
    *,
    chosen: Iterable[object],
) -> list[M]:
    """Let a field take these rows, and return those that its page has to carry.

    `chosen` are rows, or keys as somebody typed them. Whoever is not carried is found at
    `search_url`, which answers with JSON: a list of `value`, `label`, and maybe `hint` and `of`.
    """
    field.queryset = rows
    found = list(rows[: CARRIED + 1])
    if len(found) <= CARRIED:
        return found
    field.widget.attrs["data-search-url"] = search_url
    keys = (key_of(str(getattr(one, "pk", one))) for one in chosen)
    return list(rows.filter(pk__in=[key for key in keys if key]))


class ManyField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some of many rows, by their names."""

    def offer(self, rows: QuerySet[M], search_url: str, *, chosen: Iterable[object]) -> None:
        """Offer these rows; of very many only the chosen ones, and the rest by search."""
        found = carried(self, rows, search_url, chosen=chosen)
        self.choices = [(ModelChoiceIteratorValue(row.pk, row), str(row)) for row in found]


def begun(words: str, *fields: str) -> Q:
    """Say which rows are found for what was typed: each word begins one of the fields' words.

    Accents count here, while the picker's script takes *koln* for *Köln* among what it has got. The
    first of the two conditions on a field is for its index.
    """
    found = Q()
    for word in filter(None, _BETWEEN.split(words)):
        begins = rf"(^|[\s_/,.-]){re.escape(word)}"
        each = (Q(**{f"{one}__icontains": word, f"{one}__iregex": begins}) for one in fields)
        found &= reduce(or_, each)
    return found
