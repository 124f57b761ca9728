"""Pages about one person."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.kit.pages import Crumb, DeedPage
from doorward.people import actions
from doorward.people.models import Group, Groups, Person
from doorward.sites.models import Company, Site
from doorward.sites.pages import SitePage
from doorward.tenancy.models import Removed
from doorward.tenancy.permissions import Can


class PersonPage(SitePage):
    """A page about one person of the site."""

    person: Person

    def prepare(self) -> None:
        super().prepare()
        people = Person.objects.filter(site=self.site).select_related(
            "company", "group", "node", "site"
        )
        self.person = people.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.person]

    def trail(self) -> Iterable[Crumb]:
        return [people_crumb(self.site)]

    def way_back(self) -> str:
        return person_url(self.person)


class PersonPart(PersonPage):
    """A page that lies below a person's own."""

    def trail(self) -> Iterable[Crumb]:
        return [*super().trail(), (str(self.person), person_url(self.person))]


class PersonSuspend(PersonPage, DeedPage):
    needs = Can.CHANGE_PERSON
    done = _("Suspended. The doors forget this person at once.")
    # What takes it back.
    undo = "person-resume"

    def act(self) -> None:
        actions.suspend_people(self.actor, [self.person])

    def said(self) -> str:
        path = reverse(self.undo, args=[self.kwargs["site"], self.kwargs["pk"]])
        context = {"text": self.done, "path": path}
        return render_to_string("kit/put_back.html", context, self.request)


class PersonResume(PersonPage, DeedPage):
    needs = Can.CHANGE_PERSON
    done = _("Resumed, with all rights that were kept. The doors are told.")

    def act(self) -> None:
        actions.resume_people(self.actor, [self.person])


class PersonDelete(PersonPage, DeedPage):
    needs = Can.CHANGE_PERSON
    done = _("The person was deleted. The doors forget the cards.")
    removed: Removed | None = None

    def act(self) -> None:
        self.removed = actions.delete_person(self.actor, self.person)

    def said(self) -> str:
        if self.removed is None:
            return super().said()
        path = reverse("person-restore", args=[self.site.pk, self.removed.pk])
        return render_to_string(
            "kit/put_back.html", {"text": self.done, "path": path}, self.request
        )

    def way_back(self) -> str:
        return reverse("people", args=[self.site.pk])


class PersonRestore(SitePage, DeedPage):
    """Undo of a deletion, for whoever did it, a few minutes long."""

    done = _("The deletion was taken back. The doors are told.")

    def act(self) -> None:
        actions.restore_people(self.actor, self.kwargs["pk"])

    def way_back(self) -> str:
        return reverse("people", args=[self.site.pk])


def companies_at(page: SitePage) -> QuerySet[Company]:
    """Return the companies of the page's site that its reader sees."""
    companies = Company.objects.seen_at(page.actor, page.site)
    return companies.order_by("name")


def groups_at(page: SitePage) -> Groups:
    """Return the groups of people at the page's site that its reader sees."""
    return Group.objects.seen_at(page.actor, page.site)


def person_choices(page: SitePage) -> dict[str, Any]:
    """Return what a form about a person offers to choose from."""
    return {
        "companies": companies_at(page),
        "groups": groups_at(page),
        "groups_url": reverse("people-group-choices", args=[page.site.pk]),
    }


def people_crumb(site: Site) -> Crumb:
    return (_("Personnel"), reverse("people", args=[site.pk]))


def person_url(person: Person) -> str:
    return reverse("person", args=[person.site_id, person.pk])
