"""Credentials, access groups with their weekly windows, and the schedule slots on devices."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from doorward.access import cards, pins
from doorward.access.windows import FIRST_YEAR, LAST_YEAR
from doorward.devices.models import Device, Door
from doorward.kit import clock
from doorward.kit.fields import SealedField
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


# What makes a segment the same on every device: all of it.
SEGMENT_FIELDS = ("days", "start", "end", "first_day", "last_day")
YEARS = (date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31))
CARD_TAKEN = _("This card is already held by someone at this site. Take it from them first.")


class Credentials(TenantQuerySet["Credential"]):
    """Whoever sees a person sees what the person holds, never a whole number."""

    sees = Can.VIEW_PERSON
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        return Q(person__account=actor.account) if actor.is_personnel else NOTHING

    def cards(self) -> Self:
        return self.filter(kind=Credential.Kind.CARD)

    def pins(self) -> Self:
        return self.filter(kind=Credential.Kind.PIN)


class Credential(models.Model):
    """A card or a PIN. What it is is sealed and found by keyed hash.

    Of a card the last four digits are shown, of a PIN nothing; `format` is how the card's number
    was written when it was given. `node` is the holder's: the database lets it follow them to
    another company, in the same statement.
    """

    class Kind(models.TextChoices):
        CARD = "card", _("Card")
        PIN = "pin", _("PIN")

    class Format(models.TextChoices):
        HEX = cards.Format.HEX.value, _("Hexadecimal (8HN)")
        HEX_REVERSED = cards.Format.HEX_REVERSED.value, _("Hexadecimal, reversed (8HR)")
        DECIMAL = cards.Format.DECIMAL.value, _("Decimal, ten digits (8H10D)")
        DECIMAL_REVERSED = (
            cards.Format.DECIMAL_REVERSED.value,
            _("Decimal, ten digits, reversed (8HR10D)"),
        )
        DECIMAL_SHORT = cards.Format.DECIMAL_SHORT.value, _("Decimal, eight digits (6H8D)")
        WIEGAND = (
            cards.Format.WIEGAND.value,
            _("Facility code and number, Wiegand 26 (6H3D5D)"),
        )

    # Node and site are indexed below together with the order of a list.
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="credentials", db_index=False
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="credentials"
    )
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CARD)
    secret = SealedField()
    match = models.BinaryField(max_length=32)
    tail = models.CharField(max_length=4, blank=True)
    format = models.CharField(_("format"), max_length=8, choices=Format, blank=True)
    label = models.CharField(_("label"), max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = Credentials.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "match"],
                condition=Q(kind="card"),
                name="card_unique_in_site",
                violation_error_code="number",
                violation_error_message=CARD_TAKEN,
            ),
            models.UniqueConstraint(
                fields=["site", "match"],
                condition=Q(kind="pin"),
                name="pin_unique_in_site",
                violation_error_code="pin",
                violation_error_message=_(pins.UNUSABLE),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind="pin"),
                name="pin_one_a_person",
                violation_error_code="pin",
                violation_error_message=_("A person has one PIN. Replace it instead."),
            ),
        ]
        indexes = [
            models.Index(fields=["node", "id"], name="credential_by_node"),
            # Who of a site holds what is told by the index alone.
            models.Index(
                fields=["site", "id"], include=["person", "kind"], name="credential_by_site"
            ),
            # Whoever searches for a card does not say at which site.
            *(
                models.Index(fields=[name], condition=Q(kind="card"), name=f"card_by_{name}")
                for name in ("match", "tail")
            ),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display()
        return f"{kind} ••••{self.tail}" if self.kind == self.Kind.CARD else str(kind)


class AccessGroups(TenantQuerySet["AccessGroup"]):
    """A company's administrator sees the groups of the site above and those of the company."""

    sees = Can.VIEW_ACCESS
    sights = frozenset({Sight.BELOW, Sight.ABOVE})


