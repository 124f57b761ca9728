"""Deeds on access groups: who may open which doors when."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Exists, F, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from doorward.access.actions import members, shelf
from doorward.access.facts import drawn_of, today_at
from doorward.access.models import SEGMENT_FIELDS, AccessGroup, AccessSegment, AccessWindow
from doorward.access.segments import ScheduleSegment, normalise
from doorward.access.windows import WeeklyWindow, Window, within
from doorward.access.wording import describe
from doorward.devices.models import Door
from doorward.kit import rows
from doorward.kit.errors import Invalid
from doorward.kit.jobs import app as jobs
from doorward.people.models import Group, Person
from doorward.sites.models import Company, Site
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.permissions import Can

# What an access group names; a group above them all says the same in one.
MOST_PEOPLE_GROUPS = 200

_RETIRE = """
DELETE FROM access_accesssegment segment
USING access_accessgroup own JOIN sites_site site ON site.id = own.site_id
WHERE own.id = segment.group_id
    -- No zone is more than a day ahead: this the index finds.
    AND segment.last_day < (timezone('UTC', %(at)s) + interval '1 day')::date
    AND segment.last_day < timezone(site.zone, %(at)s)::date
RETURNING segment.group_id
"""

Keyed = TypeVar("Keyed", bound=Model)


@dataclass(frozen=True, kw_only=True)
class GroupForm:
    """What people say of an access group. All that it names are those that the actor can see.

    People or groups of people that are None stay as they are.
    """

    name: str
    doors: Collection[Door]
    windows: Collection[Window]
    first_day: date | None = None
    last_day: date | None = None
    people: Collection[Person] | None = None
    people_groups: Collection[Group] | None = None


@dataclass(frozen=True)
class _Extent:
    """What a group opens, each door with its device, when, and to which groups of people."""

    doors: Mapping[int, int]
    people_groups: frozenset[int]
    hours: frozenset[ScheduleSegment]


@transaction.atomic
def create_group(
    actor: Actor, site: Site, form: GroupForm, *, company: Company | None = None
) -> AccessGroup:
    """Create an access group of the site, or a company's own."""
    node = company.node if company else site.node
    actor.require(Can.CHANGE_ACCESS, node)
    group = AccessGroup(node=node, site=site, company=company, name=form.name)
    group.first_day, group.last_day = form.first_day, form.last_day
    rows.store(group)
    _fill(actor, group, form)
    audit.record(actor, "create", group, node, after=_facts(group))
    shelf.refresh_devices(actor, _devices(group))
    return group


@transaction.atomic
def change_group(actor: Actor, group: AccessGroup, form: GroupForm) -> AccessGroup:
    """Change an access group; what the actor cannot see in it stays in it."""
    _hold(actor, group)
    before, had = _facts(group), _extent(group)
    group.name, group.first_day, group.last_day = form.name, form.first_day, form.last_day
    rows.store(group)
    moved = _fill(actor, group, form)
    audit.record(
        actor, "change", group, group.node, before=before, after={**_facts(group), **moved}
    )
    _follow(actor, had, _extent(group), moved=bool(moved))
    return group


@transaction.atomic
def delete_group(actor: Actor, group: AccessGroup) -> None:
    """Delete an access group; who had rights only by it loses them."""
    actor.require(Can.CHANGE_ACCESS, group)
    audit.record(actor, "delete", group, group.node, before=_facts(group))
    devices = _devices(group)
    group.delete()
    shelf.refresh_devices(actor, devices)


def hold(group: AccessGroup) -> None:
    """Keep a group and all rights at its site as they are, until the transaction ends.

    Deeds on a group hold it before they hold the site, and so does whoever looks at one.
    """
    AccessGroup.objects.select_for_update(no_key=True).filter(pk=group.pk).first()
    shelf.take_turns([group.site_id])


def _hold(actor: Actor, group: AccessGroup) -> None:
    actor.require(Can.CHANGE_ACCESS, group)
    AccessGroup.objects.select_for_update(no_key=True).get(pk=group.pk)


def _fill(actor: Actor, group: AccessGroup, form: GroupForm) -> audit.Facts:
    """Bring a group to what is said of it; return the names of who came and who went."""
    _check_sight(actor, group, form)
    group.doors.set(_with_unseen(form.doors, group.doors, Door.objects.visible_to(actor)))
    if form.people_groups is not None:
        seen = Group.objects.visible_to(actor)
        group.people_groups.set(_with_unseen(form.people_groups, group.people_groups, seen))
    _fill_hours(group, form.windows)
    return {} if form.people is None else _fill_people(actor, group, form.people)


def _fill_hours(group: AccessGroup, drawn: Collection[Window]) -> None:
    group.windows.all().delete()
    AccessWindow.objects.bulk_create(_row(group, window) for window in drawn)
    group.segments.all().delete()
    left = normalise(within(drawn, group.first_day, group.last_day), today_at(group.site))
    AccessSegment.objects.bulk_create(AccessSegment(group=group, **asdict(one)) for one in left)


