"""People: personnel of a company."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Account, Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


# Beyond these some zone or database cannot tell the moment.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)


class People(TenantQuerySet["Person"]):
    sees = Can.VIEW_PERSON
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        return Q(account=actor.account)


class Person(models.Model):
    """Someone of a company. Validity is half open; an empty end never ends."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="people")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="people")
    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.PROTECT, related_name="people"
    )
    account = models.OneToOneField(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    first_name = models.CharField(_("first name"), max_length=64)
    last_name = models.CharField(_("last name"), max_length=64)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = People.as_manager()

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": EARLIEST, f"{name}__lt": LATEST})
                    | Q(**{name: None}),
                    name=f"person_{name}_in_bounds",
                    violation_error_code=name,
                    violation_error_message=_("Choose a date between 1970 and 9000."),
                )
                for name in ("valid_from", "valid_until")
            ),
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_until"))
                | Q(valid_from=None)
                | Q(valid_until=None),
                name="person_validity_forward",
                violation_error_code="valid_until",
                violation_error_message=_("The validity must end after it begins."),
            ),
        ]
        indexes = [
            models.Index(fields=["site", "last_name", "first_name"], name="person_by_name"),
        ]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
