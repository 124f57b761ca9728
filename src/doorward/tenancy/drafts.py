"""What somebody has typed in a long form and not yet saved: one draft a person, form and place."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import QueryDict

from doorward.kit import clock
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Draft, Node

KEPT = timedelta(days=14)
# By step, what was sent of it.
Typed = dict[str, QueryDict]


def find(actor: Actor, form: str, place: Node | None) -> Draft | None:
    return Draft.objects.filter(**_owner(actor), form=form, place=place).first()


def typed_in(draft: Draft | None) -> Typed:
    """Return what a draft holds, by step."""
    return {} if draft is None else {step: QueryDict(text) for step, text in draft.typed().items()}


def keep(actor: Actor, form: str, place: Node | None, typed: Mapping[str, QueryDict]) -> None:
    """Keep what was typed, in the place of what was kept before."""
    text = json.dumps({step: data.urlencode() for step, data in typed.items()})
    Draft.objects.update_or_create(
        **_owner(actor),
        form=form,
        place=place,
        defaults={"secret": text, "updated_at": clock.now()},
    )


def discard(actor: Actor, form: str, place: Node | None) -> None:
    Draft.objects.filter(**_owner(actor), form=form, place=place).delete()


def forget_old() -> int:
    """Delete drafts that nobody has touched for two weeks; return how many."""
    count, _each = Draft.objects.filter(updated_at__lt=clock.now() - KEPT).delete()
    return count


# Any: as the fields of a query are given by name.
def _owner(actor: Actor) -> dict[str, Any]:
    """Say whose draft it is: what is typed for somebody else is apart from one's own."""
    if actor.account is None:
        raise ValueError("a part of the system types nothing")
    return {"account": actor.account, "acting_for": actor.acting_for}
