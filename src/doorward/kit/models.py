"""What the installation itself has: mail on its way, the server that takes it, its looks."""

from datetime import datetime, timedelta

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.kit.fields import SealedField
from doorward.kit.hosts import check_host

# What no server has taken by then is given up.
PATIENCE = timedelta(days=3)


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> "MailQuerySet":
        return self.filter(state=Mail.State.WAITING)

    def due(self, at: datetime) -> "MailQuerySet":
        return self.waiting().filter(next_try_at__lte=at)

    def undelivered(self) -> "MailQuerySet":
        """Return what needs somebody: refused, given up, or perhaps sent and perhaps not."""
        return self.filter(state__in=(Mail.State.FAILED, Mail.State.UNCERTAIN))


class Mail(models.Model):
    """One mail to one reader. Codes and links stand in its bodies: sealed, and gone once sent."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        # Handed over, or nearly, when the server or the worker fell silent.
        UNCERTAIN = "uncertain", _("Uncertain")

    recipient = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = SealedField(null=True)
    html = SealedField(null=True)
    language = models.CharField(max_length=10)
    # Of one of many: about what and to whom it is, so that it is written once. None of any other.
    key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    # What one reader waits for goes before what is written to many.
    is_bulk = models.BooleanField(default=False, db_default=False)
    # The page where its reader ends such mails.
    ends_at = models.CharField(max_length=300, blank=True, default="", db_default="")
    # The same at every try, so that a reader's server can tell a second copy.
    message_id = models.CharField(max_length=255, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=clock.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    # What the server said, or what kept it from saying anything.
    error = models.CharField(max_length=200, blank=True)
    # From then on the codes and links in it are no longer valid.
    useful_until = models.DateTimeField(null=True, blank=True)
    give_up_at = models.DateTimeField()
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        indexes = [
            # In the order in which they go out.
            models.Index(
                fields=["is_bulk", "attempts", "id"],
                condition=models.Q(state="waiting"),
                name="mail_queue",
            ),
            models.Index(fields=["created_at"], name="mail_by_age"),
            # Of a state that is rare, and how many there are of one that is not.
            models.Index(fields=["state", "created_at", "id"], name="mail_by_state"),
            models.Index(
                fields=["sent_at"],
                condition=models.Q(sent_at__isnull=False),
                name="mail_by_sending",
            ),
            *(
                GinIndex(OpClass(Upper(name), "gin_trgm_ops"), name=f"mail_by_words_of_{name}")
                for name in ("recipient", "subject")
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def may_be_sent_again(self) -> bool:
        useful = self.useful_until is None or self.useful_until > clock.now()
        return useful and self.state in {self.State.FAILED, self.State.UNCERTAIN}


# smtplib signs in with these alone.
PLAIN = RegexValidator(
    r"\A[\x20-\x7e]*\Z",
    _("Use letters from A to Z, digits and signs: mail servers take no others."),
)
ONE_LINE = RegexValidator(r"\A[^\x00-\x1f\x7f]*\Z", _("Write the name in one line."))


class MailServer(models.Model):
    """The server that takes our mail, as the operator set it; without a row, the environment's."""

    class Security(models.TextChoices):
        STARTTLS = "starttls", _("STARTTLS, usually at port 587")
        TLS = "tls", _("TLS, usually at port 465")
        NONE = "none", _("None: mail and password go in the clear")

    host = models.CharField(_("host"), max_length=253, validators=[check_host])
    port = models.PositiveIntegerField(
        _("port"), validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    security = models.CharField(_("encryption"), max_length=8, choices=Security)
    user = models.CharField(_("user"), max_length=254, blank=True, validators=[PLAIN])
    password = SealedField(default="")
    sender_address = models.EmailField(_("sender address"), max_length=254)
    sender_name = models.CharField(
        _("sender name"), max_length=64, blank=True, validators=[ONE_LINE]
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_mail_server")]

    def __str__(self) -> str:
        return place_of(self.host, self.port)


def place_of(host: str, port: int) -> str:
    """Return where a server listens, as an address has it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Brand(models.Model):
    """What the installation calls itself and how it looks; what is empty is the product's own.

    Whoever has no account sees it too, so nothing of it is sealed.
    """

    name = models.CharField(_("platform name"), max_length=40, blank=True, validators=[ONE_LINE])
    # As #rrggbb, in lower case.
    accent = models.CharField(_("accent colour"), max_length=7, blank=True)
    # A PNG, and by what it is asked for.
    logo = models.BinaryField(null=True)
    logo_digest = models.CharField(max_length=16, blank=True)
    logo_width = models.PositiveSmallIntegerField(default=0)
    logo_height = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_brand")]

    def __str__(self) -> str:
        return self.name
