"""Deeds on access groups: who may open which doors when."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from doorward.access import windows
from doorward.access.actions import shelf
from doorward.access.facts import windows_of
from doorward.access.models import AccessGroup, AccessSegment, AccessWindow
from doorward.devices.models import Door
from doorward.devices.models.doors import Doors
from doorward.kit import rows
from doorward.kit.errors import Invalid
from doorward.people.models import People, Person
from doorward.sites.models import Company, Site
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can


@dataclass(frozen=True, kw_only=True)
class GroupForm:
    """What people say of an access group. Doors and people are those the actor can see."""

    name: str
    doors: Collection[Door]
    people: Collection[Person]
    windows: Collection[windows.WeeklyWindow]


@transaction.atomic
def create_group(
    actor: Actor, site: Site, form: GroupForm, *, company: Company | None = None
) -> AccessGroup:
    """Create an access group of the site, or a company's own."""
    node = company.node if company else site.node
    actor.require(Can.CHANGE_ACCESS, node)
    group = AccessGroup(node=node, site=site, company=company, name=form.name)
    rows.store(group)
    _fill(actor, group, form)
    audit.record(actor, "create", group, node, after=_facts(group))
    shelf.refresh_devices(_devices(group))
    return group


@transaction.atomic
def change_group(actor: Actor, group: AccessGroup, form: GroupForm) -> AccessGroup:
    """Change an access group; what the actor cannot see in it stays in it."""
    actor.require(Can.CHANGE_ACCESS, group)
    AccessGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    before, devices, members = _facts(group), _devices(group), _members(group)
    group.name = form.name
    rows.store(group)
    _fill(actor, group, form)
    moved = _moved(members, _members(group))
    audit.record(
        actor, "change", group, group.node, before=before, after={**_facts(group), **moved}
    )
    shelf.refresh_devices(devices | _devices(group))
    return group


@transaction.atomic
def delete_group(actor: Actor, group: AccessGroup) -> None:
    """Delete an access group; who had rights only by it loses them at once."""
    actor.require(Can.CHANGE_ACCESS, group)
    audit.record(actor, "delete", group, group.node, before=_facts(group))
    devices = _devices(group)
    group.delete()
    shelf.refresh_devices(devices)


@transaction.atomic
def add_people(actor: Actor, group: AccessGroup, people: Collection[Person]) -> int:
    """Name more people in an access group; return how many were not named yet."""
    actor.require(Can.CHANGE_ACCESS, group)
    AccessGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
    chosen = {person.pk for person in people}
    fitting = Person.objects.visible_to(actor).filter(site=group.site_id, pk__in=chosen)
    if group.company_id is not None:
        fitting = fitting.filter(company=group.company_id)
    if fitting.count() < len(chosen):
        raise Invalid({"people": _("Choose people whom this access group may have.")})
    before = _members(group)
    group.people.add(*chosen)
    come = chosen - before
    if come:
        audit.record(actor, "change", group, group.node, after=_moved(before, before | come))
        shelf.refresh_people(come)
    return len(come)


def _fill(actor: Actor, group: AccessGroup, form: GroupForm) -> None:
    _check_sight(actor, group, form)
    unseen_doors = group.doors.exclude(pk__in=Door.objects.visible_to(actor))
    unseen_people = group.people.exclude(pk__in=Person.objects.visible_to(actor))
    group.doors.set([*form.doors, *unseen_doors])
    group.people.set([*form.people, *unseen_people])
    group.windows.all().delete()
    AccessWindow.objects.bulk_create(
        AccessWindow(group=group, days=w.days, start=w.start, end=w.end) for w in form.windows
    )
    group.segments.all().delete()
    AccessSegment.objects.bulk_create(
        AccessSegment(group=group, days=s.days, start=s.start, end=s.end)
        for s in windows.normalise(form.windows)
    )


def _check_sight(actor: Actor, group: AccessGroup, form: GroupForm) -> None:
    """Raise `Invalid` unless the actor sees each door and person, and all are of one site."""
    doors = Door.objects.visible_to(actor).filter(site=group.site_id)
    if {door.pk for door in form.doors} - set(doors.values_list("pk", flat=True)):
        raise Invalid({"doors": _("Choose doors of this site.")})
    chosen = {person.pk for person in form.people}
    people = Person.objects.visible_to(actor).filter(site=group.site_id, pk__in=chosen)
    if people.count() < len(chosen):
        raise Invalid({"people": _("Choose people of this site.")})
    if group.company_id is not None:
        _check_own(group, doors, people, {door.pk for door in form.doors}, chosen)


def _check_own(
    group: AccessGroup, doors: Doors, people: People, opened: set[int], chosen: set[int]
) -> None:
    """Raise `Invalid` for what is not the company's whose own group this is."""
    granted = doors.filter(companies=group.company_id).values_list("pk", flat=True)
    if opened - set(granted):
        raise Invalid({"doors": _("Choose doors that the company may open.")})
    if people.filter(company=group.company_id).count() < len(chosen):
        raise Invalid({"people": _("Choose people of the company whose group this is.")})


def release_strangers(people: Collection[int]) -> None:
    """Take people who have changed company out of the groups of the one they left."""
    members = AccessGroup.people.through.objects.filter(person__in=people)
    stayed = members.exclude(accessgroup__company=None).exclude(
        accessgroup__company=F("person__company")
    )
    stayed.delete()


def release_doors(devices: Collection[int]) -> None:
    """Take doors out of the groups of companies that may no longer open them."""
    held = AccessGroup.doors.through.objects.filter(door__device__in=devices)
    granted = Door.companies.through.objects.filter(
        door=OuterRef("door"), company=OuterRef("accessgroup__company")
    )
    lost = held.exclude(accessgroup__company=None).exclude(Exists(granted))
    lost.delete()


def _devices(group: AccessGroup) -> set[int]:
    return set(group.doors.values_list("device", flat=True))


def _members(group: AccessGroup) -> set[int]:
    return set(group.people.values_list("pk", flat=True))


def _moved(before: set[int], after: set[int]) -> audit.Facts:
    """Name who came and who went: a trail of ten thousand names at each change tells nothing."""
    moved = {"people added": after - before, "people removed": before - after}
    return {
        label: sorted(str(person) for person in Person.objects.filter(pk__in=keys))
        for label, keys in moved.items()
        if keys
    }


def _facts(group: AccessGroup) -> audit.Facts:
    return {
        "name": group.name,
        "doors": sorted(group.doors.values_list("name", flat=True)),
        "people": group.people.count(),
        "windows": windows.describe(windows_of(group)),
    }
