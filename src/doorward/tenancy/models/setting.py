"""What an installer has set for itself and for all of its sites."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from doorward.tenancy.models.providers import PHONE_FORM
from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet


class BillingInformations(TenantQuerySet["BillingInformation"]):
    """The installer's own, and for whoever bills it: the level above."""

    sees = Can.VIEW_BILLING


class BillingInformation(models.Model):
    """To whom an installer is billed, as it wants it to stand there."""

    node = models.OneToOneField(Node, on_delete=models.CASCADE, related_name="billing")
    company = models.CharField(_("company or family"), max_length=128)
    attn = models.CharField(_("ATTN"), max_length=128)
    country = models.CharField(_("country"), max_length=64)
    state = models.CharField(_("state or region"), max_length=64, blank=True)
    city = models.CharField(_("city"), max_length=64)
    street = models.CharField(_("street and number"), max_length=128)
    postcode = models.CharField(_("postcode"), max_length=16, blank=True)
    phone = PhoneNumberField(_("TEL"), max_length=20, error_messages={"invalid": PHONE_FORM})
    fax = PhoneNumberField(
        _("fax"), blank=True, max_length=20, error_messages={"invalid": PHONE_FORM}
    )
    email = models.EmailField(_("e-mail"))
    tax_id = models.CharField(_("tax id"), max_length=64, blank=True)

    objects = BillingInformations.as_manager()

    def __str__(self) -> str:
        return self.company


BILLING_FIELDS = (
    *("company", "attn", "country", "state", "city", "street", "postcode"),
    *("phone", "fax", "email", "tax_id"),
)


class InstallerSettings(TenantQuerySet["InstallerSetting"]):
    sees = Can.VIEW_SETTING


class InstallerSetting(models.Model):
    """What holds at all sites of an installer; where there is no row, the defaults hold."""

    node = models.OneToOneField(Node, on_delete=models.CASCADE, related_name="setting")
    # A call that nobody answers by opening makes a line of the door log with its picture.
    visitor_call_snapshots = models.BooleanField(_("visitor call snapshots"), default=True)
    # Renewals and expirations are told to the people of single-family houses.
    house_mails = models.BooleanField(_("mail to single-family houses"), default=True)

    objects = InstallerSettings.as_manager()

    def __str__(self) -> str:
        return str(self.node)
