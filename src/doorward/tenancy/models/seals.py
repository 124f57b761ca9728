"""Seals over the audit trail: what shows that a row was changed, removed or slipped in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AuditSeal(models.Model):
    """One link of the chain, over some entries and the seal before it. Rows are only ever added.

    Deeds are committed in another order than they get their ids in. So a seal names its entries
    one by one, and says up to which id everything has been sealed and nothing can come any more.
    """

    number = models.BigIntegerField(primary_key=True)
    # By the database's clock, which also tells how long transactions have been open.
    made_at = models.DateTimeField()
    # How entries were spelled when they were sealed.
    form = models.SmallIntegerField()
    # Up to this id every entry there will ever be is sealed.
    settled = models.BigIntegerField()
    # Up to this id entries had been begun.
    seen = models.BigIntegerField()
    # The highest of the entries, 0 where there are none.
    last = models.BigIntegerField()
    # How many entries are sealed by now, in all.
    total = models.BigIntegerField()
    entries = ArrayField(models.BigIntegerField())
    # A keyed digest of each entry, one after the other.
    digests = models.BinaryField()
    # The keyed digest of all of this and of the seal before.
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_seal_from_one")
        ]
        indexes = [models.Index(fields=["last"], name="audit_seal_by_last")]

    def __str__(self) -> str:
        return f"{self.number}:{bytes(self.digest).hex()}"
