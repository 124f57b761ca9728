"""Organisations: the nodes that resell and install, as those above them keep them."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import STANDS_BELOW, Can
from doorward.tenancy.sight import NOTHING, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class OrganisationQuerySet(TenantQuerySet["Organisation"]):
    """One sees the organisations below one's own, and not one's own."""

    sees = Can.VIEW_ORGANISATION

    def below(self, actor: "Actor") -> Q:
        seen = NOTHING
        for place in actor.places:
            if place.may(self.sees):
                seen |= Q(path__startswith=place.path) & ~Q(pk=place.node)
        return seen


class Organisations(models.Manager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> OrganisationQuerySet:
        rows: OrganisationQuerySet = super().get_queryset()
        return rows.filter(kind__in=STANDS_BELOW, deleted_at=None)


class Organisation(Node):
    """A distributor, sub-distributor or installer: the same row of the tree."""

    objects: ClassVar[Organisations] = Organisations()

    class Meta:
        proxy = True
