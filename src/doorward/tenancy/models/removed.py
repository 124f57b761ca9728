"""What was deleted a moment ago and can still come back."""

from django.db import models

from doorward.kit import clock
from doorward.kit.fields import SealedField
from doorward.tenancy.models.accounts import Account


class Removed(models.Model):
    """Deleted rows, sealed as they stood with all that went along, for whoever deleted them."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    # For whom that was done; it comes back only while one acts for them.
    acting_for = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # The kind of thing that was deleted: "people.person".
    kind = models.CharField(max_length=40)
    secret = SealedField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="removed_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} by {self.account_id}"
