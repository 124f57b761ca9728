"""What sign-in remembers: sessions, browsers that it knows, and wrong tries."""

from datetime import datetime

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from doorward.kit import clock
from doorward.tenancy.models.accounts import Account


class Session(AbstractBaseSession):
    """A sign-in of an account at a browser; what is in it is sealed."""

    account = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="sessions"
    )


class Browser(models.Model):
    """A browser in which an account has signed in; it is not slowed by what strangers do.

    Until `trusted_until` it is not asked for a second factor.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="browsers")
    # Of the cookie that it bears.
    digest = models.BinaryField(max_length=32)
    agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    known_since = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(default=clock.now)
    trusted_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], name="browser_unique"),
        ]

    def __str__(self) -> str:
        return f"browser {self.pk} of {self.account_id}"

    def is_trusted(self, at: datetime) -> bool:
        return self.trusted_until is not None and self.trusted_until > at


class Guesses(models.Model):
    """Wrong tries that count together, under a keyed hash of what they have in common."""

    key = models.BinaryField(max_length=32, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=clock.now)
    blocked_until = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="guesses_by_age")]

    def __str__(self) -> str:
        return f"{self.count} until {self.blocked_until}"
