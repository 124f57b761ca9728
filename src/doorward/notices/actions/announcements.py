"""Deeds on messages: written, sent to all below at once, recalled, read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from doorward.helpdesk.actions.tickets import one_line, several_lines
from doorward.kit import clock, live, rows
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.notices import reach
from doorward.notices.actions import mailing
from doorward.notices.actions.telling import recount
from doorward.notices.models import Announcement, Delivery, Notice
from doorward.sites.models import Site
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actions.profile import own_account
from doorward.tenancy.actor import Actor, Place
from doorward.tenancy.guessing import Purpose
from doorward.tenancy.models import NoticeKind, Standing
from doorward.tenancy.permissions import REACHES, Role

_State = Announcement.State
_CLOCK = Actor.system("messages")
# Planned messages that one run sends; the next minute takes more.
_AT_ONCE = 20
# That one message names.
MOST_SITES = 100

_DELIVER = "INSERT INTO notices_delivery (announcement_id, account_id) SELECT %s, found.account_id"
_TELL = """
INSERT INTO notices_notice
    (account_id, kind, what, at, shown, about, by, count, subject)
SELECT account_id, %s, %s, %s, true, %s, %s, 1, announcement_id
FROM notices_delivery WHERE announcement_id = %s
"""


@dataclass(frozen=True, kw_only=True)
class MessageForm:
    """What is to be said, to which roles, and when, if not as soon as it is sent.

    `sites` are keys: of the sites that it is for alone, or none for all that is below.
    """

    title: str
    text: str
    targets: Collection[str]
    send_at: datetime | None = None
    kind: str = Announcement.Kind.MESSAGE
    by_mail: bool = False
    sites: Collection[int] = ()


@transaction.atomic
def write_message(actor: Actor, place: Place, form: MessageForm) -> Announcement:
    """Begin a message of the level at a place; nobody gets it yet. Raise `Invalid`."""
    actor.require_in_person()
    if place not in reach.writing_places(actor):
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    draft = Announcement(node_id=place.node, written_as=place.role, author=own_account(actor))
    _fill(actor, draft, form)
    audit.record(actor, "create", draft, draft.node, after=_told(draft))
    return draft


@transaction.atomic
def change_message(actor: Actor, message: Announcement, form: MessageForm) -> Announcement:
    """Change what nobody has got; a planned one is a draft again until it is sent anew."""
    held = _open(actor, message)
    before = _told(held)
    held.state, held.author = _State.DRAFT, own_account(actor)
    _fill(actor, held, form)
    audit.record(actor, "change", held, held.node, before=before, after=_told(held))
    return held


@transaction.atomic
def send_message(actor: Actor, message: Announcement) -> Announcement:
    """Send it to all it is for, or plan it where it says when; raise `Refused` if none is there."""
    held = _open(actor, message)
    # Each wakes all whom it reaches.
    guesses.begin(Purpose.MESSAGE, account=str(own_account(actor).pk), source="")
    if held.send_at is not None and held.send_at > clock.now():
        held.state = _State.PLANNED
        held.save(update_fields=["state"])
        audit.record(actor, "plan", held, held.node, after=_told(held))
        return held
    _deliver(held)
    if not held.recipients:
        raise Refused("message.nobody", _("Nobody below you has these roles. Choose others."))
    audit.record(actor, "send", held, held.node, after=_told(held))
    return held


@transaction.atomic
def recall_message(actor: Actor, message: Announcement) -> Announcement:
    """Take back what was sent: nobody sees it any more. What is planned becomes a draft."""
    held = _own(actor, message)
    if held.state not in {_State.SENT, _State.PLANNED}:
        raise Refused("message.not_sent", _("Only what was sent or planned can be recalled."))
    was_sent = held.state == _State.SENT
    held.state = _State.RECALLED if was_sent else _State.DRAFT
    held.changed_at = clock.now()
    held.save(update_fields=["state", "changed_at"])
    if was_sent:
        told = Notice.objects.filter(kind=NoticeKind.MESSAGE, subject=held.pk)
        unread = list(told.unread().values_list("account", flat=True))
        told.delete()
        recount(unread)
        mailing.withdraw(held)
        _wake(held)
    audit.record(actor, "recall", held, held.node, after={"recipients": held.recipients})
    return held


@transaction.atomic
def delete_message(actor: Actor, message: Announcement) -> None:
    """Delete what nobody has, a recalled one with its read counts."""
    held = _own(actor, message)
    if held.state == _State.SENT:
        raise Refused("message.sent", _("This message was sent. Recall it first."))
    audit.record(actor, "delete", held, held.node, before=_told(held))
    held.delete()


@transaction.atomic
def read_message(actor: Actor, message: Announcement) -> None:
    """Keep that somebody has read what was sent to them; that is no deed in the trail."""
    account = own_account(actor)
    now = clock.now()
    got = Delivery.objects.filter(announcement=message, account=account, read_at=None)
    if not got.update(read_at=now):
        return
    told = Notice.objects.filter(account=account, kind=NoticeKind.MESSAGE, subject=message.pk)
    told.unread().update(read_at=now)
    recount([account.pk])
    # The page that is drawn next says so, too.
    account.refresh_from_db(fields=["unread_notices"])
    live.publish([message.topic, account.topic])


def send_due() -> int:
    """Send what was planned for now; return how many were due."""
    planned = Announcement.objects.filter(state=_State.PLANNED, send_at__lte=clock.now())
    keys = list(planned.order_by("send_at", "pk").values_list("pk", flat=True)[:_AT_ONCE])
    for key in keys:
        _send_planned(key)
    return len(keys)


@transaction.atomic
def _send_planned(key: int) -> None:
    """Send one that is due; it is a draft again where nobody is left who would have sent it."""
    locked = Announcement.objects.select_for_update(no_key=True, of=("self",))
    held = locked.select_related("node").filter(pk=key, state=_State.PLANNED).first()
    if held is None:
        return
    author = Standing.objects.in_force().filter(
        account=held.author_id, account__is_active=True, node=held.node_id, role=held.written_as
    )
    if author.exists():
        _deliver(held)
    if not held.recipients:
        held.state = _State.DRAFT
        held.save(update_fields=["state"])
    verb = "send" if held.recipients else "recall"
    audit.record(_CLOCK, verb, held, held.node, after=_told(held))


def _fill(actor: Actor, message: Announcement, form: MessageForm) -> None:
    title, text = one_line(form.title), several_lines(form.text)
    if not title:
        raise Invalid({"title": _("Say in a few words what it is about.")})
    reached = REACHES[Role(message.written_as)]
    if not form.targets or not reached.issuperset(form.targets):
        raise Invalid({"targets": _("Choose to whom it goes, of the levels below you.")})
    if form.send_at is not None and form.send_at <= clock.now():
        raise Invalid({"send_at": _("Choose a time that is still to come.")})
    message.sites = _sites(actor, message, form)
    message.title, message.text, message.send_at = title, text, form.send_at
    message.kind, message.by_mail = form.kind, form.by_mail
    message.targets = [role.value for role in Role if role in form.targets]
    message.changed_at = clock.now()
    rows.store(message)


def _sites(actor: Actor, message: Announcement, form: MessageForm) -> Sequence[int]:
    """Return the sites that are named; raise `Invalid` for one that the actor does not see."""
    wanted = sorted(set(form.sites))
    if not wanted:
        return []
    if len(wanted) > MOST_SITES:
        raise Invalid({"sites": _("Name 100 sites at most, or none of them for all.")})
    if not reach.SITE_ROLES.issuperset(form.targets):
        fault = _(
            "Only property managers, administrators and personnel belong to a site. Untick the "
            "other roles, or name no site."
        )
        raise Invalid({"targets": fault})
    here = (message.node_id, message.written_as)
    places = [one for one in reach.writing_places(actor) if (one.node, one.role) == here]
    found = reach.sites_to_name(actor, places).filter(pk__in=wanted)
    if found.count() != len(wanted):
        raise Invalid({"sites": _("Nothing you can see has this id. Check it.")})
    return wanted


def _deliver(message: Announcement) -> None:
    """Let all whom it is for have it and be told, by one statement each."""
    now = clock.now()
    chosen, values = reach.recipients(message).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{_DELIVER} FROM ({chosen}) AS found (account_id)", [message.pk, *values])
        message.recipients = cursor.rowcount
        if not message.recipients:
            return
        kind, what = NoticeKind.MESSAGE.value, Notice.What.SENT.value
        cursor.execute(_TELL, [kind, what, now, message.title, message.node.name, message.pk])
    message.state, message.sent_at, message.changed_at = _State.SENT, now, now
    message.save(update_fields=["state", "sent_at", "changed_at", "recipients"])
    recount(message.deliveries.values_list("account", flat=True))
    mailing.begin(message)
    _wake(message)


def _wake(message: Announcement) -> None:
    """Wake the pages of all who got it, and of whoever wrote it."""
    keys = message.deliveries.values_list("account", flat=True)
    live.publish([message.topic, *(f"account:{key}" for key in keys)])


def _own(actor: Actor, message: Announcement) -> Announcement:
    """Return the message, locked, for whoever writes for the same level."""
    actor.require_in_person()
    own_account(actor)
    locked = Announcement.objects.select_for_update(no_key=True, of=("self",))
    held = (
        locked.select_related("node").visible_to(actor).written(actor).filter(pk=message.pk).first()
    )
    if held is None:
        raise Forbidden("permission.missing", _("Your role does not allow this here."))
    return held


def _open(actor: Actor, message: Announcement) -> Announcement:
    held = _own(actor, message)
    if not held.is_open:
        raise Refused("message.sent", _("This message was sent. Write another one."))
    return held


def _told(message: Announcement) -> Mapping[str, object]:
    """Return what the trail says: to whom and when, but not what was written."""
    told = {**audit.facts(message, "kind", "targets", "by_mail", "send_at")}
    if message.sites:
        named = Site.objects.filter(pk__in=message.sites).order_by("name")
        told["sites"] = [str(site) for site in named]
    if message.recipients:
        told["recipients"] = message.recipients
    return told
