"""Deeds on credentials: cards given, anything taken or shown; PINs have a module of their own."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, prefetch_related_objects
from django.utils.translation import gettext as _

from doorward.access import cards
from doorward.access.actions import shelf
from doorward.access.models import Credential
from doorward.kit import rows, vault
from doorward.kit.errors import InvalidRows, Refused, Text, for_one
from doorward.people.models import Person
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# By kind: what the audit trail calls the deeds.
_ADDED = {Credential.Kind.CARD: "add card", Credential.Kind.PIN: "add PIN"}
_REMOVED = {Credential.Kind.CARD: "remove card", Credential.Kind.PIN: "remove PIN"}
_SHOWN = {Credential.Kind.CARD: "show card", Credential.Kind.PIN: "show PIN"}
# Asking for each of these would be a query for each card.
_ROWS = frozenset({"node", "site", "person"})


@dataclass(frozen=True, kw_only=True)
class CardForm:
    """A card for a person: its number as it is printed in `format`."""

    person: Person
    number: str
    format: cards.Format = cards.Format.HEX
    label: str = ""


@transaction.atomic
def add_cards(actor: Actor, told: Sequence[CardForm]) -> list[Credential]:
    """Give everybody their cards or nobody; raise `InvalidRows` with the places at fault."""
    held = hold(actor, {form.person.pk: form.person for form in told}.values())
    shelf.take_turns({person.site_id for person in held.values()})
    made, faults = _read(told, held)
    wrong = _misshapen(made) | _at_number(faults | _beyond_room(told) | _twice(made))
    # Who holds a card is told last: whoever tries numbers is left with every one that is free.
    wrong = wrong or _at_number(_taken(actor, made))
    if wrong:
        raise InvalidRows(wrong, name="cards")
    given = [made[place] for place in range(len(told))]
    rows.insert_many(given)
    # On the person, so that their history keeps it when the card is gone.
    deeds = (audit.Deed(one.person, one.node, after=_named(one)) for one in given)
    audit.record_many(actor, "add card", deeds)
    shelf.refresh_people(held, actor)
    return given


def add_card(
    actor: Actor,
    person: Person,
    *,
    number: str,
    form: cards.Format = cards.Format.HEX,
    label: str = "",
) -> Credential:
    """Give a person a card; raise `Invalid` for a number no reader shows or that is held."""
    told = CardForm(person=person, number=number, format=form, label=label)
    with for_one():
        (card,) = add_cards(actor, [told])
    return card


@transaction.atomic
def remove_credentials(actor: Actor, credentials: Collection[Credential]) -> None:
    """Take credentials from their holders; doors forget them once that is worked out."""
    held = hold(actor, {one.person_id: one.person for one in credentials}.values())
    for kind, verb in _REMOVED.items():
        deeds = [
            audit.Deed(one.person, one.person.node, before=_named(one))
            for one in credentials
            if one.kind == kind
        ]
        audit.record_many(actor, verb, deeds)
    Credential.objects.filter(pk__in=[one.pk for one in credentials]).delete()
    shelf.refresh_people(held, actor)


def remove_credential(actor: Actor, credential: Credential) -> None:
    remove_credentials(actor, [credential])


@transaction.atomic
def reveal(actor: Actor, credential: Credential) -> str:
    """Return what a credential is, a card as it was written; each look leaves its trace.

    The caller has made sure that the account has signed in again just now.
    """
    person = credential.person
    actor.require(Can.REVEAL_CREDENTIAL, person)
    verb = _SHOWN[Credential.Kind(credential.kind)]
    audit.record(actor, verb, person, person.node, after=_named(credential))
    if credential.kind == Credential.Kind.PIN:
        return str(credential.secret)
    return cards.spell(credential.secret, cards.Format(credential.format))


def holders_of(
    actor: Actor, site: int, matches: Collection[bytes], letting_go: Collection[int] = ()
) -> dict[bytes, str]:
    """Say of those cards that somebody at a site holds by whom, where the actor sees the holder.

    Cards that are being taken away, by their keys, do not count.
    """
    held = Credential.objects.cards().filter(site=site, match__in=matches)
    rows = held.exclude(pk__in=letting_go).values_list("match", "person")
    holders = {bytes(match): person for match, person in rows}
    if not holders:
        return {}
    seen = Person.objects.visible_to(actor).filter(pk__in=holders.values())
    names = {person.pk: str(person) for person in seen}
    return {match: _held_by(names.get(person)) for match, person in holders.items()}


def match_of(number: str) -> bytes:
    """Return the keyed hash by which a reader's code finds its card."""
    return vault.lookup_hash("card", cards.match_key(number))


