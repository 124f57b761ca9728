"""Deeds on people, many at a time: a fixed number of statements for each few thousand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber

from doorward.kit import rows
from doorward.kit.errors import Refused, for_one
from doorward.kit.events import announce, submit
from doorward.people.actions import checks, numbers, photos
from doorward.people.actions.holding import hold, require_all
from doorward.people.events import PeopleChanged
from doorward.people.models import Group, Person
from doorward.sites.models import Company
from doorward.tenancy import audit, undo
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, Removed
from doorward.tenancy.permissions import Can

PERSON_FIELDS = (
    *("first_name", "last_name", "group", "personnel_id", "email", "mobile", "landline"),
    *("language", "floors", "remark", "valid_from", "valid_until"),
)
_PLACE = ("company", "node", "site")
# As many as one job follows in one go.
_TOLD_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True)
class PersonForm:
    """What people say of a person.

    An empty personnel ID is generated for somebody new, and stays as it is for others. Telephone
    numbers bear their country ("+49…"). Validity is aware UTC, half open, None for no limit.
    """

    first_name: str
    last_name: str
    group: Group | None = None
    personnel_id: str = ""
    email: str = ""
    mobile: PhoneNumber | str = ""
    landline: PhoneNumber | str = ""
    language: str = "en"
    floors: Sequence[str] = ()
    remark: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None


# --- Many -------------------------------------------------------------------------------------


@transaction.atomic
def create_people(actor: Actor, told: Sequence[tuple[Company, PersonForm]]) -> list[Person]:
    """Create everybody or nobody; raise `InvalidRows` with the places and fields at fault."""
    require_all(actor, (company for company, _form in told))
    people = [_placed(Person(), company, form) for company, form in told]
    checks.check_groups(people)
    checks.refuse_beyond(people)
    numbers.fill(people)
    checks.check(people)
    try:
        with transaction.atomic():
            rows.insert_many(people)
    except IntegrityError:
        checks.check_ids(people)
        raise
    deeds = (audit.Deed(one, one.node, after=_facts(one)) for one in people)
    audit.record_many(actor, "create", deeds)
    _announce(actor, people)
    return people


@transaction.atomic
def change_people(actor: Actor, told: Sequence[tuple[Person, Company, PersonForm]]) -> list[Person]:
    """Change everybody or nobody; who is as told already is left alone. Moves stay in the site.

    Raise `InvalidRows` with the places and fields at fault, or `Refused`.
    """
    require_all(actor, (company for _person, company, _form in told))
    checks.hold_groups(form.group for _person, _company, form in told)
    held = hold(actor, [person for person, _company, _form in told])
    before = {key: _facts(person) for key, person in held.items()}
    people = [_placed(held[person.pk], company, form) for person, company, form in told]
    checks.check_groups(people)
    checks.check(people)
    changed = [person for person in people if _facts(person) != before[person.pk]]
    _write(actor, changed, before)
    return people


@transaction.atomic
def move_people(
    actor: Actor, people: Collection[Person], company: Company, group: Group | None = None
) -> list[Person]:
    """Move people to a company of their site and one of its groups; return who has moved."""
    actor.require(Can.CHANGE_PERSON, company)
    checks.hold_groups([group])
    held = hold(actor, people)
    before = {key: _facts(person) for key, person in held.items()}
    for person in held.values():
        _place(person, company)
        person.group = group
    with for_one():
        checks.check_groups(list(held.values())[:1])
    moved = [person for person in held.values() if _facts(person) != before[person.pk]]
    _write(actor, moved, before)
    return moved


@transaction.atomic
def suspend_people(actor: Actor, people: Collection[Person]) -> list[Person]:
    """Take all rights from people for the time being; doors forget them at once."""
    return _set_status(actor, people, Person.Status.SUSPENDED, "suspend")


@transaction.atomic
def resume_people(actor: Actor, people: Collection[Person]) -> list[Person]:
    """Let suspended people count again, with the rights that they have kept."""
    return _set_status(actor, people, Person.Status.ACTIVE, "resume")


@transaction.atomic
def delete_people(actor: Actor, people: Collection[Person]) -> Removed | None:
    """Delete people with their cards, memberships and photos; doors forget them at once.

    Return what `restore_people` brings back for a few minutes, if it can.
    """
    held = hold(actor, people)
    deeds = (audit.Deed(one, one.node, before=_facts(one)) for one in held.values())
    audit.record_many(actor, "delete", deeds)
    _announce(actor, held.values())
    # A face goes at once and for good.
    photos.forget_photos(held)
    removed = undo.remember(actor, list(held.values()))
    Person.objects.filter(pk__in=held).delete()
    return removed


@transaction.atomic
def restore_people(actor: Actor, removed: int) -> list[Person]:
    """Bring back who was deleted a moment ago, with cards and memberships; doors are told anew.

    Photos do not come again.

    Raise `Hidden`, or `Refused` where it is too late or something has taken their place.
    """
    people = undo.put_back(actor, Person, removed)
    require_all(actor, people)
    for site, node in {person.site_id: person.node for person in people}.items():
        # They are counted already.
        checks.refuse_more(site, node, 0)
    audit.record_many(actor, "restore", (audit.Deed(one, one.node) for one in people))
    _announce(actor, people)
    return people


# --- One --------------------------------------------------------------------------------------


def create_person(actor: Actor, company: Company, form: PersonForm) -> Person:
    with for_one():
        (person,) = create_people(actor, [(company, form)])
    return person


def change_person(actor: Actor, person: Person, company: Company, form: PersonForm) -> Person:
    """Change a person; a move stays within the site. Raise `Invalid` or `Refused`."""
    with for_one():
        (changed,) = change_people(actor, [(person, company, form)])
    return changed


def delete_person(actor: Actor, person: Person) -> Removed | None:
    return delete_people(actor, [person])


@transaction.atomic
def give_account(actor: Actor, person: Person, account: Account) -> None:
    """Let a person sign in and see what is their own."""
    actor.require(Can.CHANGE_PERSON, person)
    person.account = account
    rows.store(person, only=["account"])
    audit.record(actor, "give account", person, person.node, after={"account": account})


# --- How --------------------------------------------------------------------------------------


def _placed(person: Person, company: Company, form: PersonForm) -> Person:
    """Give a person what is told of them."""
    _place(person, company)
    kept = person.personnel_id
    for name, value in vars(form).items():
        setattr(person, name, value)
    person.floors = list(form.floors)
    person.personnel_id = form.personnel_id or kept
    return person


def _place(person: Person, company: Company) -> None:
    if person.pk and person.site_id != company.site_id:
        raise Refused("person.site", _("A person stays at their site. Choose a company there."))
    person.company, person.node, person.site = company, company.node, company.site


def _write(actor: Actor, changed: Sequence[Person], before: dict[int, audit.Facts]) -> None:
    try:
        with transaction.atomic():
            numbers.set_aside(
                changed, {key: str(was["personnel_id"]) for key, was in before.items()}
            )
            rows.update_many(changed, [*PERSON_FIELDS, "company", "node"])
    except IntegrityError:
        checks.check_ids(changed)
        raise
    photos.follow_people([one.pk for one in changed if before[one.pk]["company"] != one.company])
    deeds = (audit.Deed(one, one.node, before[one.pk], _facts(one)) for one in changed)
    audit.record_many(actor, "change", deeds)
    _announce(actor, changed)


def _set_status(
    actor: Actor, people: Collection[Person], status: Person.Status, verb: str
) -> list[Person]:
    held = hold(actor, people)
    changed = [person for person in held.values() if person.status != status]
    deeds = [
        audit.Deed(one, one.node, {"status": one.status}, {"status": status}) for one in changed
    ]
    Person.objects.filter(pk__in=[person.pk for person in changed]).update(status=status)
    for person in changed:
        person.status = status
    audit.record_many(actor, verb, deeds)
    _announce(actor, changed)
    return changed


def _facts(person: Person) -> audit.Facts:
    return audit.facts(person, *PERSON_FIELDS, "company")


def _announce(actor: Actor, people: Iterable[Person]) -> None:
    told = {person.pk: person.site_id for person in people}
    tell_of(actor, told, set(told.values()))


def tell_of(actor: Actor, keys: Iterable[int], sites: Iterable[int]) -> None:
    """Announce that what is known of these people changed, some thousands at a time.

    Raise `Refused` where a room above objects.
    """
    ordered, places = sorted(keys), sorted(sites)
    submit(PeopleChanged(people=ordered, sites=places), actor)
    for begin in range(0, len(ordered), _TOLD_AT_ONCE):
        some = ordered[begin : begin + _TOLD_AT_ONCE]
        announce(PeopleChanged(people=some, sites=places))
