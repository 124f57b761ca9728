"""What happens at sign-in: what is recorded, which browsers are known, which sessions end."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from doorward.kit import clock, live
from doorward.kit.live import handle_of
from doorward.tenancy import audit
from doorward.tenancy.actions import visits
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Browser, Node, Session, SupportVisit

TRUST = timedelta(days=30)
# A browser that did not come back for so long is a stranger again.
KNOWN = timedelta(days=400)
_SIGN_IN = "sign-in"


def home_of(account: Account) -> Node:
    """Return the node in whose trail an account's own deeds stand: the root for who has none."""
    standing = account.standings.select_related("node").order_by("pk").first()
    return standing.node.in_sight() if standing else Node.root()


def home_of_deeds(actor: Actor) -> Node:
    """Return the node in whose trail an actor's deeds stand that are about no place."""
    if actor.acting is not None:
        return Node.objects.get(pk=actor.places[0].node)
    return Node.root() if actor.account is None else home_of(actor.account)


def stranger(address: str) -> Actor:
    """Return who acts before anybody has signed in."""
    return Actor(name=_SIGN_IN, address=address)


@transaction.atomic
def record_sign_in(account: Account, address: str, ways: Iterable[str]) -> None:
    """Record that somebody is in, and by which ways they showed who they are."""
    actor = Actor.of(account, address=address)
    audit.record(actor, "sign in", account, home_of(account), after={"by": sorted(set(ways))})


@transaction.atomic
def record_sign_out(account: Account, address: str) -> None:
    actor = Actor.of(account, address=address)
    audit.record(actor, "sign out", account, home_of(account))


@transaction.atomic
def record_failure(account: Account, address: str, way: str) -> None:
    """Record a wrong try; the caller keeps the number of such rows bounded."""
    audit.record(stranger(address), "sign in failed", account, home_of(account), after={"by": way})


# --- Browsers ---------------------------------------------------------------------------------


def known_browser(account: Account, token: str) -> Browser | None:
    """Return the browser that bears this cookie, if the account has signed in there."""
    if not token:
        return None
    recent = account.browsers.filter(seen_at__gt=clock.now() - KNOWN)
    return recent.filter(digest=_digest(token)).first()


def know_browser(account: Account, token: str, *, agent: str, address: str) -> str:
    """Remember that an account has signed in in this browser; return its cookie."""
    token = token if 32 <= len(token) <= 64 else secrets.token_urlsafe(32)
    Browser.objects.update_or_create(
        account=account,
        digest=_digest(token),
        defaults={"agent": agent[:200], "address": address or None, "seen_at": clock.now()},
    )
    return token


@transaction.atomic
def trust_browser(actor: Actor, account: Account, token: str) -> None:
    """Ask this browser for no second factor for thirty days."""
    trusted = clock.now() + TRUST
    if account.browsers.filter(digest=_digest(token)).update(trusted_until=trusted):
        audit.record(actor, "trust browser", account, home_of(account))


@transaction.atomic
def forget_browsers(actor: Actor, account: Account, *keys: int) -> None:
    """Treat browsers, all or those named, as strangers from now on."""
    browsers = account.browsers.filter(pk__in=keys) if keys else account.browsers.all()
    count, _each = browsers.delete()
    if count:
        audit.record(actor, "forget browser", account, home_of(account), after={"browsers": count})


# --- Sessions ---------------------------------------------------------------------------------


def is_live(session_key: str, topics: Iterable[str] = ()) -> bool:
    """Say whether a session is of somebody who is signed in and still may be.

    A page of a visit names that among its topics: then it has to be under way as well.
    """
    live_ones = Session.objects.filter(expire_date__gt=clock.now(), account__is_active=True)
    if "\x00" in session_key or not live_ones.filter(session_key=session_key).exists():
        return False
    visit = live.visit_of(topics)
    under_way = SupportVisit.objects.under_way().filter(ends_at__gt=clock.now())
    return visit is None or under_way.filter(pk=visit).exists()


@transaction.atomic
def hang_up(account: Account, session_key: str | None) -> None:
    """Let the open pages of a session that ends hear nothing more, and end its visit."""
    if session_key:
        live.close([handle_of(session_key)])
        visits.end_in(account, [handle_of(session_key)])


@transaction.atomic
def end_sessions(
    actor: Actor, account: Account, *, only: str | None = None, keep: str | None = None
) -> int:
    """End an account's sessions: the one of a handle, or all but the one of a key."""
    doomed = [
        session.session_key
        for session in account.sessions.all()
        if session.session_key != keep and only in (None, handle_of(session.session_key))
    ]
    Session.objects.filter(session_key__in=doomed).delete()
    live.close(handle_of(key) for key in doomed)
    visits.end_in(account, [handle_of(key) for key in doomed])
    if doomed:
        audit.record(
            actor, "end sessions", account, home_of(account), after={"sessions": len(doomed)}
        )
    return len(doomed)


@transaction.atomic
def end_sessions_of(accounts: QuerySet[Account]) -> int:
    """End every session of many accounts, and every visit by or for them; return how many sessions.

    The caller records why.
    """
    begun = SupportVisit.objects.under_way()
    for side, why in (
        ("account__in", SupportVisit.End.SIGNED_OUT),
        ("acting_for__in", SupportVisit.End.GONE),
    ):
        on_it = begun.filter(**{side: accounts.values("pk")})
        visits.end(list(on_it.values_list("pk", flat=True)), why)
    doomed = Session.objects.filter(account__in=accounts.values("pk"))
    keys = list(doomed.values_list("session_key", flat=True))
    doomed.delete()
    live.close(map(handle_of, keys))
    return len(keys)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
