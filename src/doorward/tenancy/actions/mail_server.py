"""Deeds on the server that takes our mail."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import mail_route, mail_trial, outbox, rows
from doorward.kit.errors import Invalid, Refused
from doorward.kit.mail_trial import Outcome
from doorward.kit.models import PLAIN, MailServer
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

# There is one, or none.
_KEY = 1
_FIELDS = ("host", "port", "security", "user", "sender_address", "sender_name")
# Where a password goes, and whether others can read it on the way.
_PLACE = ("host", "port", "security")


@dataclass(frozen=True, kw_only=True)
class MailServerForm:
    """How the server is reached; an empty password leaves the one that is kept."""

    host: str
    port: int
    security: str
    sender_address: str
    sender_name: str = ""
    user: str = ""
    password: str = ""


@transaction.atomic
def choose_server(actor: Actor, form: MailServerForm) -> MailServer:
    """Let mail go by this server from now on, what waits for another included."""
    root = _root(actor)
    server = MailServer.objects.filter(pk=_KEY).first() or MailServer(pk=_KEY)
    is_new, was_at = server._state.adding, audit.facts(server, *_PLACE)
    before = {} if is_new else audit.facts(server, *_FIELDS)
    for name in _FIELDS:
        setattr(server, name, getattr(form, name))
    server.password = _password(server, form, moved=was_at != audit.facts(server, *_PLACE))
    rows.store(server)
    outbox.hurry()
    secret = {"password": "changed"} if form.password else {}
    after = {**audit.facts(server, *_FIELDS), **secret}
    audit.record(actor, "change", server, root, before=before, after=after)
    return server


@transaction.atomic
def forget_server(actor: Actor) -> None:
    """Let mail go as the environment says, as if nothing had ever been set."""
    root = _root(actor)
    server = MailServer.objects.filter(pk=_KEY).first()
    if server is None:
        raise Refused("mail_server.none", _("No mail server is set here. There is nothing to do."))
    audit.record(actor, "delete", server, root, before=audit.facts(server, *_FIELDS))
    server.delete()
    outbox.hurry()


def send_test_mail(actor: Actor, reader: str) -> Outcome:
    """Hand one letter over at once and tell what came of it; outside of every transaction."""
    root = Node.root()
    actor.require(Can.CHANGE_MAIL_SERVER, root)
    route = mail_route.in_force()
    if not route.host:
        raise Refused("mail_server.none", _("No mail server is set. Enter one, then try it."))
    language = actor.account.language if actor.account else settings.LANGUAGE_CODE
    outcome = mail_trial.try_out(route, reader, language)
    told = {
        "reader": reader,
        "answer": "taken" if outcome.taken else outcome.said or outcome.text,
    }
    server = route.server or MailServer(pk=_KEY, host=route.host, port=route.port)
    with transaction.atomic():
        audit.record(actor, "send test mail", server, root, after=told)
    return outcome


def _root(actor: Actor) -> Node:
    """Return the operator's node, locked: one at a time sets the server."""
    root = Node.objects.select_for_update(no_key=True).get(parent=None)
    actor.require_in_person()
    actor.require(Can.CHANGE_MAIL_SERVER, root)
    return root


def _password(server: MailServer, form: MailServerForm, *, moved: bool) -> str:
    """Return the password from now on; one that is kept goes to no other place."""
    if not form.user:
        if form.password:
            raise Invalid({"user": _("Enter the user that this password belongs to.")})
        return ""
    if form.password:
        if not form.password.isascii() or not form.password.isprintable():
            raise Invalid({"password": PLAIN.message})
        return form.password
    if not server.password:
        raise Invalid({"password": _("Enter the password of this user.")})
    if moved:
        message = _("Enter the password again: it is now sent to another place.")
        raise Invalid({"password": message})
    kept: str = server.password
    return kept
