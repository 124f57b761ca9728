"""Counting, for each row of a list, what belongs to it; never further than is told."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.utils.formats import number_format
from django.utils.translation import gettext as _

# Beyond this nothing is counted: an exact count of a million rows costs more than it tells.
MOST = 10_000
# So many of what may be thousands are named in a sentence; the others are counted.
NAMED = 3


class _Count(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS own)"
    output_field = IntegerField()


# Any: rows of every kind are counted.
def counted(rows: QuerySet[Any], by: str, of: str = "pk") -> Subquery:
    """Return how many of these rows name in `by` what the row around them has in `of`.

    A subquery of its own: joins would multiply each other's rows.
    """
    own = rows.filter(**{by: OuterRef(of)}).order_by().values("pk")
    return _Count(own[: MOST + 1])


def count_up_to(rows: QuerySet[Any]) -> int:
    """Count rows up to one more than is told."""
    # Without what rows are only annotated with: the database would work that out for each.
    return rows.order_by().values("pk")[: MOST + 1].count()


def number_words(number: int) -> str:
    """Write a number with its thousands apart, as the reader's language does."""
    return number_format(number, force_grouping=True)


def count_words(counted: int, most: int = MOST) -> str:
    return f"{number_words(most)}+" if counted > most else number_words(counted)


def first_of(names: Iterable[str], count: int) -> str:
    """Name the first `NAMED` of many, and say how many more of `count` there are."""
    told = list(islice(names, NAMED))
    listed, more = ", ".join(told), count - len(told)
    if more <= 0:
        return listed
    return _("%(names)s and %(count)d more") % {"names": listed, "count": more}
