"""The tree, accounts, standings, API tokens and the audit trail."""

import json
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.kit.fields import SealedField
from doorward.kit.models import Mail
from doorward.tenancy.permissions import Can, Role
from doorward.tenancy.sight import Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


class Node(models.Model):
    """A tenant. `path` lists the ids from the root to this node: "/1/7/"."""

    class Kind(models.TextChoices):
        OPERATOR = "operator", _("Operator")
        DISTRIBUTOR = "distributor", _("Distributor")
        SUB_DISTRIBUTOR = "sub_distributor", _("Sub-distributor")
        INSTALLER = "installer", _("Installer")
        SITE = "site", _("Site")
        COMPANY = "company", _("Company")

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    kind = models.CharField(max_length=20, choices=Kind)
    name = models.CharField(max_length=128)
    path = models.CharField(max_length=255)
    # The level above decides whether an installer may register MACs itself (catalogue 0.0.2).
    registers_macs = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path"], name="node_path_unique"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(parent=None), name="node_one_root"
            ),
        ]
        indexes = [
            models.Index(OpClass("path", "varchar_pattern_ops"), name="node_path_prefix"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def root(cls) -> "Node":
        """Return the operator's node, to which the installation itself belongs."""
        return cls.objects.get(parent=None)

    @property
    def node(self) -> "Node":
        return self


class Accounts(BaseUserManager["Account"]):
    use_in_migrations = True


class Account(AbstractBaseUser):
    """Someone who signs in; what they may do hangs on their standings alone."""

    username = models.CharField(_("user name"), max_length=64, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    name = models.CharField(_("name"), max_length=128, blank=True)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
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
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.name or self.username


class Standing(models.Model):
    """A role that an account holds at a node."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="standings")
    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="standings")
    role = models.CharField(max_length=24, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "node", "role"], name="standing_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.node_id}"


class ApiToken(models.Model):
    """A bearer token of an account; only its digest is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AuditEntries(TenantQuerySet["AuditEntry"]):
    """Everybody sees their own deeds; those who may view the trail, all below them."""

    sees = Can.VIEW_AUDIT
    sights = frozenset({Sight.BELOW, Sight.SELF})

    def own(self, actor: "Actor") -> Q:
        return Q(account=actor.account)


class AuditEntry(models.Model):
    """Who did what to which thing. Rows are only ever added."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    actor = models.CharField(max_length=64)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    address = models.GenericIPAddressField(null=True, blank=True)
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(max_length=200)
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    objects = AuditEntries.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["node", "-id"], name="audit_by_node"),
            models.Index(fields=["subject", "subject_id", "-id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.label}"


class OutgoingMails(TenantQuerySet["OutgoingMail"]):
    """Mail belongs to no tenant: who may view it at the root sees all of it."""

    sees = Can.VIEW_MAIL
    sights = frozenset()


class OutgoingMail(Mail):
    """Mail as the operator sees it; its bodies are nobody's to read."""

    # The stubs know no other manager on a proxy than its model's.
    objects = OutgoingMails.as_manager()  # type: ignore[misc, assignment]

    class Meta:
        proxy = True


class IdempotencyKey(models.Model):
    """What was answered to a deed that a client may ask for again without doing it twice."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    # Keyed hash of the method, the address and the body; the body itself may hold a secret.
    request = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(default=dict)
    location = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="idempotency_key_unique"),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.request.hex()[:8]}"


class Draft(models.Model):
    """What an account has typed in a long form and not yet saved; sealed, since it may be secret.

    `place` is the node that the form is about, none for a form that is about none.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=40)
    place = models.ForeignKey(
        Node, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    secret = SealedField()
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "form", "place"],
                name="draft_one_a_form",
                nulls_distinct=False,
            ),
        ]
        indexes = [models.Index(fields=["updated_at"], name="draft_by_age")]

    def __str__(self) -> str:
        return f"{self.form} of {self.account_id}"

    def typed(self) -> dict[str, str]:
        """Return what was sent of each step, as a query string."""
        told: dict[str, str] = json.loads(self.secret)
        return told
