"""The lookup `among`: a key is one of many ids, sent as one array.

`IN` writes each of them into the statement, which Django, the driver and the database then read
one by one: with the nodes of a thousand sites that takes longer than finding the rows.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler


@models.ForeignKey.register_lookup
@models.BigAutoField.register_lookup
class Among(models.Lookup):  # type: ignore[type-arg]
    """What stands on the right is any collection of whole numbers."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        if not self.rhs:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*params, sorted(self.rhs)]
