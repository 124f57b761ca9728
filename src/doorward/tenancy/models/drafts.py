"""What somebody has typed and not yet saved."""

import json

from django.db import models

from doorward.kit import clock
from doorward.kit.fields import SealedField
from doorward.tenancy.models.accounts import Account
from doorward.tenancy.models.tree import Node


class Draft(models.Model):
    """What an account has typed in a long form and not yet saved; sealed, since it may be secret.

    `place` is the node that the form is about, none for a form that is about none.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    # What is typed while one acts for somebody is no draft of one's own, nor of theirs.
    acting_for = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
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
                fields=["account", "acting_for", "form", "place"],
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
