"""Counting, for each row of a list, what belongs to it."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


# Any: rows of every kind are counted.
def counted(rows: QuerySet[Any], by: str, of: str = "pk") -> Coalesce:
    """Return how many of these rows name in `by` what the row around them has in `of`.

    A subquery of its own: joins would multiply each other's rows.
    """
    own = rows.filter(**{by: OuterRef(of)}).order_by().values(by)
    counts = own.annotate(n=Count("*")).values("n")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)