def _row(group: AccessGroup, window: Window) -> AccessWindow:
    if isinstance(window, WeeklyWindow):
        return AccessWindow(group=group, days=window.days, start=window.start, end=window.end)
    return AccessWindow(
        group=group,
        days=0,
        start=window.begin.hour * 60 + window.begin.minute,
        end=window.end.hour * 60 + window.end.minute,
        first_day=window.begin.date(),
        last_day=window.end.date(),
    )


def _fill_people(actor: Actor, group: AccessGroup, people: Collection[Person]) -> audit.Facts:
    seen = Person.objects.visible_to(actor).filter(accessgroups=group)
    before, after = set(seen.values_list("pk", flat=True)), {person.pk for person in people}
    members.name_people(group, after - before, before - after)
    return members.names(after - before, before - after)


# Any: the manager of a relation knows no type of its own.
def _with_unseen(chosen: Collection[Keyed], held: Any, seen: QuerySet[Keyed]) -> list[Keyed]:
    """Return what is chosen with what is held and cannot be seen: that is nobody's to take."""
    return [*chosen, *held.exclude(pk__in=seen)]


def _check_sight(actor: Actor, group: AccessGroup, form: GroupForm) -> None:
    """Raise `Invalid` unless the actor sees all that is named, and all are of one site."""
    doors = Door.objects.visible_to(actor).filter(site=group.site_id)
    opened = {door.pk for door in form.doors}
    if opened - set(doors.values_list("pk", flat=True)):
        raise Invalid({"doors": _("Choose doors of this site.")})
    if group.company_id is not None:
        granted = doors.filter(companies=group.company_id).values_list("pk", flat=True)
        if opened - set(granted):
            raise Invalid({"doors": _("Choose doors that the company may open.")})
    members.check_people(actor, group, form.people or ())
    _check_people_groups(actor, group, form.people_groups or ())


def _check_people_groups(actor: Actor, group: AccessGroup, chosen: Collection[Group]) -> None:
    keys = {one.pk for one in chosen}
    if len(keys) > MOST_PEOPLE_GROUPS:
        message = _("Choose at most %(count)d groups of people, or the groups above them.")
        raise Invalid({"people_groups": message % {"count": MOST_PEOPLE_GROUPS}})
    found = Group.objects.visible_to(actor).filter(site=group.site_id, pk__in=keys)
    # Held until the deed is done, so that none is deleted meanwhile.
    held = list(found.select_for_update(of=("self",), no_key=True).order_by("pk"))
    if len(held) < len(keys):
        raise Invalid({"people_groups": _("Choose groups of people of this site.")})
    if group.company_id is not None and any(one.company_id != group.company_id for one in held):
        message = _("Choose groups of the company whose access group this is.")
        raise Invalid({"people_groups": message})


@transaction.atomic
def retire_hours(at: datetime) -> int:
    """Let go of hours whose last day is over at their site; return how many segments went.

    The doors' devices get their places back for others.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RETIRE, {"at": at})
        groups = [row[0] for row in cursor.fetchall()]
    doors = Door.objects.filter(accessgroups__in=set(groups))
    # Site by site: on the first of a year there may be many.
    for site in doors.order_by("site").values_list("site", flat=True).distinct():
        jobs.configure_task(shelf.FOLLOW_SITE).defer(site=site)
    return len(groups)


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


def _extent(group: AccessGroup) -> _Extent:
    held = group.segments.values_list(*SEGMENT_FIELDS)
    return _Extent(
        doors=dict(group.doors.values_list("pk", "device")),
        people_groups=frozenset(group.people_groups.values_list("pk", flat=True)),
        hours=frozenset(ScheduleSegment(*segment) for segment in held),
    )


def _follow(actor: Actor, had: _Extent, has: _Extent, *, moved: bool) -> None:
    """Bring the devices up to date that a change concerns, and of them what it concerns."""
    devices = {*had.doors.values(), *has.doors.values()}
    if moved or had.people_groups != has.people_groups:
        shelf.refresh_devices(actor, devices)
    elif had.hours == has.hours:
        shelf.refresh_devices(
            actor, {device for _door, device in had.doors.items() ^ has.doors.items()}
        )
    elif had.doors == has.doors:
        shelf.rewrite_hours(actor, devices, had.hours, has.hours)
    else:
        shelf.refresh_devices(actor, devices)


def _facts(group: AccessGroup) -> audit.Facts:
    return {
        "name": group.name,
        "doors": sorted(group.doors.values_list("name", flat=True)),
        "people": group.people.count(),
        "groups of people": sorted(group.people_groups.values_list("name", flat=True)),
        "windows": describe(drawn_of(group)),
        "first_day": group.first_day,
        "last_day": group.last_day,
    }
