"""Accounts, where they stand, and their API tokens."""

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower, Trim, Upper
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from doorward.kit import clock
from doorward.tenancy.models.providers import PHONE_FORM
from doorward.tenancy.models.tree import OUT, Node
from doorward.tenancy.permissions import Can, Grant, Role
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet, few_nodes

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

# How often whoever is to be reminded is asked for a new password.
PASSWORD_AGE = timedelta(days=30)


def administered(actor: "Actor") -> Q:
    """Say which rows with a node and a role are of roles that the actor administers there."""
    held = NOTHING
    for place in actor.places:
        # Whoever worked at a deleted site is still somebody's to look after.
        there = Q(node__path__startswith=place.path)
        there |= Q(node__path__startswith=f"{OUT}{place.path}")
        held |= there & Q(role__in=place.administers)
    return held


class AccountQuerySet(TenantQuerySet["Account"]):
    """One sees oneself, and the accounts one administers."""

    sees = Can.VIEW_ACCOUNT
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def visible_to(self, actor: "Actor") -> Self:
        """Return the accounts that exist for this actor.

        Of somebody who looks after few nodes, their keys are put together in one question: beside
        an OR, the database would look at every account of the house.
        """
        if not few_nodes(actor, self.sees):
            return super().visible_to(actor)
        held = Standing.objects.filter(administered(actor)).values("account")
        own = Account.objects.filter(pk=actor.myself.pk if actor.myself else None).values("pk")
        return self.filter(pk__in=held.union(own, all=True))

    def below(self, actor: "Actor") -> Q:
        return Q(pk__in=Standing.objects.filter(administered(actor)).values("account"))

    def own(self, actor: "Actor") -> Q:
        return Q(pk=actor.myself.pk if actor.myself else None)

    def asked_to_agree(self, version: int) -> "list[AccountQuerySet]":
        """Return whom a privacy policy of this version still waits for, in parts.

        Those that never agreed to any, and those that agreed to an older one: an index has each.
        """
        active = self.filter(is_active=True)
        return [active.filter(agreed_version=None), active.filter(agreed_version__lt=version)]

    def named(self, typed: str) -> "AccountQuerySet":
        """Return whom somebody means who types a user name or an e-mail address."""
        return self.filter(Q(username__iexact=typed) | Q(email=typed.lower()))


class Accounts(BaseUserManager.from_queryset(AccountQuerySet)):  # type: ignore[misc]
    use_in_migrations = True


class Step(models.TextChoices):
    """What an account has to do before it goes on, in this order."""

    POLICY = "policy", _("privacy policy")
    PROVIDER = "provider", _("service provider information")
    EMAIL = "email", _("e-mail address")


# What a list of accounts can be narrowed by.
_NARROWED = ("is_active", "second_factor_required")


