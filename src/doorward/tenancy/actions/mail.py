"""Deeds on mail that did not arrive."""

from django.db import transaction

from doorward.kit import outbox
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node, OutgoingMail
from doorward.tenancy.permissions import Can


@transaction.atomic
def send_mail_again(actor: Actor, mail: OutgoingMail) -> None:
    """Let a mail go out once more; one that may have arrived can then arrive twice."""
    root = Node.root()
    actor.require(Can.SEND_MAIL, root)
    locked = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    before = audit.facts(locked, "state")
    outbox.send_again(locked)
    audit.record(
        actor, "send again", locked, root, before=before, after=audit.facts(locked, "state")
    )
