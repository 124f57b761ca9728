"""After any sequence of changes a device that follows its shelf holds what the facts say."""

from contextlib import suppress
from dataclasses import astuple, replace
from datetime import UTC, date, datetime
from typing import TypeVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from doorward.access.actions import credentials, groups, members, shelf
from doorward.access.facts import today_at, windows_of
from doorward.access.models import AccessGroup, Credential
from doorward.access.segments import normalise
from doorward.access.windows import WEEKDAYS, OneOff, WeeklyWindow
from doorward.devices.actions import shelf as shelves
from doorward.devices.actions.doors import DoorForm, change_door, create_door, delete_door
from doorward.devices.models import Device, Door, ShelfHead
from doorward.gateway import outgo
from doorward.gateway.sessions import Progress
from doorward.kit.errors import Invalid, Refused
from doorward.people.actions import (
    PersonForm,
    change_person,
    create_group,
    create_person,
    delete_group,
    delete_people,
    move_group,
    move_people,
    resume_people,
    suspend_people,
)
from doorward.people.models import Group, Person
from doorward.people.models.groups import MAX_DEPTH
from doorward.protocols import neutral
from doorward.sites.actions import SITE_FIELDS, SiteForm, change_site
from doorward.sites.models import Company, Site
from tests.cast import BUILDER, Cast
from tests.jobs import run_all

M = TypeVar("M")
WINDOWS = [
    WeeklyWindow(WEEKDAYS, 480, 1080),
    WeeklyWindow(WEEKDAYS, 720, 1200),
    WeeklyWindow(neutral.EVERY_DAY, 0, 1440),
    WeeklyWindow(1, 1320, 360),
    WeeklyWindow(2, 0, 60),
    OneOff(datetime(2030, 5, 1, 18), datetime(2030, 5, 3, 6)),  # noqa: DTZ001 - wall time
    OneOff(datetime(2026, 1, 1), datetime(2026, 1, 2)),  # noqa: DTZ001 - wall time, and over
]
LAST_DAYS = [None, date(2026, 1, 1), date(2030, 5, 2)]
MOMENTS = [None, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)]
numbers = st.integers(0x1000, 0x100F).map(lambda number: f"{number:08X}")
names = st.sampled_from(["Nils", "Nora", "N|s"])
subsets = st.sets(st.integers(0, 6), max_size=3)
choice = st.integers(0, 20)


class Phone:
    """A device that only knows what it was sent; it keeps what stands in the entries."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.received = Progress()
        self.held: dict[tuple[str, str], neutral.Record] = {}

    def fetch(self) -> None:
        for gap in outgo.gaps(self.device.connector_id, {self.device.pk: self.received}):
            if gap.device == self.device.pk:
                for part in outgo.changes(gap):
                    self._take(part)

    def _take(self, part: neutral.ApplyChanges) -> None:
        # A shelf of this size always comes in one part.
        assert part.last
        if part.full:
            self.held.clear()
        for entry in part.entries:
            if entry.body is None:
                self.held.pop((entry.kind, entry.key), None)
            else:
                self.held[(entry.kind, entry.key)] = entry.body
        self.received = Progress(part.epoch, part.revision)

    def confirm(self) -> None:
        shelves.confirm(
            self.device.pk,
            epoch=self.received.epoch,
            revision=self.received.revision,
            failures=(),
        )

    def rights(self) -> dict[str, object]:
        """Return each person with the hours of each relay, whatever slots these stand in."""
        hours = {
            body.slot: (body.days, body.start, body.end, body.first_day, body.last_day)
            for body in self.held.values()
            if isinstance(body, neutral.ScheduleRecord)
        }
        return {
            key: (
                body.name,
                frozenset(body.cards),
                frozenset((grant.relay, hours[grant.slot]) for grant in body.grants),
                body.valid_from,
                body.valid_until,
            )
            for (kind, key), body in self.held.items()
            if kind == "person" and isinstance(body, neutral.PersonRecord)
        }

    def relays(self) -> set[tuple[int, str, int]]:
        bodies = [body for body in self.held.values() if isinstance(body, neutral.RelayRecord)]
        return {(body.relay, body.name, body.hold_seconds) for body in bodies}

    def check(self) -> None:
        assert self.rights() == rights_by_the_facts(self.device)
        doors = Door.objects.filter(device=self.device)
        assert self.relays() == {(door.relay, door.name, door.hold_seconds) for door in doors}
        head = ShelfHead.objects.get(device=self.device)
        assert self.received == Progress(head.epoch, head.revision)


def within_company(group: AccessGroup, form: groups.GroupForm) -> groups.GroupForm:
    """Keep to what a company's own group may hold."""
    if group.company is None:
        return form
    return replace(
        form,
        people=[person for person in form.people if person.company_id == group.company_id],
        people_groups=[one for one in form.people_groups if one.company_id == group.company_id],
        doors=[door for door in form.doors if door in group.company.doors.all()],
    )


