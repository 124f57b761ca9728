"""Where an account is signed in, in words that its owner recognises."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.kit.live import handle_of
from doorward.portal.signin.adapter import WHERE
from doorward.tenancy import support
from doorward.tenancy.models import Account
from doorward.tenancy.session_store import SessionStore

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Place:
    """A session: in which browser, where, since when and seen when."""

    handle: str
    device: str
    address: str
    since: datetime | None
    seen: datetime | None
    is_current: bool
    # For whom it acts at the moment, if it does.
    acting_for: str


def sessions_of(account: Account, *, current: str) -> list[Place]:
    """Return where the account is signed in, this browser first, then the latest."""
    live = account.sessions.filter(expire_date__gt=clock.now())
    acted = support.acted_for(account, clock.now())
    places = []
    for session in live:
        where = SessionStore().decode(session.session_data).get(WHERE, {})
        places.append(
            Place(
                handle=handle_of(session.session_key),
                device=device_of(where.get("agent", "")),
                address=where.get("address", ""),
                since=_at(where.get("since")),
                seen=_at(where.get("seen")),
                is_current=session.session_key == current,
                acting_for=acted.get(handle_of(session.session_key), ""),
            )
        )
    return sorted(places, key=_latest_first)


def device_of(agent: str) -> str:
    """Return browser and system in short, as far as a browser says them."""
    names = [_first(_BROWSERS, agent), _first(_SYSTEMS, agent)]
    return _(" on ").join(name for name in names if name) or _("Unknown browser")


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in known if re.search(mark, agent)), "")


def _at(stamp: float | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def _latest_first(place: Place) -> tuple[bool, float]:
    return not place.is_current, -(place.seen.timestamp() if place.seen else 0)
