"""Carrying a plan out, by the actions of each room; the caller's transaction keeps it whole."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import islice
from typing import TypeVar

from doorward.access.actions import credentials, members, pins
from doorward.access.actions.credentials import CardForm
from doorward.access.models import AccessGroup
from doorward.people import actions
from doorward.people.actions import PERSON_FIELDS, PersonForm
from doorward.people.models import Person
from doorward.portal.importing.plan import Entry, Plan
from doorward.portal.importing.roll import BETWEEN_GROUPS, plain
from doorward.tenancy.actor import Actor

T = TypeVar("T")
Step = Callable[[int], None]

_AT_ONCE = 1_000


def carry_out(actor: Actor, plan: Plan, step: Step) -> None:
    """Do all that a plan without faults says; raise what the rooms' actions object to.

    Access groups are held before cards and PINs are given, so that nobody waits for each other
    crosswise, and people are named in them last: doors are told of each once, with all they hold.
    """
    _create_groups(actor, plan)
    _create(actor, plan, step)
    _change(actor, plan, step)
    _set_status(actor, plan)
    members.hold_groups(actor, {one.pk for e in plan.entries for one in (*e.joins, *e.leaves)})
    _give_credentials(actor, plan, step)
    _move_memberships(actor, plan)


def steps_of(plan: Plan) -> int:
    """Return how many steps carrying out takes."""
    given = sum(len(entry.cards) + bool(entry.pin) for entry in plan.entries)
    return len(plan.created) + len(plan.changed) + given


def _create_groups(actor: Actor, plan: Plan) -> None:
    roll = plan.roll
    for (company, names), spelled in plan.new_groups.items():
        known = roll.groups[company]
        parent = known[plain(BETWEEN_GROUPS.join(names[:-1]))] if len(names) > 1 else None
        where = next(one for one in roll.companies.values() if one.pk == company)
        made = actions.create_group(actor, where, name=spelled[-1], parent=parent)
        known[plain(BETWEEN_GROUPS.join(names))] = made
    for entry in plan.entries:
        if entry.new_group:
            path = plain(BETWEEN_GROUPS.join(entry.new_group))
            entry.person.group = roll.groups[entry.company.pk][path]


def _create(actor: Actor, plan: Plan, step: Step) -> None:
    # Whoever has an ID comes first, so that no generated one is theirs.
    new = sorted(plan.created, key=lambda entry: not entry.person.personnel_id)
    for some in batches(new):
        told = [(entry.company, _form(entry.person)) for entry in some]
        made = actions.create_people(actor, told)
        for entry, person in zip(some, made, strict=True):
            entry.person = person
        step(len(some))


def _change(actor: Actor, plan: Plan, step: Step) -> None:
    for some in batches(plan.changed):
        moved = [entry for entry in some if entry.facts_changed or entry.new_group]
        told = [(_person(entry), entry.company, _form(entry.person)) for entry in moved]
        changed = actions.change_people(actor, told)
        for entry, person in zip(moved, changed, strict=True):
            entry.person = person
        step(len(some))


def _set_status(actor: Actor, plan: Plan) -> None:
    for status, act in (
        (Person.Status.SUSPENDED, actions.suspend_people),
        (Person.Status.ACTIVE, actions.resume_people),
    ):
        if concerned := [entry.person for entry in plan.entries if entry.status == status]:
            act(actor, concerned)


def _move_memberships(actor: Actor, plan: Plan) -> None:
    joins: dict[AccessGroup, list[Person]] = defaultdict(list)
    leaves: dict[AccessGroup, list[Person]] = defaultdict(list)
    for entry in plan.entries:
        for group in entry.joins:
            joins[group].append(entry.person)
        for group in entry.leaves:
            leaves[group].append(entry.person)
    if joins or leaves:
        members.move_members(actor, joins, leaves)


def _give_credentials(actor: Actor, plan: Plan, step: Step) -> None:
    gone = [card for entry in plan.entries for card in entry.cards_gone]
    gone += [entry.pin_gone for entry in plan.entries if entry.pin_gone]
    if gone:
        credentials.remove_credentials(actor, gone)
    cards = [
        CardForm(person=entry.person, number=card.number, format=card.format)
        for entry in plan.entries
        for card in entry.cards
    ]
    for some in batches(cards):
        credentials.add_cards(actor, some)
        step(len(some))
    # All at once: one may take over the PIN that another lets go of.
    if told := [(entry.person, entry.pin) for entry in plan.entries if entry.pin]:
        pins.set_pins(actor, told)
        step(len(told))


def batches(things: Iterable[T]) -> Iterable[list[T]]:
    rest = iter(things)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def _person(entry: Entry) -> Person:
    assert entry.before is not None
    return entry.before


def _form(person: Person) -> PersonForm:
    return PersonForm(**{name: getattr(person, name) for name in PERSON_FIELDS})