class Account(AbstractBaseUser):
    """Someone who signs in; what they may do hangs on their standings alone."""

    username = models.CharField(_("user name"), max_length=64, unique=True)
    # In lower case, as it is looked for.
    email = models.EmailField(_("e-mail"), blank=True)
    # Since when we know that its mail arrives; before that no password is reset through it.
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(_("name"), max_length=128, blank=True)
    # Apart where they were told apart: then the name is made of them.
    first_name = models.CharField(_("first name"), max_length=60, blank=True)
    last_name = models.CharField(_("last name"), max_length=60, blank=True)
    phone = PhoneNumberField(
        _("phone"), blank=True, max_length=20, error_messages={"invalid": PHONE_FORM}
    )
    # What the level above wants the address to be, until somebody who reads its mail confirms it.
    email_wanted = models.EmailField(_("new e-mail"), blank=True)
    # What its owner wants it to be, until they open the link that was sent there, and when it was.
    email_asked = models.EmailField(blank=True, default="", db_default="")
    email_asked_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    # Set by the level above; what an account has enrolled itself is asked for in any case.
    second_factor_required = models.BooleanField(_("second factor required"), default=False)
    remind_monthly = models.BooleanField(_("monthly password reminder"), default=False)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # Looked at by every page, so it stands here: the step it is led to, if there is one.
    awaits = models.CharField(max_length=8, choices=Step, blank=True, default="")
    # Of the privacy policy; none where it never had to agree to one.
    agreed_version = models.PositiveIntegerField(null=True, blank=True)
    # News and updates by mail; None until it was asked.
    wants_news = models.BooleanField(_("news and updates"), null=True, blank=True)
    # Of pages outside a site; none is UTC.
    zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    # What the platform tells by mail, apart from what one has asked for or has to know.
    notices_by_mail = models.BooleanField(_("notices by mail"), default=True)
    # Counted by the room of notices: the frame of each page shows it, and asks for nothing.
    unread_notices = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[Accounts] = Accounts()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="account_email_unique"
            ),
            models.UniqueConstraint(Lower("username"), name="account_username_unique"),
            models.CheckConstraint(
                condition=Q(first_name="", last_name="")
                | Q(name=Trim(Concat(F("first_name"), Value(" "), F("last_name")))),
                name="account_name_of_its_parts",
            ),
        ]
        indexes = [
            # Whose accounts are many has their list in any of its orders from an index, which tells
            # by itself what it is narrowed by.
            models.Index(fields=["username", "id"], include=_NARROWED, name="account_by_username"),
            models.Index(fields=["name", "username", "id"], name="account_by_name"),
            models.Index(fields=["last_login", "id"], name="account_by_sign_in"),
            models.Index(fields=["is_active", "id"], name="account_by_state"),
            models.Index(
                fields=["agreed_version"], condition=Q(is_active=True), name="account_by_agreed"
            ),
            models.Index(
                fields=["id"], condition=Q(second_factor_required=True), name="account_to_factor"
            ),
            *(
                GinIndex(OpClass(Upper(name), "gin_trgm_ops"), name=f"account_by_words_of_{name}")
                for name in ("name", "username", "email")
            ),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.name or self.username

    @property
    def topic(self) -> str:
        """Return what all open pages of the account listen to."""
        return f"account:{self.pk}"

    @property
    def zone_info(self) -> ZoneInfo | None:
        """Return the zone of pages outside a site; None where none was chosen."""
        return ZoneInfo(self.zone) if self.zone else None

    @property
    def password_is_old(self) -> bool:
        """Say whether it is time to remind of a new password."""
        if not self.remind_monthly:
            return False
        since = max(
            self.password_changed_at or self.created_at, self.reminded_at or self.created_at
        )
        return clock.now() - since > PASSWORD_AGE


class Standings(models.QuerySet["Standing"]):
    def in_force(self) -> "Standings":
        """Return the roles that are not suspended with their organisation.

        A reseller stands for itself; an installer for all that is managed through it. Whoever
        only opens doors goes on.
        """
        suspended = Node.objects.filter(suspended_at__isnull=False)
        within = Func(
            OuterRef("node__path"),
            F("path"),
            function="starts_with",
            output_field=models.BooleanField(),
        )
        over = suspended.filter(Q(pk=OuterRef("node")) | Q(within, kind=Node.Kind.INSTALLER))
        return self.filter(Q(role=Role.PERSONNEL) | ~Exists(over))


class Standing(models.Model):
    """A role that an account holds at a node."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="standings")
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="standings")
    role = models.CharField(max_length=24, choices=Role)
    # What a sub-installer may beyond its role.
    grants = ArrayField(models.CharField(max_length=16, choices=Grant), default=list, blank=True)

    objects = Standings.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "node", "role"], name="standing_unique"),
        ]
        indexes = [
            # A role that is rare, and at few nodes.
            models.Index(fields=["role", "node"], include=["account"], name="standing_by_role"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.node}"


class ApiToken(models.Model):
    """A bearer token of an account; only its digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    # To the hour: who looks wants to know whether it is in use, not when exactly.
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
