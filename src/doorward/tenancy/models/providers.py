"""Who provides the service to end users and to installers, and how to reach them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.sight import M, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

PHONE_FORM = _("Enter the whole number with its country code, such as +1 212 555 0123.")


class ToldBelow(TenantQuerySet[M]):
    """Whoever lives below an installer reads what it tells of itself."""

    sees = Can.VIEW_PROVIDER
    sights = frozenset({Sight.BELOW, Sight.ABOVE, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        """Say what lies above people who only open doors: the sights of places are not theirs."""
        places = (place for place in actor.places if place.role == Role.PERSONNEL)
        above = {int(step) for place in places for step in place.path.strip("/").split("/")}
        return Q(node__in=above)


class ServiceProviders(ToldBelow["ServiceProvider"]):
    """Who provides the service."""


class CustomerServices(ToldBelow["CustomerService"]):
    """Where end users turn to."""


class ServiceProvider(models.Model):
    """What an installer told of itself; a row of nothing says that it was asked."""

    node = models.OneToOneField(Node, on_delete=models.CASCADE, related_name="provider")
    company = models.CharField(_("company"), max_length=128, blank=True)
    company_address = models.CharField(_("company address"), max_length=255, blank=True)
    mobile = PhoneNumberField(
        _("mobile number"), blank=True, max_length=20, error_messages={"invalid": PHONE_FORM}
    )
    email = models.EmailField(_("e-mail"), blank=True)
    tax_id = models.CharField(_("tax id"), max_length=64, blank=True)
    website = models.URLField(_("company website"), blank=True)

    objects = ServiceProviders.as_manager()

    def __str__(self) -> str:
        return self.company or str(self.node)

    @property
    def says_something(self) -> bool:
        return any(getattr(self, name) for name in PROVIDER_FIELDS)


PROVIDER_FIELDS = ("company", "company_address", "mobile", "email", "tax_id", "website")


class CustomerService(models.Model):
    """Where an installer's end users call and write to, and whether they may give feedback."""

    node = models.OneToOneField(Node, on_delete=models.CASCADE, related_name="customer_service")
    phone = PhoneNumberField(_("phone"), max_length=20, error_messages={"invalid": PHONE_FORM})
    email = models.EmailField(_("e-mail"))
    receives_feedback = models.BooleanField(_("receive feedback"), default=False)

    objects = CustomerServices.as_manager()

    def __str__(self) -> str:
        return str(self.node)


SERVICE_FIELDS = ("phone", "email", "receives_feedback")


class CustomerContacts(TenantQuerySet["CustomerContact"]):
    """A reseller's own, and for the installers below it."""

    sees = Can.VIEW_CONTACT
    sights = frozenset({Sight.BELOW, Sight.ABOVE})


class CustomerContact(models.Model):
    """Where the customers of a distributor or sub-distributor reach it: its installers."""

    node = models.OneToOneField(Node, on_delete=models.CASCADE, related_name="contact")
    phone = PhoneNumberField(
        _("phone"), blank=True, max_length=20, error_messages={"invalid": PHONE_FORM}
    )
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True)
    # Such as when somebody answers.
    remark = models.CharField(_("remark"), max_length=255, blank=True)

    objects = CustomerContacts.as_manager()

    def __str__(self) -> str:
        return str(self.node)

    @property
    def says_something(self) -> bool:
        return any(getattr(self, name) for name in CONTACT_FIELDS)


CONTACT_FIELDS = ("phone", "email", "website", "remark")
