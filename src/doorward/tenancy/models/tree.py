"""The tree of tenants."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Before the path of what was taken out of the tree: no node has this number.
OUT = "/0"


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
    # The level above decides whether an installer may register MACs itself.
    registers_macs = models.BooleanField(_("registers MACs itself"), default=True)
    # Whether an installer may pay for services itself; it takes effect with billing.
    may_pay = models.BooleanField(_("may pay"), default=True)
    # Meanwhile nobody manages anything through it. Whoever only opens doors, and devices, go on.
    suspended_at = models.DateTimeField(null=True, blank=True)
    # The path of the level that did it: none below it takes it back.
    suspended_from = models.CharField(max_length=255, blank=True, default="")
    # The node stays, as what was recorded there stays.
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path"], name="node_path_unique"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(parent=None), name="node_one_root"
            ),
        ]
        indexes = [
            models.Index(OpClass("path", "varchar_pattern_ops"), name="node_path_prefix"),
            # Asked by every request; hardly any is.
            models.Index(
                fields=["kind"], condition=Q(suspended_at__isnull=False), name="node_suspended"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def root(cls) -> "Node":
        """Return the operator's node, to which the installation itself belongs."""
        return cls.objects.get(parent=None)

    @property
    def is_suspended(self) -> bool:
        return self.suspended_at is not None

    @property
    def node(self) -> "Node":
        return self

    @property
    def is_out(self) -> bool:
        """Say whether it was taken out of the tree, as a deleted site is."""
        return self.path.startswith(f"{OUT}/")

    @property
    def home_path(self) -> str:
        """Return where it stands, or where it stood before it was taken out."""
        return self.path.removeprefix(OUT) if self.is_out else self.path

    def in_sight(self) -> "Node":
        """Return this node, or the next above it that was not taken out of the tree."""
        node = self
        while node.is_out and node.parent is not None:
            node = node.parent
        return node

    @classmethod
    def uprooted(cls) -> models.QuerySet["Node"]:
        """Return the nodes that were taken out of the tree: their rows are in nobody's sight."""
        return cls.objects.filter(path__startswith=f"{OUT}/")
