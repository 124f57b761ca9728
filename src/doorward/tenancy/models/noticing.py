"""Of what an account is told, and which way."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from doorward.tenancy.models.accounts import Account


class NoticeKind(models.TextChoices):
    """What the platform tells; `tenancy.noticing` says whom it concerns."""

    ALARM = "alarm", _("Alarms")
    OFFLINE = "offline", _("Devices offline, and back")
    WORK = "work", _("Background work that ended")
    TICKET = "ticket", _("Tickets")
    SUPPORT = "support", _("Support access")
    MACS = "macs", _("Registered MACs")
    MANAGER = "manager", _("Sites to manage")
    MESSAGE = "message", _("Messages")


class NoticeChoice(models.Model):
    """Which way somebody wants to be told of a kind; without one, the usual holds."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    portal = models.BooleanField()
    mail = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind"], name="notice_choice_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.account_id}"
