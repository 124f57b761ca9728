"""Taking a deletion back: the rows come again as they were, under the same ids.

The deletion itself is at once and in whole, so that no revocation waits for anybody's second
thoughts. What went is kept sealed for a few minutes beside it; putting it back is a deed like any
other, and is refused where something else has taken the place meanwhile.
"""

import base64
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import IntegrityError, connection, models, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from doorward.kit import clock
from doorward.kit.errors import Hidden, Refused
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Removed

KEPT = timedelta(minutes=10)
# A snapshot of more would be dear to keep for what is rarely wanted.
MOST = 1_000

_READERS: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "moment": datetime.fromisoformat,
    "json": dict,
}

M = TypeVar("M", bound=models.Model)
# Any: rows as JSON, and fields of every type.
Row = dict[str, Any]


def remember(actor: Actor, rows: Collection[models.Model]) -> Removed | None:
    """Keep what deleting these rows takes away; None where that cannot be taken back.

    Call it before they are deleted, in the same transaction.
    """
    if actor.account is None or not 0 < len(rows) <= MOST:
        return None
    kind = next(iter(rows))._meta.label_lower
    text = json.dumps(_snapshot(rows))
    return Removed.objects.create(
        account=actor.account, acting_for=actor.acting_for, kind=kind, secret=text
    )


def put_back(actor: Actor, model: type[M], key: int) -> list[M]:
    """Bring back what the actor deleted a moment ago; the caller requires, records, announces.

    Raise `Hidden` for what is not the actor's, and `Refused` where it is too late.
    """
    locked = Removed.objects.select_for_update().filter(pk=key)
    own = locked.filter(account=actor.account, acting_for=actor.acting_for)
    removed = own.filter(kind=model._meta.label_lower).first()
    if removed is None:
        raise Hidden
    if removed.created_at < clock.now() - KEPT:
        raise Refused("undo.late", _("This was too long ago to be taken back. Add it anew."))
    told = json.loads(removed.secret)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _restore(told, model)
            # Say now, not at the end, if something that is pointed to is gone.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as fault:
        message = _("Something else has taken the place of what was deleted. Add it anew.")
        raise Refused("undo.taken", message) from fault
    removed.delete()
    keys = [row["pk"] for row in told["rows"] if row["model"] == model._meta.label_lower]
    return list(model._base_manager.filter(pk__in=keys).select_related("node"))


def forget_old() -> int:
    """Delete what can no longer be taken back; return how many."""
    count, _each = Removed.objects.filter(created_at__lt=clock.now() - KEPT).delete()
    return count


def _snapshot(rows: Collection[models.Model]) -> dict[str, list[Row]]:
    collector = Collector(using="default")
    collector.collect(list(rows))
    gone: list[models.Model] = [one for some in collector.data.values() for one in some]
    for queryset in collector.fast_deletes:
        gone += list(queryset)
    return {
        "rows": [_row_of(one) for one in gone],
        # What pointed to the rows and points to nothing once they are gone.
        "links": list(_links_of(collector)),
    }


def _links_of(collector: Collector) -> Iterator[Row]:
    # Any: the types know only one of the two shapes that Django collects these in.
    updates: Any = collector.field_updates
    for (field, _value), groups in updates.items():
        for one in (one for group in groups for one in group):
            yield {
                "model": one._meta.label_lower,
                "pk": one.pk,
                "field": field.attname,
                "value": getattr(one, field.attname),
            }


def _row_of(one: models.Model) -> Row:
    fields = {f.attname: _told(getattr(one, f.attname)) for f in _written(type(one))}
    return {"model": one._meta.label_lower, "pk": one.pk, "fields": fields}


def _restore(told: dict[str, list[Row]], model: type[models.Model]) -> None:
    family = _family(model)
    by_model: dict[str, list[models.Model]] = {}
    for row in told["rows"]:
        fields = {name: _read(value) for name, value in row["fields"].items()}
        by_model.setdefault(row["model"], []).append(family[row["model"]](**fields))
    for label, rows in by_model.items():
        family[label]._base_manager.bulk_create(rows)
    for link in told["links"]:
        loose = {"pk": link["pk"], link["field"]: None}
        found = family[link["model"]]._base_manager.filter(**loose)
        found.update(**{link["field"]: link["value"]})


def _family(model: type[models.Model]) -> dict[str, type[models.Model]]:
    """Return the kinds that can go along with a kind, by their labels."""
    found = {model._meta.label_lower: model}
    unseen = [model]
    while unseen:
        # Relations that Django makes for a link of many to many are hidden.
        for relation in unseen.pop()._meta.get_fields(include_hidden=True):
            kind: Any = relation.related_model
            if relation.auto_created and kind and kind._meta.label_lower not in found:
                found[kind._meta.label_lower] = kind
                unseen.append(kind)
    return found


def _written(model: type[models.Model]) -> Iterable[Any]:
    return (field for field in model._meta.concrete_fields if not field.generated)


def _told(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if value is None or isinstance(value, bool | int | float | str | list):
        return value
    return {"json": value} if isinstance(value, dict) else str(value)


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((how, inner),) = value.items()
    return _READERS[how](inner)