def members_by_the_facts(group: AccessGroup) -> set[Person]:
    """Say who is in an access group, walking each person's tree upwards."""
    named = set(group.people_groups.all())
    people = set(group.people.all())
    for person in Person.objects.filter(site=group.site_id).select_related("group"):
        above = person.group
        while above is not None and above not in named:
            above = above.parent
        if above is not None:
            people.add(person)
    return people


def rights_by_the_facts(device: Device) -> dict[str, object]:
    """Say what a device should know of people, from the facts alone."""
    last_first = Site.objects.get(pk=device.site_id).contact_order == "last_first"
    grants: dict[int, set[object]] = {}
    for group in AccessGroup.objects.filter(site=device.site_id):
        hours = [astuple(s) for s in normalise(windows_of(group), today_at(group.site))]
        for door in group.doors.filter(device=device):
            for person in members_by_the_facts(group):
                grants.setdefault(person.pk, set()).update((door.relay, hour) for hour in hours)
    found: dict[str, object] = {}
    entitled = [key for key, some in grants.items() if some]
    for person in Person.objects.filter(pk__in=entitled, status="active"):
        cards = frozenset(card.secret for card in Credential.objects.filter(person=person))
        first, last = person.first_name, person.last_name
        name = f"{last} {first}" if last_first else f"{first} {last}"
        if cards:
            right = frozenset(grants[person.pk])
            limits = (person.valid_from, person.valid_until)
            found[str(person.pk)] = (name, cards, right, *limits)
    return found


def one(rows: list[M], number: int) -> M | None:
    return rows[number % len(rows)] if rows else None


