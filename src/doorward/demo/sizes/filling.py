"""Filling an installation: all that is asked for or nothing, in one transaction."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Model

from doorward.access.models import AccessGroup, Credential
from doorward.activity.models import DoorEvent
from doorward.demo.sizes import log, people, rights, shelves
from doorward.demo.sizes.equipment import Equipment, equip
from doorward.demo.sizes.places import Places, settle
from doorward.demo.sizes.size import Nonsense, Size
from doorward.demo.sizes.writing import Tell, analyze
from doorward.devices.models import Connector, Device, Door, ShelfEntry, ShelfHead
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node

_FACTS: tuple[type[Model], ...] = (
    *(Node, Site, Company, Group, Person, Credential, Connector, Device, Door, AccessGroup),
    *(AccessGroup.people.through, AccessGroup.doors.through),
)


@dataclass(frozen=True)
class Filled:
    """What was added: the first of each kind; the others of the kind follow in a row."""

    size: Size
    places: Places
    equipment: Equipment
    people: int

    @property
    def first_site(self) -> Site:
        return Site.objects.get(pk=self.places.sites)

    @property
    def first_company(self) -> Company:
        return Company.objects.get(pk=self.places.companies)


def fill(size: Size, tell: Tell | None = None) -> Filled:
    """Add so much below the first installer there is; a further time adds as much again."""
    told = tell or (lambda what, done, count: None)
    installer = Node.objects.filter(kind=Node.Kind.INSTALLER).order_by("pk").first()
    if installer is None:
        raise Nonsense("There is no installer yet. Start this installation once, then try again.")
    if size.events:
        # By themselves: whoever reads the log would wait for the rest of it.
        log.prepare_months()
    with transaction.atomic():
        filled = _fill(installer, size, told)
        actor = Actor.system("demo-data")
        after = {"sites": size.sites, "people": size.people, "doors": size.doors}
        audit.record(actor, "fill", installer, installer, after={**after, "events": size.events})
    _settle_down()
    return filled


def _fill(installer: Node, size: Size, tell: Tell) -> Filled:
    places = settle(installer, size)
    tell("sites", size.sites, size.sites)
    equipment = equip(installer, places)
    first = people.populate(places, tell)
    people.give_credentials(places, first, tell)
    rights.grant(places, equipment, first)
    analyze(*_FACTS)
    shelves.stock(equipment, tell)
    if size.events:
        log.write_log(places, equipment, first, tell)
    return Filled(size, places, equipment, first)


def _settle_down() -> None:
    """Let the database tidy up and look at what it has, so that it plans for it."""
    if connection.in_atomic_block:
        return
    tables: tuple[type[Model], ...] = (*_FACTS, ShelfEntry, ShelfHead, DoorEvent)
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(f'VACUUM (ANALYZE) "{model._meta.db_table}"')


def timed(say: Callable[[str], None]) -> Tell:
    """Return a teller that says each step as a line, with how many a second."""
    begun: dict[str, float] = {}
    last = [time.monotonic()]

    def tell(what: str, done: int, count: int) -> None:
        now = time.monotonic()
        since = begun.setdefault(what, last[0])
        last[0] = now
        rate = done / max(0.001, now - since)
        say(f"{what}: {done:,} of {count:,}, {rate:,.0f} a second")

    return tell
