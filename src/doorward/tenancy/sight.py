"""The one guard of reading: every tenant-owned model's queryset answers `visible_to(actor)`."""

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import F, Q

from doorward.kit.errors import Hidden
from doorward.tenancy import among  # noqa: F401 - its lookup
from doorward.tenancy.permissions import Can

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

M = TypeVar("M", bound=models.Model)
NOTHING = Q(pk__in=())
# So many places are looked at one by one: each costs a statement a search in an index.
MOST_APART = 100


def few_nodes(actor: "Actor", can: Can) -> list[int]:
    """Return the nodes at and below where an actor may this, or none where they are many."""
    nodes = frozenset() if actor.sees_all(can) else actor.nodes_below(can)
    return sorted(nodes) if isinstance(nodes, frozenset) and len(nodes) <= MOST_APART else []


class Sight(Enum):
    """How a row comes into view, seen from where an actor stands in the tree."""

    BELOW = auto()  # the row lies below the actor's node
    ABOVE = auto()  # the row is shared by a node above
    GRANTED = auto()  # the row is linked to a node the actor administers
    SELF = auto()  # the row is the actor's own


class TenantQuerySet(models.QuerySet[M]):
    """Rows with a `node`; subclasses say who sees the kind and by which sights."""

    sees: ClassVar[Can]
    sights: ClassVar[frozenset[Sight]] = frozenset({Sight.BELOW})
    # Whether rows lie at the nodes of sites themselves: then there are none below a company.
    at_sites: ClassVar[bool] = False

    def visible_to(self, actor: "Actor") -> Self:
        """Return the rows that exist for this actor."""
        if actor.sees_all(self.sees):
            return self if actor.is_system else self.in_the_tree()
        if {Sight.BELOW, Sight.ABOVE} <= self.sights:
            seen = self.in_line(actor)
        elif Sight.ABOVE in self.sights:
            seen = Q(node__among=actor.nodes_above(self.sees))
        else:
            seen = self.below(actor) if Sight.BELOW in self.sights else NOTHING
        if Sight.GRANTED in self.sights:
            seen |= self.granted(actor)
        if Sight.SELF in self.sights:
            seen |= self.own(actor)
        return self.filter(seen)

    def visible_apart(self, actor: "Actor") -> list[Self]:
        """Return the same rows in parts that have none in common, each at one place.

        Of each, the database reads the first of an order from an index, and no others; of a list
        of nodes it reads all rows and sorts them. Whoever sees many nodes gets one part.
        """
        by_node = self._is_plain and self.sights <= {Sight.BELOW, Sight.SELF}
        nodes = few_nodes(actor, self.sees) if by_node and self.own(actor) == NOTHING else ()
        return [self.filter(node=node) for node in nodes] or [self.visible_to(actor)]

    def in_the_tree(self) -> Self:
        """Leave out what belongs to nodes that were taken out of the tree: deleted sites."""
        own = (field for field in self.model._meta.fields if field.name == "node")
        # Any: the tree, whose model knows this module.
        nodes: Any = next((field.related_model for field in own), None)
        return self.exclude(node__in=nodes.uprooted().values("pk")) if nodes else self

    # Any: a site, which is known further up; its node is at hand.
    def seen_at(self, actor: "Actor", site: Any) -> Self:
        """Return the rows of a site that exist for this actor.

        Whoever sees all that lies below the site needs no list of its nodes; and without one the
        database knows how many rows to expect.
        """
        return self.filter(site=site).seen_of(actor, site)

    # Any: a site, as above.
    def seen_of(self, actor: "Actor", site: Any) -> Self:
        """Return those that exist for this actor of rows which are all of one site.

        So are rows that are looked for by something which is of it, as people are by a company.
        The rows themselves are not narrowed to the site: alone, this is no guard.
        """
        whole = Sight.BELOW in self.sights and actor.sees_below(self.sees, site.node)
        return self if whole else self.visible_to(actor)

    def seen_at_sites(self, actor: "Actor") -> Self:
        """Return the rows that exist for this actor, to be looked for by sites that do.

        Whoever sees all of each of these needs no look at where a row lies, and gets the rows of
        every other site as well: alone, this is no guard.
        """
        return self if actor.sees_sites_whole(self.sees) else self.visible_to(actor)

    def below(self, actor: "Actor") -> Q:
        # With a condition that nothing fulfils beside another, the database looks at every row.
        if self.at_sites and actor.is_of_companies(self.sees):
            return NOTHING
        return Q(node__among=actor.nodes_below(self.sees))

    def in_line(self, actor: "Actor") -> Q:
        """Say which rows lie below the actor or are shared from above.

        In one condition: with two, the database looks at every row there is.
        """
        nodes = actor.nodes_below(self.sees)
        return Q(node__among=nodes | actor.nodes_above(self.sees))

    def granted(self, actor: "Actor") -> Q:
        """Say which rows are linked to a node the actor administers; none unless overridden."""
        return NOTHING

    def own(self, actor: "Actor") -> Q:
        """Say which rows are the actor's own; none unless overridden."""
        return NOTHING

    def find(self, actor: "Actor", key: object) -> M:
        """Return one visible row by its id; raise `Hidden` for a strange id of any shape."""
        try:
            row = self._below_at(actor, key)
            return self.visible_to(actor).get(pk=key) if row is None else row
        except (ObjectDoesNotExist, ValueError, TypeError, OverflowError) as absence:
            raise Hidden from absence

    def _below_at(self, actor: "Actor", key: object) -> M | None:
        """Return a row if it lies below the actor, or None if it has to be looked for otherwise.

        Where a row lies is told with it: whoever has a thousand sites needs no list of their nodes.
        """
        if not self._is_plain or Sight.BELOW not in self.sights or actor.sees_all(self.sees):
            return None
        hangs: object = self._prefetch_related_lookups  # type: ignore[attr-defined]
        try:
            if self.query.select_for_update or hangs:
                # What is joined would be locked along; what hangs on a row would tell it is there.
                path = self.model._default_manager.values_list("node__path", flat=True).get(pk=key)
                return self.get(pk=key) if actor.sees_below_path(self.sees, path) else None
            row = self.annotate(_path=F("node__path")).get(pk=key)
        except ObjectDoesNotExist:
            # What is not there is looked for once more, as what is not in view: both cost the same.
            return None
        return row if actor.sees_below_path(self.sees, row._path) else None

    @property
    def _is_plain(self) -> bool:
        """Say whether what lies below an actor is told by the rows' own nodes alone."""
        kind = type(self)
        return kind.visible_to is TenantQuerySet.visible_to and kind.below is TenantQuerySet.below
