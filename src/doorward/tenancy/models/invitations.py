"""Invitations: roles that wait for whoever reads a mail."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from doorward.kit import clock
from doorward.tenancy.models.accounts import administered
from doorward.tenancy.models.providers import PHONE_FORM
from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can, Grant, Role
from doorward.tenancy.sight import TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class Invitations(TenantQuerySet["Invitation"]):
    """One sees the invitations to roles that one administers."""

    sees = Can.VIEW_ACCOUNT

    def below(self, actor: "Actor") -> Q:
        return administered(actor) & ~Q(node__in=Node.uprooted().values("pk"))


class Invitation(models.Model):
    """A role at a node for whoever reads the mail of an address, with an account or without.

    Whether there is an account of this address is found out when the invitation is accepted, by
    its owner alone. It is gone once it is accepted.
    """

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    name = models.CharField(_("name"), max_length=128)
    # Apart where they were told apart, as accounts have them.
    first_name = models.CharField(_("first name"), max_length=60, blank=True)
    last_name = models.CharField(_("last name"), max_length=60, blank=True)
    # What is proposed; whoever accepts may choose another.
    username = models.CharField(_("user name"), max_length=64, blank=True)
    phone = PhoneNumberField(
        _("phone"), blank=True, max_length=20, error_messages={"invalid": PHONE_FORM}
    )
    # In lower case, as accounts have it.
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, default="en")
    second_factor_required = models.BooleanField(_("second factor required"), default=False)
    remind_monthly = models.BooleanField(_("monthly password reminder"), default=False)
    grants = ArrayField(models.CharField(max_length=16, choices=Grant), default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    objects = Invitations.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "node",
                "role",
                Lower("email"),
                name="invitation_once",
                violation_error_code="email",
                violation_error_message=_(
                    "This address is invited already. Send the invitation again, or withdraw it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= clock.now()
