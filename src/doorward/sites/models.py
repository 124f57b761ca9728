"""Sites and companies."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.kit.errors import Hidden
from doorward.protocols import neutral
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

# How many digits a site may ask for in a PIN at least.
PIN_LENGTHS = (4, 8)
USUAL_PIN = 6
# So long a deleted site can be brought back; then it goes for good.
KEPT = timedelta(days=30)


class Sites(TenantQuerySet["Site"]):
    """A company's administrator sees the site above as well as what lies below."""

    sees = Can.VIEW_SITE
    sights = frozenset({Sight.BELOW, Sight.ABOVE})

    def deleted_below(self, actor: "Actor") -> Self:
        """Return the deleted sites that the actor may bring back; nobody sees these otherwise."""
        deleted = self.exclude(deleted_at=None).exclude(deleted_at__lte=clock.now() - KEPT)
        return deleted.filter(installer__among=actor.nodes_below(Can.CREATE_SITE))

    def find_deleted(self, actor: "Actor", key: int | str) -> "Site":
        """Return one of them by its id; raise `Hidden` for a strange id of any shape."""
        try:
            return self.deleted_below(actor).select_related("node", "installer").get(pk=key)
        except (ObjectDoesNotExist, ValueError, TypeError, OverflowError) as absence:
            raise Hidden from absence

    def around(self, node: Node) -> "Site | None":
        """Return the site that a node is or lies in; whoever asks knows of the node."""
        return self.filter(node__in=node.path.strip("/").split("/")).first()

    def over(self, at: datetime) -> Self:
        """Return the deleted sites that nobody can bring back any more."""
        return self.filter(deleted_at__lte=at - KEPT)


class Site(models.Model):
    """A building or a group of buildings with one address, one zone and one set of formats."""

    class Kind(models.TextChoices):
        OFFICE = "office", _("Office")

    class TimeFormat(models.TextChoices):
        H24 = "24", _("24-hour time")
        H12 = "12", _("12-hour time")

    class DateFormat(models.TextChoices):
        YMD = neutral.DateFormat.YMD.value, _("Year-Month-Day")
        MDY = neutral.DateFormat.MDY.value, _("Month-Day-Year")
        DMY = neutral.DateFormat.DMY.value, _("Day-Month-Year")

    class ContactOrder(models.TextChoices):
        FIRST_LAST = "first_last", _("First name, last name")
        LAST_FIRST = "last_first", _("Last name, first name")

    class PayByManager(models.TextChoices):
        NONE = "none", _("No permission")
        ALLOWED = "allowed", _("Stripe, PayPal or coupon")

    class AttendancePlan(models.TextChoices):
        SMALL = "small", _("0–200 personnel")
        LARGE = "large", _("201 personnel and above")

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="site")
    installer = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="sites")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.OFFICE)
    name = models.CharField(_("name"), max_length=128)
    country = models.CharField(_("country"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=64, blank=True)
    city = models.CharField(_("city"), max_length=64, blank=True)
    street = models.CharField(_("street"), max_length=128, blank=True)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    zone = models.CharField(_("time zone"), max_length=64)
    time_format = models.CharField(
        _("time format"), max_length=2, choices=TimeFormat, default=TimeFormat.H24
    )
    date_format = models.CharField(
        _("date format"), max_length=3, choices=DateFormat, default=DateFormat.YMD
    )
    contact_order = models.CharField(
        _("contact display order"),
        max_length=10,
        choices=ContactOrder,
        default=ContactOrder.FIRST_LAST,
    )
    pin_length = models.PositiveSmallIntegerField(_("shortest PIN"), default=USUAL_PIN)
    # Of these five the effect comes with calls, payments and attendance.
    landline_service = models.BooleanField(_("landline service"), default=False)
    pay_by_manager = models.CharField(
        _("pay by property manager"),
        max_length=7,
        choices=PayByManager,
        default=PayByManager.NONE,
    )
    send_expiration_email = models.BooleanField(_("send expiration e-mail"), default=True)
    send_renew_email = models.BooleanField(_("send renewal e-mail"), default=True)
    attendance_plan = models.CharField(
        _("attendance plan"),
        max_length=5,
        choices=AttendancePlan,
        default=AttendancePlan.SMALL,
    )
    created_at = models.DateTimeField(default=clock.now)
    # Its node is out of the tree meanwhile, and so out of everybody's sight.
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.CharField(max_length=150, blank=True)

    objects = Sites.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pin_length__range=PIN_LENGTHS),
                name="site_pin_length_in_bounds",
                violation_error_code="pin_length",
                violation_error_message=_("Choose a length from 4 to 8 digits."),
            ),
            models.UniqueConstraint(
                fields=["installer", "name"],
                condition=models.Q(deleted_at=None),
                name="site_name_unique",
                violation_error_code="name",
                violation_error_message=_("You already have a site of this name. Choose another."),
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="site_by_name"),
            *(
                GinIndex(OpClass(Upper(name), "gin_trgm_ops"), name=f"site_by_{name}_words")
                for name in ("name", "city", "street")
            ),
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="site_deleted",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def goes_at(self) -> datetime | None:
        """Return when a deleted site goes for good."""
        return self.deleted_at and self.deleted_at + KEPT


class Companies(TenantQuerySet["Company"]):
    sees = Can.VIEW_COMPANY


class Company(models.Model):
    """An organisation that rents space at a site."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="company")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="companies")
    name = models.CharField(_("name"), max_length=128)
    created_at = models.DateTimeField(default=clock.now)

    objects = Companies.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="company_name_unique",
                violation_error_code="name",
                violation_error_message=_(
                    "This site already has a company of this name. Choose another."
                ),
            ),
        ]
        indexes = [GinIndex(OpClass(Upper("name"), "gin_trgm_ops"), name="company_by_words")]
        verbose_name_plural = "companies"

    def __str__(self) -> str:
        return self.name
