"""Facts: tickets, what was written in them, and who has read how far."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from doorward.devices.models import Device
from doorward.files.models import StoredFile
from doorward.helpdesk import desks
from doorward.kit import clock
from doorward.kit.rows import in_one_of, key_of
from doorward.tenancy.models import Account, Node
from doorward.tenancy.permissions import Role
from doorward.tenancy.sight import Sight, TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor

LONGEST_SUBJECT = 120
LONGEST_TEXT = 10_000


class Tickets(TenantQuerySet["Ticket"]):
    """The two sides of a ticket see it: who asked, and the desk. Nobody above or beside them."""

    sights = frozenset({Sight.SELF})

    def visible_to(self, actor: "Actor") -> "Tickets":
        if actor.is_system:
            return self
        if actor.acting is not None:
            # Support access opens what an owner looks after, not what they write to others.
            return self.none()
        mine = desks.asked_by(actor) | desks.answered_by(actor)
        return self.in_the_tree().filter(mine)

    def unread_by(self, account: Account | None) -> "Tickets":
        """Return those in which the last word is another's, and not read yet."""
        marks = ReadMark.objects.filter(
            ticket=OuterRef("pk"), account=account, upto__gte=OuterRef("last")
        )
        return self.exclude(last_by=account).exclude(Exists(marks))

    def to_answer(self, actor: "Actor") -> "Tickets":
        """Return those that wait for the actor's desk."""
        return self.filter(desks.answered_by(actor), state=Ticket.State.OPEN)

    def about(self, words: str) -> "Tickets":
        """Return those with these words in what was asked or said, or with this number."""
        number = key_of(words.removeprefix("#"))
        named = (Q(subject__icontains=words), Q(node__name__icontains=words))
        said = Q(pk__in=Message.objects.filter(text__icontains=words).values("ticket"))
        ways = [*named, said, *([] if number is None else [Q(pk=number)])]
        return self.filter(in_one_of(self, ways))


class Ticket(models.Model):
    """A question of somebody to the level above, and all that was said about it since."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        WAITING = "waiting", _("Waiting")
        SOLVED = "solved", _("Solved")

    # Where whoever asks stands, and as what.
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    asked_as = models.CharField(max_length=24, choices=Role)
    # Where it is answered.
    desk = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    subject = models.CharField(_("subject"), max_length=LONGEST_SUBJECT)
    # Open while the desk has to answer, waiting while the other side has.
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    # The page it was written from: a path without what was searched for there.
    page = models.CharField(max_length=200, blank=True)
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What the device was then, for a desk that does not see it.
    device_label = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    # When the last word fell, whose it was, and its key.
    last_at = models.DateTimeField(default=clock.now)
    last_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last = models.BigIntegerField(default=0)

    objects = Tickets.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["desk", "-last_at"], name="ticket_by_desk"),
            models.Index(fields=["node", "-last_at"], name="ticket_by_node"),
            models.Index(fields=["opened_by", "-last_at"], name="ticket_by_asker"),
            # Of a desk that has most of them, and of whoever sees several sides.
            models.Index(fields=["last_at", "id"], name="ticket_by_last"),
            GinIndex(OpClass(Upper("subject"), "gin_trgm_ops"), name="ticket_by_words"),
        ]

    def __str__(self) -> str:
        # Not its subject: the audit trail and mail are read by others than the two sides.
        return f"#{self.pk}"

    @property
    def topic(self) -> str:
        """Return what pages that show it listen to."""
        return f"ticket:{self.pk}"


class Message(models.Model):
    """What one side wrote: plain text with line breaks, and pictures."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Who that was then, whatever becomes of the account.
    author_name = models.CharField(max_length=128)
    from_desk = models.BooleanField()
    text = models.TextField(max_length=LONGEST_TEXT)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [GinIndex(OpClass(Upper("text"), "gin_trgm_ops"), name="ticket_message_by_words")]

    def __str__(self) -> str:
        return f"{self.author_name}, {self.at:%Y-%m-%d}"


class Picture(models.Model):
    """A picture that came with what somebody wrote."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="pictures")
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="+")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"picture of {self.message_id}"


class ReadMark(models.Model):
    """How far somebody has read in a ticket: up to the message of this key."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="marks")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    upto = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "account"], name="read_mark_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} up to {self.upto}"
