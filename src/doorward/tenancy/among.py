"""The lookup `among`: a key is one of many ids, sent as one array or told by where they lie.

`IN` writes each of them into the statement, which Django, the driver and the database then read
one by one: with the nodes of a thousand sites that takes longer than finding the rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

_NODES = "SELECT id FROM tenancy_node WHERE {}"


@dataclass(frozen=True)
class Branches:
    """The nodes at and below some places, told by the paths of these: too many to name each.

    Nodes with a key in `also` are among them, wherever they lie.
    """

    paths: tuple[str, ...]
    also: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.paths)

    def __or__(self, keys: frozenset[int]) -> "Branches":
        return replace(self, also=self.also | keys)

    def statement(self) -> tuple[str, list[Any]]:
        """Return a statement that finds their ids, and its values.

        It is one look at the tree: the database may as well ask of each row where its node lies,
        which it does where the first of many rows are wanted.
        """
        # A path is made of digits and slashes, so nothing in it is a pattern.
        places = ["path LIKE %s"] * len(self.paths)
        values: list[Any] = [f"{path}%" for path in self.paths]
        if self.also:
            places.append("id = ANY(%s::bigint[])")
            values.append(_array(self.also))
        return _NODES.format(" OR ".join(places)), values


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
        return f"{column} = ANY(%s::bigint[])", [*params, _array(self.rhs)]


def _array(keys: Iterable[int]) -> str:
    """Return keys as the text of an array, which the driver has nothing to do with."""
    return f"{{{','.join(map(str, sorted(keys)))}}}"
