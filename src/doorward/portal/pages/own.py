"""A page of one's own, for whoever only opens doors: which doors when, and what one holds."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from doorward.access import facts, openable
from doorward.access.models import Credential
from doorward.activity.keyset import newest_first
from doorward.activity.models import DoorEvent
from doorward.kit import clock
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, Page
from doorward.people.models import Person
from doorward.people.models.groups import path_of
from doorward.people.pages import photo_link
from doorward.portal.menu import opens_doors
from doorward.portal.tables import validity_words
from doorward.tenancy.models import CustomerService

SHOWN_EVENTS = 12


class OwnAccess(Page):
    """It is only to be read: whoever looks after the company changes it."""

    title = gettext_lazy("My access")
    template = "portal/own.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # `get` activates the site's zone; the thread goes on to serve other pages.
        with timezone.override(None):
            return super().dispatch(request, *args, **kwargs)

    def prepare(self) -> None:
        seen = Person.objects.visible_to(self.actor).filter(account=self.actor.account)
        self.found = seen.select_related("company", "group", "site", "node").first()
        if self.found is None and not opens_doors(self.actor):
            raise Hidden

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.found is None:
            # Whose person is gone learns there whom to ask.
            return HttpResponseRedirect(reverse("dashboard"))
        self.person, self.at = self.found, clock.now()
        timezone.activate(self.person.site.zone_info)
        return super().get(request, *args, **kwargs)

    def context(self) -> Context:
        ways = openable.ways_of(self.person, openable.doors_of(self.person), self.at, self.actor)
        drawn = [window for way in ways for window in way.windows]
        site = self.person.site
        held = Credential.objects.visible_to(self.actor).filter(person=self.person)
        lines = DoorEvent.objects.visible_to(self.actor).filter(person=self.person)
        services = CustomerService.objects.visible_to(self.actor)
        return {
            **super().context(),
            "person": self.person,
            "site_of": site,
            "photo": photo_link(self, self.person),
            "group_path": path_of(self.person.group) if self.person.group else "",
            "objection": facts.person_facts(self.person).objection(self.at),
            "validity": validity_words(self.person),
            "doors": [(way, facts.hours_words(way.windows, site)) for way in ways],
            "open_now": sum(way.open_now for way in ways),
            "windows": drawn,
            "hours": facts.hours_words(drawn, site),
            "held": list(held.defer("secret").order_by("kind", "pk")),
            "events": list(newest_first(lines)[:SHOWN_EVENTS]),
            "services": list(services.order_by("pk")[:1]),
        }
