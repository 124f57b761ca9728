"""Deeds on credentials."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from doorward.access import cards
from doorward.access.actions import shelf
from doorward.access.models import Credential
from doorward.kit import rows, vault
from doorward.kit.errors import Invalid
from doorward.people.models import Person
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can


@transaction.atomic
def add_card(actor: Actor, person: Person, *, number: str) -> Credential:
    """Give a person a card; raise `Invalid` for a number no reader shows or that is held."""
    actor.require(Can.CHANGE_PERSON, person)
    try:
        canonical = cards.canonical(number)
    except cards.CardError as fault:
        raise Invalid({"number": _(str(fault))}) from fault
    # Two cards at once for one person must not pass the limit together. The lock leaves foreign
    # keys to the person alone: a group that takes them in holds its site and would wait here.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.credentials.count() >= cards.MAX_PER_PERSON:
        message = _("A person holds at most five cards. Remove one first.")
        raise Invalid({"number": message})
    card = Credential(
        node=person.node,
        site=person.site,
        person=person,
        secret=canonical,
        match=match_of(canonical),
        tail=canonical[-min(4, len(canonical) // 2) :],
    )
    rows.store(card)
    # On the person, so that their history keeps it when the card is gone.
    audit.record(actor, "add card", person, person.node, after={"card": card})
    shelf.refresh_people([person.pk])
    return card


@transaction.atomic
def remove_credential(actor: Actor, credential: Credential) -> None:
    actor.require(Can.CHANGE_PERSON, credential.person)
    person = credential.person
    audit.record(actor, "remove card", person, person.node, before={"card": credential})
    credential.delete()
    shelf.refresh_people([person.pk])


def follow_holders(people: Collection[int]) -> None:
    """Give the cards of people who have moved to their holders' company."""
    held = Credential.objects.filter(person__in=people)
    home = Person.objects.filter(pk=OuterRef("person")).values("node")
    held.update(node=Subquery(home))


def match_of(number: str) -> bytes:
    """Return the keyed hash by which a reader's code finds its card."""
    return vault.lookup_hash("card", cards.match_key(number))
