"""The shelf: what each device should hold, entry by entry, and how far it has come."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from doorward.devices.models.devices import Device
from doorward.protocols import neutral


class ShelfHead(models.Model):
    """The lock and the counters of one device's shelf.

    Revisions count within an epoch. Whoever changes entries holds this row's lock, so that
    "everything after R" never misses one. `floor` is the youngest revision whose tombstones
    have been swept: a device that stands below it is given everything anew.
    """

    device = models.OneToOneField(
        Device, primary_key=True, on_delete=models.CASCADE, related_name="shelf"
    )
    epoch = models.IntegerField(default=1)
    revision = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)
    # What the device was last read back to hold.
    confirmed_epoch = models.IntegerField(default=0)
    confirmed = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Since when facts have changed that the entries do not follow yet: a job is to work them out.
    stale_since = models.DateTimeField(null=True, blank=True)

    # Not known to be held as it should be, or not worked out yet. A column, of which the database
    # knows how seldom it is so; and counters alone touch no index.
    behind = models.GeneratedField(
        expression=models.ExpressionWrapper(
            ~Q(confirmed_epoch=F("epoch"))
            | Q(confirmed__lt=F("revision"))
            | Q(stale_since__isnull=False),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        indexes = [models.Index(fields=["device"], condition=Q(behind=True), name="shelf_behind")]

    def __str__(self) -> str:
        return f"{self.device_id} at {self.epoch}.{self.revision}"

    @property
    def in_sync(self) -> bool:
        """Say whether the device holds what the facts say, as it was read back."""
        return self.stale_since is None and self.holds_all

    @property
    def holds_all(self) -> bool:
        """Say whether the device was read back to hold all entries as they are."""
        return self.confirmed_epoch == self.epoch and self.confirmed >= self.revision

    @property
    def pending(self) -> int:
        """Return how many revisions the device is behind."""
        if self.confirmed_epoch != self.epoch:
            return self.revision
        return max(0, self.revision - self.confirmed)


class ShelfEntry(models.Model):
    """One thing a device should hold, or (`gone`) should hold no longer.

    `digest` is over the facts behind the entry and is written by SQL; `synced_at` is since when
    the device holds this very state, `failure` why it could not take it.
    """

    class Kind(models.TextChoices):
        CLOCK = neutral.Kind.CLOCK.value, _("Clock")
        RELAY = neutral.Kind.RELAY.value, _("Relay")
        SCHEDULE = neutral.Kind.SCHEDULE.value, _("Schedule")
        PERSON = neutral.Kind.PERSON.value, _("Person")

    # Found by the constraint below, which begins with it; each index is written with each entry.
    # The database does not check the key, which was half of the work on an entry: whoever writes
    # one holds the head, whoever deletes a device holds it first, and where no head is none is
    # written. For the same reason `id` has no index: an entry is found by what it says.
    device = models.ForeignKey(
        Device,
        on_delete=models.CASCADE,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.BigIntegerField()
    revision = models.BigIntegerField()
    digest = models.BinaryField(max_length=16)
    gone = models.BooleanField(default=False)
    synced_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["device", "kind", "key"], name="shelf_entry_unique"),
        ]
        indexes = [
            models.Index(fields=["device", "revision"], name="shelf_by_revision"),
            models.Index(fields=["device"], condition=~Q(failure=""), name="shelf_failed"),
        ]
        verbose_name_plural = "shelf entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.key} on {self.device_id}"
