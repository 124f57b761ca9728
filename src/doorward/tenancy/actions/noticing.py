"""What one chooses to be told of, and which way."""

from collections.abc import Mapping

from django.db import transaction

from doorward.tenancy import audit, noticing
from doorward.tenancy.actions.profile import change_notices, own_account
from doorward.tenancy.actions.signin import home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, NoticeChoice
from doorward.tenancy.noticing import Channels, Kind


@transaction.atomic
def choose_channels(
    actor: Actor, chosen: Mapping[Kind, Channels], *, notices_by_mail: bool
) -> None:
    """Set which way one is told of each of these kinds, and whether by mail at all."""
    change_notices(actor, notices_by_mail=notices_by_mail)
    account = own_account(actor)
    # One at a time: of each kind there is one row, or none yet.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    before = noticing.channels_of(account)
    offered = set(noticing.kinds_for(actor)) - noticing.ALWAYS_MAILED
    settled = {k: _settled(k, way) for k, way in chosen.items() if k in offered}
    changed = {k: way for k, way in settled.items() if way != before[k]}
    if not changed:
        return
    NoticeChoice.objects.bulk_create(
        [NoticeChoice(account=account, kind=k, **way._asdict()) for k, way in changed.items()],
        update_conflicts=True,
        unique_fields=["account", "kind"],
        update_fields=["portal", "mail"],
    )
    told = [_told({k: ways[k] for k in changed}) for ways in (before, changed)]
    audit.record(actor, "change", account, home_of(account), before=told[0], after=told[1])


def _settled(kind: Kind, way: Channels) -> Channels:
    """Return a choice as it can be made."""
    return way._replace(portal=True) if kind in noticing.ALWAYS_SHOWN else way


def _told(ways: Mapping[Kind, Channels]) -> dict[str, object]:
    """Return what the trail says: each kind that is told, with its ways."""
    spelled = [
        f"{kind.value}: {' + '.join(name for name, on in way._asdict().items() if on) or '–'}"
        for kind, way in ways.items()
    ]
    return {"notices": spelled}
