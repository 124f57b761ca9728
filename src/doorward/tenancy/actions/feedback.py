"""What end users tell the installer who looks after them."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import outbox
from doorward.kit.errors import Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.profile import own_account
from doorward.tenancy.actor import Actor
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import Account, CustomerService

LONGEST = 5_000


@transaction.atomic
def send_feedback(actor: Actor, service: CustomerService, text: str) -> None:
    """Mail it to the address that the installer has named; raise `Refused` where it wants none."""
    account = own_account(actor)
    text = text.strip()
    if not text:
        raise Invalid({"text": _("Write what you want to say.")})
    if len(text) > LONGEST:
        raise Invalid({"text": _("This is too long: at most 5,000 characters are sent at once.")})
    # As it stands now, and only where one lives.
    service = CustomerService.objects.find(actor, service.pk)
    guesses.begin(Purpose.FEEDBACK, account=str(account.pk), source="")
    if not service.receives_feedback:
        raise Refused(
            "feedback.closed", _("No feedback is taken here. Call, or write to the address shown.")
        )
    # Of an account with roles at several installers, this one hears of its own places alone.
    held = account.standings.select_related("node").order_by("pk")
    near = held.filter(node__path__startswith=service.node.path).first()
    home = near.node if near else service.node
    outbox.send(
        to=service.email,
        template="tenancy/email/feedback",
        context={"author": account, "place": home, "text": text},
        language=_language_at(service),
    )
    audit.record(actor, "give feedback", account, home)


def _language_at(service: CustomerService) -> str:
    """Return in which language the address is read: that of whose it is, or of the installer."""
    here = Account.objects.filter(is_active=True, standings__node=service.node_id).order_by("pk")
    reader = here.filter(email=service.email.lower()).first() or here.first()
    return reader.language if reader else settings.LANGUAGE_CODE
