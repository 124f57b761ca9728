"""Files that are kept: whose they are, what they are called, until when they stay."""

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.tenancy.models import Account, Node, SupportVisit
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


def at_places_of(actor: "Actor") -> Q:
    """Say which rows lie at or below where an actor stands, in whatever role."""
    held = NOTHING
    for place in actor.places:
        held |= Q(node__path__startswith=place.path)
    return held


def by_hand_of(actor: "Actor") -> Q:
    """Say which rows an actor asked for: what was for another is seen while one acts for them."""
    asked = Q(visit=None)
    if actor.acting is not None:
        asked = Q(visit__acting_for=actor.acting.account, visit__role=actor.acting.role)
    return asked


class StoredFiles(TenantQuerySet["StoredFile"]):
    """Whoever made a file sees it, as long as they stand where it belongs; nobody else does.

    A photo is found through its person, a picture through what it came with; each is opened by a
    link (`links.link_for`) that says so.
    """

    sights = frozenset({Sight.SELF})

    def visible_to(self, actor: "Actor") -> "StoredFiles":
        return self if actor.is_system else self.filter(self.own(actor))

    def own(self, actor: "Actor") -> Q:
        return Q(created_by=actor.account) & by_hand_of(actor) & at_places_of(actor)

    def kept(self, at: datetime) -> "StoredFiles":
        return self.exclude(expires_at__lte=at)

    def expired(self, at: datetime) -> "StoredFiles":
        return self.filter(expires_at__lte=at)


class StoredFile(models.Model):
    """A file; its bytes lie sealed in the data folder under `key`."""

    class Kind(models.TextChoices):
        EXPORT = "export", _("Export")
        IMPORT = "import", _("Import")
        RESULT = "result", _("Result")
        PHOTO = "photo", _("Photo")
        PICTURE = "picture", _("Picture")
        MANUAL = "manual", _("Manual")

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    # SHA-256 of what was stored.
    digest = models.BinaryField(max_length=32)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # On which it was made by somebody who acted for another.
    visit = models.ForeignKey(
        SupportVisit, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = StoredFiles.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(expires_at__isnull=False),
                name="stored_file_expiry",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_kept(self, at: datetime) -> bool:
        return self.expires_at is None or self.expires_at > at


# How long files of each kind are kept; what is not named stays until it is deleted.
KEPT = {
    StoredFile.Kind.EXPORT: timedelta(days=1),
    StoredFile.Kind.IMPORT: timedelta(days=7),
    StoredFile.Kind.RESULT: timedelta(days=7),
}
