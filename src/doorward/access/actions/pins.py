"""Deeds on PINs: given, replaced, generated; one a person, unique at a site.

Whether a PIN is taken is nobody's to learn. The answer is that to one easy to guess, both
questions are always asked, nothing is recorded of a refusal, and whoever is refused often waits.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from doorward.access import pins
from doorward.access.actions import shelf
from doorward.access.actions.credentials import hold, pin_match
from doorward.access.models import Credential
from doorward.kit import rows
from doorward.kit.errors import Invalid, InvalidRows, Refused, for_one
from doorward.people.models import Person
from doorward.sites.models import Site
from doorward.tenancy import audit
from doorward.tenancy.actions import guesses
from doorward.tenancy.actor import Actor
from doorward.tenancy.guessing import Purpose

# A PIN with its keyed hash.
Typed = tuple[str, bytes]

# More faults at once are not told one by one: such a list would say who has what.
MOST_TOLD = 20


class TooManyPins(Refused):
    """So many PINs were refused that no further one is judged for the time being."""

    status = 429

    def __init__(self, wait: timedelta) -> None:
        sentence = _(
            "Too many PINs were refused. Let one be generated, or try again in %(wait)s."
        ) % {"wait": guesses.in_words(wait)}
        super().__init__("pin.later", sentence)


@dataclass(frozen=True)
class GivenPin:
    """A PIN as it is told once; afterwards it lies sealed."""

    credential: Credential
    pin: str = field(repr=False)


def add_pin(actor: Actor, person: Person, pin: str | None = None) -> GivenPin:
    """Give a person who has none a PIN, a generated one by default; raise `Invalid`."""
    with transaction.atomic():
        hold(actor, [person])
        if person.credentials.filter(kind=Credential.Kind.PIN).exists():
            raise Invalid({"pin": _("A person has one PIN. Replace it instead.")})
        return replace_pin(actor, person, pin)


def replace_pin(actor: Actor, person: Person, pin: str | None = None) -> GivenPin:
    """Give a person a PIN in the place of what they have; doors forget the old one first."""
    with for_one():
        (given,) = set_pins(actor, [(person, pin)])
    return given


@transaction.atomic
def replace_credential(actor: Actor, credential: Credential, pin: str | None = None) -> GivenPin:
    """Put a new PIN in the place of this one; raise `Refused` for a card."""
    held = hold(actor, [credential.person])
    if credential.kind != Credential.Kind.PIN:
        message = _("A card is not replaced. Remove it and add another.")
        raise Refused("credential.kind", message)
    return replace_pin(actor, held[credential.person_id], pin)


@transaction.atomic
def set_pins(actor: Actor, told: Sequence[tuple[Person, str | None]]) -> list[GivenPin]:
    """Give everybody a PIN or nobody: the one that is told, or a generated one for None.

    A PIN that somebody had goes. People are named once each. Raise `InvalidRows` with the places
    at fault, or `Refused` where too many were.
    """
    held = hold(actor, [person for person, _pin in told])
    shelf.take_turns({person.site_id for person in held.values()})
    people = [held[person.pk] for person, _pin in told]
    typed = _typed(actor, people, [pin for _person, pin in told])
    given = _generated(people, typed)
    before = Credential.objects.pins().filter(person__in=held)
    had = set(before.values_list("person", flat=True))
    before.delete()
    made = [_credential(person, pin) for person, pin in zip(people, given, strict=True)]
    rows.insert_many(made)
    for verb, those in (
        ("add PIN", [one for one in people if one.pk not in had]),
        ("replace PIN", [one for one in people if one.pk in had]),
    ):
        audit.record_many(actor, verb, (audit.Deed(one, one.node) for one in those))
    shelf.refresh_people(held, actor)
    return [GivenPin(one, pin) for one, pin in zip(made, given, strict=True)]


def generate_pins(actor: Actor, people: Collection[Person]) -> list[GivenPin]:
    """Give each of many people a new PIN."""
    return set_pins(actor, [(person, None) for person in people])


# --- What was typed ---------------------------------------------------------------------------


def _typed(actor: Actor, people: Sequence[Person], told: Sequence[str | None]) -> dict[int, Typed]:
    """Return by place the PINs that were typed, each with its hash; raise what is wrong."""
    faults: dict[int, dict[str, str]] = {}
    found: dict[int, Typed] = {}
    for place, (person, text) in enumerate(zip(people, told, strict=True)):
        if text is None:
            continue
        try:
            pin = pins.canonical(text, person.site.pin_length)
        except pins.PinError as fault:
            faults[place] = {"pin": _(str(fault)) % {"limit": fault.limit}}
        else:
            found[place] = (pin, pin_match(person.site_id, pin))
    if found:
        require_patience(actor)
        # Who gets a PIN here lets go of the one they have.
        sites = {person.site_id for person in people}
        unusable = unusable_at(sites, [person.pk for person in people], found)
        faults |= {place: {"pin": _(pins.UNUSABLE)} for place in unusable}
        _count_refused(actor, len(unusable))
    if faults:
        raise InvalidRows(faults, name="pins")
    return found


def unusable_at(
    sites: Collection[int], letting_go: Collection[int], found: dict[int, Typed]
) -> list[int]:
    """Return the places of PINs that are weak or somebody's; always by the same two questions.

    People who are letting go of theirs do not count.
    """
    weak = {place for place, (pin, _match) in found.items() if pins.is_weak(pin)}
    return sorted(weak.union(taken_at(sites, letting_go, found)))


def taken_at(
    sites: Collection[int], letting_go: Collection[int], found: dict[int, Typed]
) -> list[int]:
    """Return the places of PINs that somebody has who keeps theirs, or that stand before."""
    held = Credential.objects.pins().filter(site__in=sites).exclude(person__in=letting_go)
    taken = _among(held, [match for _pin, match in found.values()])
    again = []
    for place, (_pin, match) in found.items():
        if match in taken:
            again.append(place)
        taken.add(match)
    return again


def require_patience(actor: Actor) -> None:
    """Raise `TooManyPins` for somebody of whose PINs too many were refused lately."""
    if actor.account and (wait := guesses.wait_for(Purpose.PIN, account=str(actor.account.pk))):
        raise TooManyPins(wait)


def count_guesses(actor: Actor, count: int) -> None:
    """Let so many refusals count as guesses of an account."""
    if actor.account is not None and count:
        guesses.count(Purpose.PIN, account=str(actor.account.pk), times=count)


def _count_refused(actor: Actor, count: int) -> None:
    """Let refusals count, though all that is done here will be undone."""
    if actor.account is None or not count:
        return
    actor.afterwards(lambda: count_guesses(actor, count))
    if count > MOST_TOLD:
        raise Refused(
            "pin.many",
            _(
                "%(count)d of these PINs are easy to guess or not free. "
                "Leave the PINs out and let them be generated."
            )
            % {"count": count},
        )


# --- What chance gives ------------------------------------------------------------------------


def _generated(people: Sequence[Person], typed: dict[int, Typed]) -> list[str]:
    """Return a PIN for each person: what was typed, or a new one that is free at the site."""
    given = {place: pin for place, (pin, _match) in typed.items()}
    used = {match for _pin, match in typed.values()}
    by_site: dict[Site, list[int]] = {}
    for place, person in enumerate(people):
        if place not in given:
            by_site.setdefault(person.site, []).append(place)
    for site, places in by_site.items():
        given |= dict(zip(places, _free(site, len(places), used), strict=True))
    return [given[place] for place in range(len(people))]


def _free(site: Site, count: int, used: set[bytes]) -> list[str]:
    """Return so many PINs that are free at a site: many are drawn, one query says which."""
    held = Credential.objects.pins().filter(site=site)
    length = pins.length_for(site.pin_length, held.count() + count)
    draw = pins.candidates(length, secrets.randbelow)
    found: dict[bytes, str] = {}
    while len(found) < count:
        drawn = {pin_match(site.pk, pin): pin for pin in islice(draw, count - len(found))}
        taken = used | _among(held, drawn)
        found |= {match: pin for match, pin in drawn.items() if match not in taken}
    return list(found.values())


def _among(held: QuerySet[Credential], matches: Collection[bytes]) -> set[bytes]:
    """Return those of the hashes that are held."""
    found = held.filter(match__in=matches).values_list("match", flat=True)
    return {bytes(match) for match in found}


def _credential(person: Person, pin: str) -> Credential:
    return Credential(
        node=person.node,
        site=person.site,
        person=person,
        kind=Credential.Kind.PIN,
        secret=pin,
        match=pin_match(person.site_id, pin),
    )
