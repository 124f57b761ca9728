"""The line about people: whether those who came last can open anything, and by what."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.people.models import Person
from doorward.portal.readiness.facts import Facts, People
from doorward.portal.readiness.lines import Case, Check, Level
from doorward.tenancy.permissions import Can


def people_line(facts: Facts, most: int) -> Check:
    """Judge the people of a site; of those who lack something, at most so many are named."""
    name, title, people = "people", _("People are complete"), facts.people
    if not people.count:
        may = facts.actor.may(Can.CHANGE_PERSON, facts.site.node)
        url = reverse("person-new", args=[facts.site.pk]) if may else ""
        told, mend = _("Nobody is here yet."), _("Add people one by one, or import a sheet.")
        return Check(name, title, Level.WARN, told, mend, url, _("Add a person"))
    if people.shut_out:
        told = ngettext(
            "%(count)d person is in no access group.",
            "%(count)d people are in no access group.",
            len(people.shut_out),
        ) % {"count": len(people.shut_out)}
        mend = _("They open no door before they are in one.")
        cases = _named(facts, people.shut_out[:most])
        return Check(name, title, Level.WARN, _among(people, told), mend, cases=cases)
    if people.empty_handed:
        told = ngettext(
            "%(count)d person holds neither card nor PIN.",
            "%(count)d people hold neither card nor PIN.",
            len(people.empty_handed),
        ) % {"count": len(people.empty_handed)}
        mend = _("Give them one, or they stand before a shut door.")
        cases = _named(facts, people.empty_handed[:most])
        return Check(name, title, Level.WARN, _among(people, told), mend, cases=cases)
    told = _("Everybody is in an access group and holds a card or a PIN.")
    return Check(name, title, Level.GOOD, _among(people, told))


def _among(people: People, told: str) -> str:
    """Say of whom a sentence is, where these may not be all."""
    if not people.is_part:
        return told
    among = {"count": people.count, "told": told}
    return _("Of the %(count)d who were added last: %(told)s") % among


def _named(facts: Facts, keys: Sequence[int]) -> list[Case]:
    shown = Person.objects.seen_at(facts.actor, facts.site).filter(pk__in=keys)
    ordered = shown.order_by("last_name", "first_name", "pk")
    return [Case(str(one), reverse("person", args=[facts.site.pk, one.pk])) for one in ordered]
