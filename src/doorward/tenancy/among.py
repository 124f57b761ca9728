"""The lookup `among`: a key is one of many ids, sent as one array or told by where they lie.

`IN` writes each of them into the statement, which Django, the driver and the database then read
one by one: with the nodes of a thousand sites that takes longer than finding the rows.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_BELOW = "SELECT id FROM tenancy_node WHERE path LIKE %s"


@dataclass(frozen=True)
class Branches:
    """The nodes at and below some places, told by the paths of these: too many to name each."""

    paths: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.paths)

    def statement(self) -> tuple[str, list[Any]]:
        """Return a statement that finds their ids, and its values."""
        # A path is made of digits and slashes, so nothing in it is a pattern.
        return " UNION ALL ".join([_BELOW] * len(self.paths)), [f"{path}%" for path in self.paths]


@models.ForeignKey.register_lookup
@models.BigAutoField.register_lookup
class Among(models.Lookup):  # type: ignore[type-arg]
    """What stands on the right is any collection of whole numbers, or `Branches`."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        if not self.rhs:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        if isinstance(self.rhs, Branches):
            nodes, paths = self.rhs.statement()
            return f"{column} IN ({nodes})", [*params, *paths]
        # As the text of an array, which the driver has nothing to do with.
        keys = ",".join(map(str, sorted(self.rhs)))
        return f"{column} = ANY(%s::bigint[])", [*params, f"{{{keys}}}"]
