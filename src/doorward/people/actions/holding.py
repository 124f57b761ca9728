"""Holding people while something is done to them."""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from doorward.kit.errors import Refused
from doorward.people.models import Person
from doorward.tenancy.actor import Actor, Owned
from doorward.tenancy.permissions import Can


def hold(actor: Actor, people: Collection[Person]) -> dict[int, Person]:
    """Lock people in an order without deadlock, and bring them up to date where they stand.

    The lock leaves foreign keys to them alone.
    """
    held = {person.pk: person for person in people}
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=held)
    found = list(locked.select_related("node", "site", "company", "group").order_by("pk"))
    if len(found) < len(held):
        message = _("Some of these people are gone by now. Load the page again.")
        raise Refused("people.gone", message)
    for person in found:
        # Whoever called goes on with what is true, not with what was read some time ago.
        vars(held[person.pk]).update(vars(person))
    require_all(actor, held.values())
    return held


def require_all(actor: Actor, owned: Iterable[Owned]) -> None:
    """Raise `Forbidden` unless the actor may change the people of each of these."""
    for one in {one.node.pk: one for one in owned}.values():
        actor.require(Can.CHANGE_PERSON, one)
