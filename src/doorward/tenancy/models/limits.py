"""How much there may be: what the operator bounds for all, or for whom stands below somebody."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet

_ONE = [MinValueValidator(1)]


class LimitsQuerySet(TenantQuerySet["Limits"]):
    """The operator's alone; whoever meets one is told of it by the refusal."""

    sees = Can.CHANGE_LIMITS


class Limits(models.Model):
    """What each installer, or each site, at and below a node may have; empty bounds nothing.

    Of several at and above a node the least counts.
    """

    node = models.OneToOneField(Node, on_delete=models.CASCADE, related_name="limits")
    sites = models.PositiveIntegerField(
        _("sites of each installer"), null=True, blank=True, validators=_ONE
    )
    devices = models.PositiveIntegerField(
        _("devices of each site"), null=True, blank=True, validators=_ONE
    )
    people = models.PositiveIntegerField(
        _("people of each site"), null=True, blank=True, validators=_ONE
    )

    objects = LimitsQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.node)


# What a page or the API takes for one.
HIGHEST_LIMIT = 1_000_000
LIMIT_FIELDS = ("sites", "devices", "people")
