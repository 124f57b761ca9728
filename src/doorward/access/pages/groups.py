"""Pages of access groups: the list, the form, and the deed that ends one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from doorward.access import consequences, facts, headcount, week_json, windows
from doorward.access.actions import groups, shelf
from doorward.access.consequences import Preview
from doorward.access.forms import GroupFields
from doorward.access.models import AccessGroup
from doorward.access.previewing import PreviewedDeed, PreviewedPage
from doorward.access.tables import GroupTable
from doorward.devices import working
from doorward.devices.models import Door
from doorward.files.lists import ListPage
from doorward.kit.counts import counted
from doorward.kit.errors import Text
from doorward.kit.pages import Context, Crumb
from doorward.people.models import Group, Person
from doorward.people.pages import companies_at
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage
from doorward.tenancy.editing import EditPage
from doorward.tenancy.permissions import Can

NAME_LENGTH = 64
OFFICE_HOURS = windows.WeeklyWindow(days=windows.WEEKDAYS, start=8 * 60, end=18 * 60)


class Groups(SitePage, ListPage):
    title = _("Access groups")
    template = "access/groups.html"
    table = GroupTable
    search_hint = _("Name")
    empty = {
        "text": _("No access groups yet"),
        "hint": _("An access group says who may open which doors when."),
        "icon": "shield-check",
    }

    def rows(self) -> QuerySet[AccessGroup]:
        doors = AccessGroup.doors.through
        seen_doors = doors.objects.filter(door__in=Door.objects.visible_to(self.actor))
        rows = AccessGroup.objects.seen_at(self.actor, self.site)
        return (
            rows.select_related("node", "site")
            .prefetch_related("windows")
            .annotate(door_count=counted(seen_doors, "accessgroup"))
        )

    def dress(self, table: Any, records: Sequence[Any]) -> None:
        seen = headcount.counted_for(self.actor, self.site)
        counts = headcount.members([group.pk for group in records], seen)
        for group in records:
            group.person_count = counts.get(group.pk, 0)

    def search(self, rows: QuerySet[AccessGroup], words: str) -> QuerySet[AccessGroup]:
        return rows.filter(name__icontains=words)

    def topics(self) -> Iterable[str]:
        return [working.topic_of(self.site)]

    def context(self) -> Context:
        # The list itself does not change by it.
        return {**super().context(), "live_topics": "", "working": working_at(self)}

    def action(self) -> Crumb | None:
        if not owner_choices(self):
            return None
        return (_("Add an access group"), reverse("group-new", args=[self.site.pk]))


class GroupFormPage(SitePage, PreviewedPage):
    """What creating and changing a group have in common."""

    needs = Can.CHANGE_ACCESS
    template = "access/group_form.html"
    form_class = GroupFields

    def trail(self) -> Iterable[Crumb]:
        return [groups_crumb(self.site)]

    def hold(self) -> None:
        shelf.take_turns([self.site.pk])

    def form_options(self) -> Context:
        return {
            "initial": self.initial(),
            "doors": doors_at(self),
            "people_groups": people_groups_at(self),
        }


class GroupNew(GroupFormPage):
    title = _("Add an access group")
    deed = _("Add access group")
    # Who is in it already comes with a group of people.
    peopled = False

    def prepare(self) -> None:
        super().prepare()
        self.owners = owner_choices(self)

    def subjects(self) -> Iterable[Any]:
        return self.owners

    def form_options(self) -> Context:
        companies = [owner for owner in self.owners if isinstance(owner, Company)]
        several = companies_at(self).filter(pk__in=[company.pk for company in companies])
        return {**super().form_options(), "owners": several if len(companies) > 1 else None}

    def initial(self) -> Context:
        asked = self.request.GET.get("door", "")
        return {
            "windows": week_json.unparse_text([OFFICE_HOURS]),
            "doors": [asked] if asked.isdecimal() else [],
        }

    def way_back(self) -> str:
        return reverse("groups", args=[self.site.pk])

    def preview(self, form: GroupFields) -> Preview:
        return consequences.of_form(self.actor, self.site, None, form.told())

    def save(self, form: GroupFields) -> str:
        owner = form.cleaned_data.get("owner") or self.owners[0]
        group = groups.create_group(
            self.actor,
            self.site,
            form.told(),
            company=owner if isinstance(owner, Company) else None,
        )
        self.peopled = bool(form.cleaned_data["people_groups"])
        return group_url(group)

    def said(self) -> str:
        if self.peopled:
            return gettext("The access group was added with the people of its groups.")
        return gettext("The access group was added. Now add the people who are in it.")


class GroupPage(SitePage):
    """A page about one access group of the site."""

    group: AccessGroup

    def prepare(self) -> None:
        super().prepare()
        found = AccessGroup.objects.filter(site=self.site).select_related("node", "site__node")
        self.group = found.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.group]

    def way_back(self) -> str:
        return group_url(self.group)


class GroupEdit(GroupPage, EditPage, GroupFormPage):
    title = _("Edit access group")
    deed = _("Save access group")
    done = _("Saved. The doors are told.")

    def trail(self) -> Iterable[Crumb]:
        return [*super().trail(), (self.group.name, group_url(self.group))]

    def initial(self) -> Context:
        return as_it_stands(self, self.group)

    def preview(self, form: GroupFields) -> Preview:
        return consequences.of_form(self.actor, self.site, self.group, form.told())

    def save(self, form: GroupFields) -> str:
        return group_url(groups.change_group(self.actor, self.group, form.told()))


class GroupCopy(GroupPage, GroupNew):
    """A new group that begins as another one stands; `?people=yes` takes its people along."""

    title = _("Duplicate access group")
    done = _("The access group was added. The doors are told.")

    def subjects(self) -> Iterable[Any]:
        return self.owners

    def trail(self) -> Iterable[Crumb]:
        return [groups_crumb(self.site), (self.group.name, group_url(self.group))]

    def form_options(self) -> Context:
        named = Person.objects.visible_to(self.actor).filter(accessgroups=self.group)
        return {**super().form_options(), "named": named}

    def initial(self) -> Context:
        name = gettext("Copy of %(name)s") % {"name": self.group.name}
        return {
            **as_it_stands(self, self.group),
            "name": name[:NAME_LENGTH],
            "along": "people" in self.request.GET,
        }

    def way_back(self) -> str:
        return group_url(self.group)


class GroupDelete(GroupPage, PreviewedDeed):
    title = _("Delete access group")
    needs = Can.CHANGE_ACCESS
    done = _("The access group was deleted. The doors are told.")

    def trail(self) -> Iterable[Crumb]:
        return [groups_crumb(self.site), (self.group.name, group_url(self.group))]

    def question(self) -> Text:
        return gettext("Delete %(group)s?") % {"group": self.group}

    def preview(self) -> Preview:
        return consequences.of_deletion(self.actor, self.group)

    def hold(self) -> None:
        groups.hold(self.group)

    def act(self) -> str:
        groups.delete_group(self.actor, self.group)
        return reverse("groups", args=[self.site.pk])


def as_it_stands(page: SitePage, group: AccessGroup) -> Context:
    """Return what the form of a group holds before anybody types: what the reader sees of it."""
    named = Group.objects.visible_to(page.actor).filter(accessgroups=group)
    return {
        "name": group.name,
        "windows": week_json.unparse_text(facts.drawn_of(group)),
        "first_day": group.first_day,
        "last_day": group.last_day,
        "doors": list(doors_at(page).filter(accessgroups=group)),
        "people_groups": [one.pk for one in named],
    }


def owner_choices(page: SitePage) -> list[Any]:
    """Return to whom a new group may belong: the site, or else the companies one administers."""
    if page.actor.may(Can.CHANGE_ACCESS, page.site.node):
        return [page.site]
    companies = companies_at(page).select_related("node")
    return [one for one in companies if page.actor.may(Can.CHANGE_ACCESS, one.node)]


def doors_at(page: SitePage) -> QuerySet[Door]:
    """Return the doors of the page's site that its reader sees, with device and connector."""
    doors = Door.objects.seen_at(page.actor, page.site).order_by("name")
    return doors.select_related("site", "device__connector")


def people_groups_at(page: SitePage) -> QuerySet[Group]:
    """Return the groups of people at the page's site that its reader sees."""
    groups = Group.objects.seen_at(page.actor, page.site)
    return groups.select_related("company", "parent").order_by("name", "company__name", "pk")


def working_at(page: SitePage) -> working.Working | None:
    """Return how far it is worked out who may open the doors that the reader sees."""
    return working.working_at(page.actor, page.site)


def groups_crumb(site: Site) -> Crumb:
    return (_("Access groups"), reverse("groups", args=[site.pk]))


def group_url(group: AccessGroup) -> str:
    return reverse("group", args=[group.site_id, group.pk])
