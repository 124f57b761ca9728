"""Counting tries before they are judged, so that parallel ones cannot slip through."""

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.kit import clock
from doorward.kit.errors import Refused
from doorward.kit.vault import lookup_hash
from doorward.tenancy.guessing import PATIENCE, Circle, Purpose, circles
from doorward.tenancy.models import Guesses

_KEPT = timedelta(days=2)
# More at once need no counting: the longest wait is reached by then.
_COUNTED = 50
# Not whose tries count, but since when those at an account do.
_FORGIVEN = "forgiven"
# Blocks nobody, whatever the clocks of several machines say.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class TooMany(Refused):
    """Too many tries; `wait` says for how long nothing is judged."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        sentence = _("Too many tries. Try again in %(wait)s.") % {"wait": in_words(wait)}
        super().__init__("signin.later", sentence)
        self.wait = wait


@dataclass(frozen=True)
class Try:
    """One try under way. It counts as wrong unless it is told otherwise."""

    keys: dict[Circle, bytes]
    counts: dict[Circle, int]

    @property
    def makes_a_stir(self) -> bool:
        """Say whether the audit trail should know: the first of a row, and each that is late.

        Once a whole crowd guesses, more rows would tell nothing new.
        """
        own = self.counts.get(Circle.BROWSER) or self.counts.get(Circle.PAIR) or 0
        crowd = self.counts.get(Circle.ACCOUNT, 0)
        return (own <= 1 or own >= 5) and crowd <= 100

    def is_the_last_of(self, purpose: Purpose) -> bool:
        """Say whether this was the last try that is free."""
        return any(count == PATIENCE[purpose, circle].free for circle, count in self.counts.items())

    def forgive(self) -> None:
        """Take a right try back: what is one's own is forgotten, the rest counts one less."""
        own = [self.keys[c] for c in (Circle.BROWSER, Circle.PAIR) if c in self.keys]
        rest = [key for key in self.keys.values() if key not in own]
        with transaction.atomic():
            Guesses.objects.filter(key__in=own).delete()
            Guesses.objects.filter(key__in=rest, count__gt=0).update(
                count=F("count") - 1, blocked_until=_LONG_AGO
            )


def begin(purpose: Purpose, *, account: str, source: str, browser: bytes | None = None) -> Try:
    """Count a try; raise `TooMany` where one has to wait, which counts nothing.

    `account` names who is tried, whether there is such a one or not. `browser` is the digest of
    a browser that the account knows. The counts are committed before anything is judged.
    """
    keys = _keys(purpose, account, source, browser)
    with transaction.atomic():
        rows = _locked(keys.values())
        _forget_forgiven(purpose, account, keys, rows)
        # Read under the lock: whoever came before has written no later time.
        at = clock.now()
        blocked = max(row.blocked_until for row in rows.values())
        if blocked > at:
            raise TooMany(blocked - at)
        counts = {circle: _count(rows[key], purpose, circle, at) for circle, key in keys.items()}
    return Try(keys, counts)


def take_back(purpose: Purpose, *, account: str, source: str, browser: bytes | None) -> None:
    """Take back a try that turns out to have been right only now, as `begin` counted it."""
    Try(_keys(purpose, account, source, browser), {}).forgive()


def wait_for(purpose: Purpose, *, account: str) -> timedelta | None:
    """Return how long an account has to wait before it may try again, None where it need not."""
    row = Guesses.objects.filter(key=_key(purpose, Circle.ACCOUNT, account)).first()
    left = row.blocked_until - clock.now() if row else timedelta(0)
    return left if left > timedelta(0) else None


def forgive_account(account: str) -> None:
    """Forget wrong tries at an account, from wherever they came; those of a source stay."""
    for purpose in (Purpose.PASSWORD, Purpose.CODE, Purpose.CODE_MAIL):
        key, at = _key(purpose, _FORGIVEN, account), clock.now()
        Guesses.objects.update_or_create(
            key=key, defaults={"last_at": at, "blocked_until": _LONG_AGO}
        )


def count(purpose: Purpose, *, account: str, times: int = 1) -> None:
    """Count tries of an account that were judged already and were wrong."""
    key = _key(purpose, Circle.ACCOUNT, account)
    with transaction.atomic():
        row = _locked([key])[key]
        for _time in range(min(times, _COUNTED)):
            _count(row, purpose, Circle.ACCOUNT, clock.now())


def forget_old() -> int:
    """Delete counts that say nothing any more; return how many."""
    count, _each = Guesses.objects.filter(last_at__lt=clock.now() - _KEPT).delete()
    return count


def network_of(source: str) -> str:
    """Return what stands for a source: an IPv6 host has a whole /64 to itself (RFC 6177)."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def in_words(wait: timedelta) -> str:
    """Say a wait so that nobody comes back too early."""
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    if seconds < 90:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = -(-seconds // 60)
    if minutes >= 120:
        hours = -(-minutes // 60)
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def _forget_forgiven(
    purpose: Purpose, account: str, keys: Mapping[Circle, bytes], rows: Mapping[bytes, Guesses]
) -> None:
    """Begin anew what was counted before the account was forgiven."""
    forgiven = Guesses.objects.filter(key=_key(purpose, _FORGIVEN, account)).first()
    if forgiven is None:
        return
    for circle, key in keys.items():
        row = rows[key]
        if circle is not Circle.SOURCE and row.last_at <= forgiven.last_at:
            row.count, row.blocked_until = 0, _LONG_AGO


def _keys(
    purpose: Purpose, account: str, source: str, browser: bytes | None
) -> dict[Circle, bytes]:
    net = network_of(source)
    parts = {
        Circle.BROWSER: f"{account}|{(browser or b'').hex()}",
        Circle.PAIR: f"{account}|{net}",
        Circle.SOURCE: net,
        Circle.ACCOUNT: account,
    }
    return {
        circle: _key(purpose, circle, parts[circle])
        for circle in circles(purpose, known_browser=browser is not None)
    }


def _key(purpose: Purpose, circle: Circle | str, part: str) -> bytes:
    return lookup_hash("guesses", f"{purpose}|{circle}|{part}")


def _locked(keys: Iterable[bytes]) -> dict[bytes, Guesses]:
    """Return the rows of these keys, locked in one order, new ones where there were none."""
    wanted, at = sorted(keys), clock.now()
    Guesses.objects.bulk_create(
        [Guesses(key=key, last_at=at, blocked_until=_LONG_AGO) for key in wanted],
        ignore_conflicts=True,
    )
    found = Guesses.objects.select_for_update().filter(key__in=wanted).order_by("key")
    return {bytes(row.key): row for row in found}


def _count(row: Guesses, purpose: Purpose, circle: Circle, at: datetime) -> int:
    patience = PATIENCE[purpose, circle]
    row.count = 1 if row.last_at < at - patience.forgotten else row.count + 1
    row.last_at = at
    if wait := patience.wait_after(row.count):
        row.blocked_until = at + wait
    row.save(update_fields=["count", "last_at", "blocked_until"])
    return row.count
