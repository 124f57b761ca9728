"""Deeds on people."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.kit import rows
from doorward.kit.errors import Invalid, Refused
from doorward.kit.events import announce
from doorward.people.events import PeopleChanged
from doorward.people.models import EARLIEST, LATEST, Person
from doorward.sites.models import Company
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account
from doorward.tenancy.permissions import Can

PERSON_FIELDS = ("first_name", "last_name", "valid_from", "valid_until")


@dataclass(frozen=True, kw_only=True)
class PersonForm:
    """What people say of a person; validity is aware UTC, half open, None for no limit."""

    first_name: str
    last_name: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@transaction.atomic
def create_person(actor: Actor, company: Company, form: PersonForm) -> Person:
    actor.require(Can.CHANGE_PERSON, company)
    _check_validity(form)
    person = Person(node=company.node, site=company.site, company=company, **vars(form))
    rows.store(person)
    audit.record(actor, "create", person, person.node, after=vars(form))
    return person


@transaction.atomic
def change_person(actor: Actor, person: Person, company: Company, form: PersonForm) -> Person:
    """Change a person; a move stays within the site. Raise `Invalid` or `Refused`."""
    actor.require(Can.CHANGE_PERSON, person)
    actor.require(Can.CHANGE_PERSON, company)
    if company.site_id != person.site_id:
        raise Refused("person.site", _("A person stays at their site. Choose a company there."))
    _check_validity(form)
    before = {**audit.facts(person, *PERSON_FIELDS), "company": person.company}
    person.company, person.node = company, company.node
    for name, value in vars(form).items():
        setattr(person, name, value)
    rows.store(person)
    after = {**vars(form), "company": company}
    audit.record(actor, "change", person, person.node, before=before, after=after)
    announce(PeopleChanged(people=[person.pk]))
    return person


@transaction.atomic
def give_account(actor: Actor, person: Person, account: Account) -> None:
    """Let a person sign in and see what is their own."""
    actor.require(Can.CHANGE_PERSON, person)
    person.account = account
    rows.store(person, only=["account"])
    audit.record(actor, "give account", person, person.node, after={"account": account})


@transaction.atomic
def delete_person(actor: Actor, person: Person) -> None:
    """Delete a person with their cards and memberships; doors forget them at once."""
    actor.require(Can.CHANGE_PERSON, person)
    audit.record(actor, "delete", person, person.node, before=audit.facts(person, *PERSON_FIELDS))
    announce(PeopleChanged(people=[person.pk]))
    person.delete()


def _check_validity(form: PersonForm) -> None:
    """Refuse what no database could tell again, before anything looks at it."""
    for name in ("valid_from", "valid_until"):
        limit: datetime | None = getattr(form, name)
        if limit is not None and not EARLIEST <= limit < LATEST:
            raise Invalid({name: _("Choose a date between 1970 and 9000.")})
