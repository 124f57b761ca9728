"""The mail server as its operator sees it; its password is told to nobody."""

from doorward.kit.models import MailServer
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can


def chosen_server(actor: Actor) -> MailServer:
    """Return the server that was set, as an unsaved one where none was; raise `Forbidden`."""
    actor.require(Can.CHANGE_MAIL_SERVER, Node.root())
    return MailServer.objects.first() or MailServer(port=587, security=MailServer.Security.STARTTLS)
