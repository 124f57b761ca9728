"""Groups: how a company sorts its people, as a tree."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.people import trees
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet

# Levels of a company's tree, and how many groups it may have.
MAX_DEPTH = 5
MAX_PER_COMPANY = 500
MAX_FLOORS = 10


# Any: Django types a list by what it holds.
def floors_field() -> "ArrayField[Any, Any]":
    """Return a field of the floors that people may go to, as the panel in the lift calls them."""
    return ArrayField(
        models.CharField(max_length=16),
        verbose_name=_("floors"),
        size=MAX_FLOORS,
        default=list,
        blank=True,
    )


class Groups(TenantQuerySet["Group"]):
    """Whoever sees a company's people sees how they are sorted."""

    sees = Can.VIEW_PERSON

    def within(self, group: int) -> Self:
        """Return a group with everything beneath it."""
        return self.filter(ancestors__contains=[group])


class Group(models.Model):
    """A group of a company's people. `ancestors` lists the ids from the root to the group itself.

    The database holds that a parent is of the same company; actions keep the tree free of
    circles.
    """

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="groups")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="groups")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent group"),
        null=True,
        blank=True,
        on_delete=models.RESTRICT,
        related_name="children",
    )
    name = models.CharField(_("name"), max_length=128)
    floors = floors_field()
    ancestors = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    created_at = models.DateTimeField(default=clock.now)

    objects = Groups.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "company",
                "parent",
                Lower("name"),
                name="group_name_unique",
                nulls_distinct=False,
                violation_error_code="name",
                violation_error_message=_(
                    "There is already a group of this name here. Choose another."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ancestors__len__lte=MAX_DEPTH),
                name="group_depth",
                violation_error_code="parent",
                violation_error_message=_("Groups nest at most five levels deep."),
            ),
        ]
        indexes = [
            GinIndex(fields=["ancestors"], name="group_by_ancestor"),
            GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="group_by_words"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """Return the level of the tree, 1 for a group without a parent."""
        return len(self.ancestors)


def path_of(group: Group) -> str:
    """Return a group's names from the root down, as whoever is in it knows it."""
    above = Group.objects.filter(pk__in=group.ancestors)
    return trees.paths([group], dict(above.values_list("pk", "name")))[group.pk]
