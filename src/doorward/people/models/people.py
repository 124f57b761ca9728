"""People: personnel of a company."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, GeneratedField, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from doorward.kit import clock
from doorward.people.models.groups import Group, floors_field
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Account, Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


# Beyond these some zone or database cannot tell the moment.
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)

PERSONNEL_ID = r"^[A-Za-z0-9_-]{1,32}\Z"
ID_FORM = _("Use 1 to 32 letters, digits, dashes or underscores, such as 10442.")


ID_TAKEN = _("This personnel ID is taken at this site. Choose another.")
NUMBER_FORM = _("Write the whole number with its country, such as +49 30 901820.")
BEYOND = _("Choose a date between 1970 and 9000.")
BACKWARDS = _("The validity must end after it begins.")


class State(models.TextChoices):
    """How a person stands at a moment; only being suspended is anybody's deed."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")
    NOT_STARTED = "not_started", _("Not started yet")


class People(TenantQuerySet["Person"]):
    sees = Can.VIEW_PERSON
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        # Whoever is not personnel is nobody here; the database need not look for them.
        return Q(account=actor.account) if actor.is_personnel else NOTHING

    def in_state(self, state: State, at: datetime) -> Self:
        """Return those who stand so at a moment; says in SQL what `Person.state` says of one."""
        active = Q(status=Person.Status.ACTIVE)
        ended, ahead = Q(valid_until__lte=at), Q(valid_from__gt=at)
        endless, begun = Q(valid_until=None), Q(valid_from=None)
        kept = {
            State.SUSPENDED: Q(status=Person.Status.SUSPENDED),
            State.EXPIRED: active & ended,
            State.NOT_STARTED: active & ahead,
            State.ACTIVE: active & (endless | ~ended) & (begun | ~ahead),
        }
        return self.filter(kept[state])

    def of_group(self, group: int) -> Self:
        """Return the people of a group and of all groups beneath it."""
        return self.filter(group__in=Group.objects.within(group))


def languages() -> list[tuple[str, str]]:
    """Return the languages in which mail can be written."""
    return list(settings.LANGUAGES)


class Person(models.Model):
    """Someone of a company. Validity is half open; an empty end never ends.

    The database holds that the group is one of the company, and keeps `sought`: what people are
    found by, in lower case, each word after a space.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")

    # Node and site are indexed below together with the order of a list.
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="people", db_index=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="people", db_index=False)
    company = models.ForeignKey(
        Company, verbose_name=_("company"), on_delete=models.PROTECT, related_name="people"
    )
    group = models.ForeignKey(
        Group,
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        # Indexed below together with who they are.
        db_index=False,
    )
    account = models.OneToOneField(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="person"
    )
    first_name = models.CharField(_("first name"), max_length=64)
    last_name = models.CharField(_("last name"), max_length=64)
    personnel_id = models.CharField(
        _("personnel ID"),
        max_length=32,
        validators=[RegexValidator(PERSONNEL_ID, ID_FORM)],
    )
    email = models.EmailField(_("e-mail"), blank=True)
    mobile = PhoneNumberField(
        _("mobile"), blank=True, max_length=20, error_messages={"invalid": NUMBER_FORM}
    )
    landline = PhoneNumberField(
        _("landline"), blank=True, max_length=20, error_messages={"invalid": NUMBER_FORM}
    )
    language = models.CharField(_("language"), max_length=10, default="en", choices=languages)
    floors = floors_field()
    remark = models.CharField(_("remark"), max_length=255, blank=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.ACTIVE)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    sought = GeneratedField(
        expression=Lower(
            Concat(
                *(
                    part
                    for name in ("first_name", "last_name", "personnel_id", "email", "mobile")
                    for part in (Value(" "), F(name))
                ),
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = People.as_manager()

    class Meta:
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__gte": EARLIEST, f"{name}__lt": LATEST})
                    | Q(**{name: None}),
                    name=f"person_{name}_in_bounds",
                    violation_error_code=name,
                    violation_error_message=BEYOND,
                )
                for name in ("valid_from", "valid_until")
            ),
            models.CheckConstraint(
                condition=Q(valid_from__lt=F("valid_until"))
                | Q(valid_from=None)
                | Q(valid_until=None),
                name="person_validity_forward",
                violation_error_code="valid_until",
                violation_error_message=BACKWARDS,
            ),
            models.UniqueConstraint(
                F("site"),
                Lower("personnel_id"),
                name="person_personnel_id_unique",
                violation_error_code="personnel_id",
                violation_error_message=ID_TAKEN,
            ),
        ]
        indexes = [
            # As a list asks for pages of people, who are told apart by their ids at last.
            # Who of them is in an access group is told by the index alone as well.
            models.Index(
                fields=["site", "last_name", "first_name", "id"],
                include=["group"],
                name="person_by_name",
            ),
            models.Index(fields=["node", "id"], name="person_by_node"),
            models.Index(fields=["site", "id"], name="person_by_site"),
            # Who is in an access group by a group of people is counted by this alone.
            models.Index(fields=["group", "id"], name="person_by_group"),
            # For a list of all sites, indexes of those alone who stand so, or who ever will.
            models.Index(fields=["id"], condition=Q(status="suspended"), name="person_suspended"),
            *(
                models.Index(
                    fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"person_{name}"
                )
                for name in ("valid_from", "valid_until")
            ),
            GinIndex(OpClass("sought", "gin_trgm_ops"), name="person_by_words"),
            GinIndex(
                OpClass("landline", "gin_trgm_ops"),
                condition=~Q(landline=""),
                name="person_by_landline",
            ),
        ]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def state(self, at: datetime) -> State:
        """Say how the person stands at a moment."""
        if self.status == self.Status.SUSPENDED:
            return State.SUSPENDED
        if self.valid_until is not None and self.valid_until <= at:
            return State.EXPIRED
        if self.valid_from is not None and at < self.valid_from:
            return State.NOT_STARTED
        return State.ACTIVE


class PersonnelCounter(models.Model):
    """The last number that a site gave to somebody whose personnel ID was left empty."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.last} at {self.site_id}"