class AccessGroup(models.Model):
    """Who may open which doors when: people × doors × windows.

    `people` and `people_groups` are named in it; who that makes is told by `Member`. `node` is the
    site's, or the company's where the group is a `company`'s own. It counts from `first_day` to
    `last_day` of the site's calendar, both of them included; None is no limit.
    """

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="access_groups")
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.PROTECT, related_name="access_groups"
    )
    name = models.CharField(_("name"), max_length=64)
    doors = models.ManyToManyField(
        Door, verbose_name=_("doors"), blank=True, related_name="accessgroups"
    )
    people = models.ManyToManyField(
        Person, verbose_name=_("people"), blank=True, related_name="accessgroups"
    )
    people_groups = models.ManyToManyField(
        Group, verbose_name=_("groups of people"), blank=True, related_name="accessgroups"
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = AccessGroups.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="access_group_name_unique",
                violation_error_code="name",
                violation_error_message=_(
                    "This site already has an access group of this name. Choose another."
                ),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__range": YEARS}) | Q(**{name: None}),
                    name=f"access_group_{name}_in_bounds",
                    violation_error_code=name,
                    violation_error_message=_("Choose a date from 2000 to 2099."),
                )
                for name in ("first_day", "last_day")
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")) | Q(first_day=None) | Q(last_day=None),
                name="access_group_days_forward",
                violation_error_code="last_day",
                violation_error_message=_("Choose a last day that is not before the first."),
            ),
        ]
        indexes = [GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="access_group_by_words")]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """Who is in an access group: a view, the one place that says so. It is only read.

    In it is who is named, and who is in a group of people that is named or lies below one. Ask
    for access groups or people by values that the query knows at once, never by a join alone: the
    view is then searched by its tables' indexes instead of being built in whole.
    """

    pk = models.CompositePrimaryKey("accessgroup_id", "person_id")
    accessgroup = models.ForeignKey(
        AccessGroup, on_delete=models.DO_NOTHING, related_name="members"
    )
    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, related_name="memberships")

    class Meta:
        managed = False
        db_table = "access_member"

    def __str__(self) -> str:
        return f"{self.person_id} in {self.accessgroup_id}"


class AccessWindow(models.Model):
    """A window of a group, in the site's wall time: on `days` of each week, or once.

    `days` has bit 0 for Monday; minutes since midnight; an end not after the start lies on the
    next day. What opens once has no days, begins on `first_day` and ends on `last_day`.
    """

    group = models.ForeignKey(AccessGroup, on_delete=models.CASCADE, related_name="windows")
    days = models.PositiveSmallIntegerField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    days__range=(1, 127),
                    start__range=(0, 1439),
                    end__range=(0, 1440),
                    first_day=None,
                    last_day=None,
                )
                | Q(
                    days=0,
                    start__range=(0, 1439),
                    end__range=(0, 1439),
                    first_day__isnull=False,
                    last_day__isnull=False,
                )
                & (Q(first_day__lt=F("last_day")) | Q(first_day=F("last_day"), start__lt=F("end"))),
                name="access_window_in_week",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days:07b} {self.start}-{self.end}"


class AccessSegment(models.Model):
    """A group's windows as devices understand them: within one day, written by actions.

    Derived from the windows by `access.segments.normalise`; kept as rows so that SQL can join
    them. The ends of the calendar are no limit. What is over goes.
    """

    group = models.ForeignKey(AccessGroup, on_delete=models.CASCADE, related_name="segments")
    days = models.PositiveSmallIntegerField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    first_day = models.DateField(default=date.min)
    last_day = models.DateField(default=date.max)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", *SEGMENT_FIELDS], name="access_segment_unique"
            ),
        ]
        indexes = [models.Index(fields=["last_day"], name="access_segment_by_end")]

    def __str__(self) -> str:
        return f"{self.days:07b} {self.start}-{self.end}"


class ScheduleSlot(models.Model):
    """A place for one segment on one device; it keeps its number as long as it is used."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()
    start = models.PositiveSmallIntegerField()
    end = models.PositiveSmallIntegerField()
    first_day = models.DateField(default=date.min)
    last_day = models.DateField(default=date.max)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "number"], name="slot_number_unique"),
            models.UniqueConstraint(
                fields=["device", *SEGMENT_FIELDS], name="slot_identity_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"slot {self.number} of {self.device_id}"
