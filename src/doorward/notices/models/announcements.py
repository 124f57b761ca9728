"""Facts: what a level has to say to those below it, and who has read it."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.tenancy.models import Account, Node
from doorward.tenancy.permissions import REACHES, Role
from doorward.tenancy.sight import NOTHING, Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

LONGEST_TITLE = 120
LONGEST_TEXT = 10_000


class Announcements(TenantQuerySet["Announcement"]):
    """Whoever writes for the same level sees it, and to whom it was sent; nobody else."""

    sights = frozenset({Sight.SELF})

    def visible_to(self, actor: "Actor") -> "Announcements":
        if actor.is_system:
            return self
        if actor.acting is not None:
            # Support access opens what an owner looks after, not what they write to others.
            return self.none()
        return self.filter(self.written_by(actor) | self.received_by(actor))

    def written(self, actor: "Actor") -> "Announcements":
        """Return what the actor's own level wrote, drafts among it."""
        return self.filter(self.written_by(actor))

    def received(self, actor: "Actor") -> "Announcements":
        """Return what was sent to the actor, and not recalled."""
        return self.filter(self.received_by(actor))

    @staticmethod
    def written_by(actor: "Actor") -> Q:
        mine = NOTHING
        for place in actor.places:
            if place.role in REACHES:
                mine |= Q(node=place.node, written_as=place.role)
        return mine

    @staticmethod
    def received_by(actor: "Actor") -> Q:
        sent = Delivery.objects.filter(announcement=OuterRef("pk"), account=actor.account)
        return Q(Exists(sent), state=Announcement.State.SENT)

    def about(self, words: str) -> "Announcements":
        """Return those with these words in what they say."""
        return self.filter(Q(title__icontains=words) | Q(text__icontains=words))

    def unread_by(self, actor: "Actor") -> "Announcements":
        sent = Delivery.objects.filter(announcement=OuterRef("pk"), account=actor.account)
        return self.filter(Exists(sent.filter(read_at=None)))


class Announcement(models.Model):
    """A message of a level to all who hold some roles below it. Plain text with line breaks.

    On pages and in the API a message.
    """

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        # By mail it goes to those alone who want news and updates.
        NEWS = "news", _("News and updates")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PLANNED = "planned", _("Planned")
        SENT = "sent", _("Sent")
        RECALLED = "recalled", _("Recalled")

    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    written_as = models.CharField(max_length=24, choices=Role)
    author = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(
        _("type"),
        max_length=8,
        choices=Kind,
        default=Kind.MESSAGE,
        db_default=Kind.MESSAGE.value,
    )
    by_mail = models.BooleanField(_("also by mail"), default=False, db_default=False)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE)
    text = models.TextField(_("text"), max_length=LONGEST_TEXT)
    targets = ArrayField(models.CharField(max_length=24, choices=Role))
    # Keys of the sites that it is for alone; none is all that is below. One that is gone is nobody.
    sites = ArrayField(
        models.BigIntegerField(),
        verbose_name=_("sites"),
        default=list,
        db_default=[],
        blank=True,
    )
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    # When it is to be sent by itself; none is as soon as somebody says so.
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    recipients = models.PositiveIntegerField(default=0)
    # The key of the last account whose mail, if it takes any, is written.
    mailed_up_to = models.BigIntegerField(default=0, db_default=0)

    objects = Announcements.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["node", "-changed_at"], name="announcement_by_node"),
            models.Index(
                fields=["send_at"], condition=Q(state="planned"), name="announcement_planned"
            ),
        ]

    def __str__(self) -> str:
        # Not its title: the audit trail is read by others than those it was sent to.
        return f"#{self.pk}"

    @property
    def is_open(self) -> bool:
        """Say whether it can still be changed: nobody has got it."""
        return self.state in {self.State.DRAFT, self.State.PLANNED}

    @property
    def topic(self) -> str:
        """Return what pages that show it listen to."""
        return f"message:{self.pk}"

    @property
    def said_to(self) -> list[str]:
        """Return to whom it goes, in the order of the table of roles."""
        return [str(role.label) for role in Role if role in self.targets]


class Delivery(models.Model):
    """That somebody got an announcement, and when they first read it."""

    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, related_name="deliveries"
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    # Written to the outbox, where its reader takes messages by mail.
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "account"], name="delivery_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id} to {self.account_id}"
