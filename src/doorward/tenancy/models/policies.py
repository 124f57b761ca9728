"""Privacy policies by version and language, and who agreed to which."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.kit.counts import counted
from doorward.tenancy.models.accounts import Account
from doorward.tenancy.models.tree import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet


class Policies(TenantQuerySet["PrivacyPolicy"]):
    """Who may view policies where they belong sees their drafts, too; readers see `newest`."""

    sees = Can.VIEW_POLICY

    def published(self) -> Self:
        return self.exclude(published_at=None)

    def drafts(self) -> Self:
        return self.filter(published_at=None)

    def newest_first(self) -> Self:
        """Put the draft, if there is one, before what is published."""
        return self.order_by(F("version").desc(nulls_first=True))

    def newest(self) -> "PrivacyPolicy | None":
        """Return the policy that is in force; whoever signs in may read it."""
        return self.published().newest_first().first()

    def with_agreed(self) -> Self:
        """Add how many accounts have agreed to each, those that were shut since among them."""
        return self.annotate(agreed=counted(Agreement.objects.all(), "policy"))


class PrivacyPolicy(models.Model):
    """A policy in the languages of the product; once published it never changes."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="+")
    # Counted as they are published; a draft has none.
    version = models.PositiveIntegerField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = Policies.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["node"], condition=Q(published_at=None), name="policy_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(version=None, published_at=None)
                | Q(version__isnull=False, published_at__isnull=False),
                name="policy_version_once_published",
            ),
        ]

    def __str__(self) -> str:
        if self.version is None:
            return str(_("Draft of the privacy policy"))
        return str(_("Privacy policy, version %(version)s") % {"version": self.version})

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def languages(self) -> list[str]:
        """Return the names of the languages it is written in, those of the product first."""
        written = {one.language for one in self.texts.all()}
        names = dict(settings.LANGUAGES)
        return [str(names[code]) for code in names if code in written] + sorted(
            written - names.keys()
        )


class PolicyText(models.Model):
    """What a policy says in one language, in paragraphs."""

    policy = models.ForeignKey(PrivacyPolicy, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "language"], name="policy_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.policy} ({self.language})"


class Agreement(models.Model):
    """That an account agreed to a policy: when, from where, and in which language it was read."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="agreements")
    policy = models.ForeignKey(PrivacyPolicy, on_delete=models.PROTECT, related_name="agreements")
    language = models.CharField(max_length=10)
    at = models.DateTimeField(default=clock.now)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "policy"], name="agreement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} to {self.policy_id}"