def pin_match(site: int, pin: str) -> bytes:
    """Return the keyed hash by which a keypad's digits find their PIN, another at each site."""
    return vault.lookup_hash("pin", f"{site} {pin}")


def hold(actor: Actor, people: Collection[Person]) -> dict[int, Person]:
    """Lock people whose credentials are to change, and require that the actor may that.

    What they hold must not be counted twice at once. The lock leaves foreign keys to them alone:
    a group that takes them in holds its site and would wait here.
    """
    keys = {person.pk for person in people}
    locked = Person.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    held = {one.pk: one for one in locked.order_by("pk")}
    prefetch_related_objects(list(held.values()), "node", "site")
    if len(held) < len(keys):
        message = _("Some of these people are gone by now. Load the page again.")
        raise Refused("people.gone", message)
    for node in {one.node_id: one.node for one in held.values()}.values():
        actor.require(Can.CHANGE_PERSON, node)
    return held


# --- What can be wrong with cards, each by the place of the card --------------------------------


def _read(
    told: Sequence[CardForm], held: dict[int, Person]
) -> tuple[dict[int, Credential], dict[int, str]]:
    """Return the cards that can be read, and what is wrong with the others."""
    made: dict[int, Credential] = {}
    faults: dict[int, str] = {}
    for place, form in enumerate(told):
        try:
            number = cards.read(form.number, form.format)
        except cards.CardError as fault:
            faults[place] = _(str(fault))
        else:
            made[place] = _card(held[form.person.pk], number, form)
    return made, faults


def _misshapen(made: dict[int, Credential]) -> dict[int, Mapping[str, Text]]:
    """Return what fields object to, without a question to the database."""
    faults: dict[int, Mapping[str, Text]] = {}
    for place, card in made.items():
        try:
            card.clean_fields(exclude=_ROWS)
        except ValidationError as error:
            faults[place] = rows.faults_of(error)
        if "\x00" in card.label:
            faults[place] = {"label": _("Leave out the NUL character.")}
    return faults


def _card(person: Person, number: str, form: CardForm) -> Credential:
    return Credential(
        node=person.node,
        site=person.site,
        person=person,
        kind=Credential.Kind.CARD,
        secret=number,
        match=match_of(number),
        tail=cards.tail(number),
        format=form.format,
        label=form.label,
    )


def _beyond_room(told: Sequence[CardForm]) -> dict[int, str]:
    people = {form.person.pk for form in told}
    counted = Credential.objects.cards().filter(person__in=people).values_list("person")
    count = Counter(dict(counted.annotate(count=Count("pk"))))
    faults: dict[int, str] = {}
    for place, form in enumerate(told):
        count[form.person.pk] += 1
        if count[form.person.pk] > cards.MAX_PER_PERSON:
            faults[place] = _("A person holds at most five cards. Remove one first.")
    return faults


def _twice(made: dict[int, Credential]) -> dict[int, str]:
    seen: set[tuple[int, bytes]] = set()
    faults: dict[int, str] = {}
    for place, card in made.items():
        if _key(card) in seen:
            faults[place] = _("This card is given twice here. Leave one of the two out.")
        seen.add(_key(card))
    return faults


def _taken(actor: Actor, made: dict[int, Credential]) -> dict[int, str]:
    """Say of cards that are held by whom, where the actor sees the holder."""
    sites = {card.site_id for card in made.values()}
    matches = [bytes(card.match) for card in made.values()]
    told = {site: holders_of(actor, site, matches) for site in sites}
    return {
        place: told[card.site_id][bytes(card.match)]
        for place, card in made.items()
        if bytes(card.match) in told[card.site_id]
    }


def _at_number(faults: dict[int, str]) -> dict[int, Mapping[str, Text]]:
    return {place: {"number": why} for place, why in faults.items()}


def _key(card: Credential) -> tuple[int, bytes]:
    return card.site_id, bytes(card.match)


def _held_by(name: str | None) -> str:
    if name is None:
        return _("A person of another company at this site holds this card.")
    return _("%(person)s holds this card. Take it from them first.") % {"person": name}


def _named(credential: Credential) -> audit.Facts:
    return {"card": f"••••{credential.tail}"} if credential.kind == Credential.Kind.CARD else {}
