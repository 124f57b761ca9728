"""Connectors: the agents on site."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.sites.models import Site
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet

# A connector beats every ten seconds; after three missed beats it is offline.
PRESENCE = timedelta(seconds=30)


def online(at: datetime, prefix: str = "") -> Q:
    """Say which connectors are online at a moment, or which rows lead to one by `prefix`."""
    return Q(
        **{
            f"{prefix}revoked_at": None,
            f"{prefix}online_since__isnull": False,
            f"{prefix}last_seen_at__gt": at - PRESENCE,
        }
    )


class Connectors(TenantQuerySet["Connector"]):
    sees = Can.VIEW_CONNECTOR

    def live(self) -> "Connectors":
        """Return those that may connect: enrolled and not revoked."""
        return self.filter(revoked_at=None).exclude(public_key=None)

    def online(self) -> "Connectors":
        return self.filter(online(clock.now()))


class Connector(models.Model):
    """An agent on site. A one-time code lets it in once and pins its Ed25519 key."""

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="connectors")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="connectors")
    name = models.CharField(_("name"), max_length=64)
    code_digest = models.BinaryField(max_length=32, null=True, blank=True)
    code_expires_at = models.DateTimeField(null=True, blank=True)
    public_key = models.BinaryField(max_length=32, null=True, blank=True)
    enrolled_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    version = models.CharField(max_length=32, blank=True)
    # Reports are numbered within a spool; `committed` is the last one stored for good.
    spool = models.CharField(max_length=64, blank=True)
    committed = models.BigIntegerField(default=0)
    spool_depth = models.IntegerField(default=0)
    online_since = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = Connectors.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="connector_name_unique",
                violation_error_code="name",
                violation_error_message=_(
                    "This site already has a connector of this name. Choose another."
                ),
            ),
            models.UniqueConstraint(
                fields=["code_digest"], condition=~Q(code_digest=None), name="connector_code_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_online(self) -> bool:
        return (
            self.revoked_at is None
            and self.online_since is not None
            and self.last_seen_at is not None
            and self.last_seen_at > clock.now() - PRESENCE
        )

    @property
    def state(self) -> str:
        """Return revoked, never, online or offline: the words pages have a badge for."""
        if self.revoked_at:
            return "revoked"
        if self.last_seen_at is None:
            return "never"
        return "online" if self.is_online else "offline"