class Building(RuleBasedStateMachine):
    """Maple Court, where everybody changes everything."""

    @initialize()
    def move_in(self) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.site = Site.objects.get(name="Maple Court")
        self.companies = list(Company.objects.filter(site=self.site).order_by("name"))
        devices = [Device.objects.get(name=name) for name in ("Lobby", "Garage")]
        self.eager = [Phone(device) for device in devices]
        # These hear of many changes at once, and say what they have read back.
        self.phones = [Phone(device) for device in devices]

    def teardown(self) -> None:
        if hasattr(self, "undo"):
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    def people(self) -> list[Person]:
        return list(Person.objects.filter(site=self.site).order_by("pk"))

    def crews(self) -> list[Group]:
        return list(Group.objects.filter(site=self.site).select_related("company").order_by("pk"))

    def doors(self) -> list[Door]:
        return list(Door.objects.filter(site=self.site).order_by("pk"))

    def gatherings(self) -> list[AccessGroup]:
        return list(AccessGroup.objects.filter(site=self.site).order_by("pk"))

    @rule(name=names, company=choice)
    def come(self, name: str, company: int) -> None:
        form = PersonForm(first_name=name, last_name="New")
        create_person(BUILDER, one(self.companies, company), form)

    @rule(
        number=choice, name=names, begin=st.sampled_from(MOMENTS[:2]), end=st.sampled_from(MOMENTS)
    )
    def change(self, number: int, name: str, begin: datetime | None, end: datetime | None) -> None:
        if (person := one(self.people(), number)) and (begin is None or begin != end):
            form = PersonForm(first_name=name, last_name="B", valid_from=begin, valid_until=end)
            change_person(BUILDER, person, one(self.companies, number), form)
            run_all()

    @rule(number=choice, count=st.integers(1, 3))
    def go(self, number: int, count: int) -> None:
        delete_people(BUILDER, self.people()[number : number + count])
        run_all()

    @rule(number=choice, company=choice, above=choice)
    def found(self, number: int, company: int, above: int) -> None:
        owner = one(self.companies, company)
        trees = [one for one in self.crews() if one.company_id == owner.pk]
        parent = one([None, *trees], above)
        known = Group.objects.filter(company=owner, name=f"Crew {number}").exists()
        if not known and (parent is None or parent.depth < MAX_DEPTH):
            create_group(BUILDER, owner, name=f"Crew {number}", parent=parent)

    @rule(number=choice, below=choice)
    def rehang(self, number: int, below: int) -> None:
        if crew := one(self.crews(), number):
            trees = [one for one in self.crews() if one.company_id == crew.company_id]
            with suppress(Invalid):
                move_group(BUILDER, crew, one([None, *trees], below))
            run_all()

    @rule(number=choice)
    def dissolve(self, number: int) -> None:
        if crew := one(self.crews(), number):
            with suppress(Refused):
                delete_group(BUILDER, crew)
            run_all()

    @rule(number=choice, places=subsets)
    def move(self, number: int, places: set[int]) -> None:
        """Move people into a crew, or out of all of them, to its company or another."""
        crew = one([*self.crews(), None], number)
        company = crew.company if crew else one(self.companies, number)
        chosen = [person for place, person in enumerate(self.people()) if place in places]
        move_people(BUILDER, chosen, company, crew)
        run_all()

    @rule(places=subsets)
    def suspend(self, places: set[int]) -> None:
        suspend_people(BUILDER, [p for place, p in enumerate(self.people()) if place in places])
        run_all()

    @rule(places=subsets)
    def resume(self, places: set[int]) -> None:
        resume_people(BUILDER, [p for place, p in enumerate(self.people()) if place in places])
        run_all()

    @rule(number=choice, card=numbers)
    def give(self, number: int, card: str) -> None:
        person = one(self.people(), number)
        taken = Credential.objects.filter(match=credentials.match_of(card)).exists()
        if person and not taken and person.credentials.count() < 5:
            credentials.add_card(BUILDER, person, number=card)
            run_all()

    @rule(number=choice)
    def take(self, number: int) -> None:
        if card := one(list(Credential.objects.filter(site=self.site).order_by("pk")), number):
            credentials.remove_credential(BUILDER, card)
            run_all()

    def form(
        self, name: str, doors: set[int], people: set[int], crews: set[int], week: set[int]
    ) -> groups.GroupForm:
        return groups.GroupForm(
            name=name,
            doors=[door for place, door in enumerate(self.doors()) if place in doors],
            people=[person for place, person in enumerate(self.people()) if place in people],
            people_groups=[one for place, one in enumerate(self.crews()) if place in crews],
            windows=[WINDOWS[place] for place in sorted(week)],
            last_day=LAST_DAYS[len(doors) % 3],
        )

    @rule(doors=subsets, people=subsets, crews=subsets, week=subsets)
    def gather(self, doors: set[int], people: set[int], crews: set[int], week: set[int]) -> None:
        name = f"Group {AccessGroup.objects.order_by('-pk').values_list('pk', flat=True).first()}"
        if not AccessGroup.objects.filter(name=name).exists():
            form = self.form(name, doors, people, crews, week)
            groups.create_group(BUILDER, self.site, form)
            run_all()

    @rule(number=choice, doors=subsets, people=subsets, crews=subsets, week=subsets)
    def regroup(
        self, number: int, doors: set[int], people: set[int], crews: set[int], week: set[int]
    ) -> None:
        if group := one(self.gatherings(), number):
            form = self.form(group.name, doors, people, crews, week)
            groups.change_group(BUILDER, group, within_company(group, form))
            run_all()

    @rule(number=choice, week=subsets)
    def redraw(self, number: int, week: set[int]) -> None:
        if group := one(self.gatherings(), number):
            form = groups.GroupForm(
                name=group.name,
                doors=list(group.doors.all()),
                windows=[WINDOWS[place] for place in sorted(week)],
            )
            groups.change_group(BUILDER, group, form)
            run_all()

    @rule(number=choice, places=subsets, coming=st.booleans())
    def name_some(self, number: int, places: set[int], coming: bool) -> None:
        if group := one(self.gatherings(), number):
            chosen = [person for place, person in enumerate(self.people()) if place in places]
            if group.company_id is not None:
                chosen = [one for one in chosen if one.company_id == group.company_id]
            deed = members.add_people if coming else members.remove_people
            deed(BUILDER, group, chosen)
            run_all()

    @rule(number=choice)
    def disband(self, number: int) -> None:
        if group := one(self.gatherings(), number):
            groups.delete_group(BUILDER, group)
            run_all()

    @rule(number=choice, device=st.integers(0, 1), relay=st.integers(1, 4), hold=st.integers(1, 2))
    def rewire(self, number: int, device: int, relay: int, hold: int) -> None:
        door, phone = one(self.doors(), number), self.phones[device]
        taken = Door.objects.filter(device=phone.device, relay=relay)
        if door and not taken.exclude(pk=door.pk).exists():
            form = DoorForm(name=door.name, device=phone.device, relay=relay, hold_seconds=hold)
            change_door(BUILDER, door, form)
            run_all()

    @rule(device=st.integers(0, 1), relay=st.integers(1, 4))
    def hang(self, device: int, relay: int) -> None:
        phone = self.phones[device]
        if not Door.objects.filter(device=phone.device, relay=relay).exists():
            name = f"Door {device} {relay} {Door.objects.count()}"
            if not Door.objects.filter(name=name).exists():
                form = DoorForm(name=name, device=phone.device, relay=relay)
                create_door(BUILDER, self.site, form)

    @rule(number=choice)
    def brick_up(self, number: int) -> None:
        if door := one(self.doors(), number):
            delete_door(BUILDER, door)
            run_all()

    @rule(order=st.sampled_from(["first_last", "last_first"]))
    def rename(self, order: str) -> None:
        self.site.refresh_from_db()
        facts = {name: getattr(self.site, name) for name in SITE_FIELDS}
        change_site(BUILDER, self.site, SiteForm(**{**facts, "contact_order": order}))
        run_all()

    @rule(device=st.integers(0, 1))
    def fetch(self, device: int) -> None:
        self.phones[device].fetch()
        self.phones[device].check()

    @rule(device=st.integers(0, 1))
    def confirm(self, device: int) -> None:
        self.phones[device].confirm()

    @rule(device=st.integers(0, 1))
    def sweep(self, device: int) -> None:
        shelves.sweep_tombstones(self.phones[device].device.pk)

    @rule(device=st.integers(0, 1))
    def start_anew(self, device: int) -> None:
        shelves.begin_epoch(self.phones[device].device.pk)

    @invariant()
    def a_device_that_hears_every_change_holds_what_the_facts_say(self) -> None:
        for phone in getattr(self, "eager", ()):
            phone.fetch()
            phone.check()


@pytest.mark.django_db
@pytest.mark.parametrize("at_once", [1, shelf.AT_ONCE], ids=["in parts", "at once"])
def test_whoever_follows_the_shelf_holds_what_the_facts_say(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(shelf, "AT_ONCE", at_once)
    effort = settings(
        max_examples=10,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Building, settings=effort)
