"""How people are looked for."""

import re
from collections.abc import Iterable
from typing import Any

import django_filters as filters
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from doorward.kit.errors import Text
from doorward.kit.filters import choice
from doorward.people.forms import GroupField, GroupPicker
from doorward.people.models import Group

# Three letters or digits in a row make a trigram, by which the index finds any part of a word.
_TRIGRAM = re.compile(r"[^\W_]{3}")
_LETTER = re.compile(r"[^\W_]")


def by_name(words: str) -> Q:
    """Say who has every word in their names, personnel ID, e-mail or mobile.

    A word of three letters is found anywhere. A shorter one is found where a word begins: the
    index knows beginnings, and would have to be read whole for anything else. What has neither
    letter nor digit is not looked for.
    """
    lower = [word for word in words.lower().split() if _LETTER.search(word)]
    if not lower:
        return Q(pk__in=()) if words.strip() else Q()
    found = Q()
    for word in lower:
        found &= Q(sought__contains=word if _TRIGRAM.search(word) else f" {word}")
    return found


# What stands in a filter for people of no group.
UNGROUPED = "none"


class _GroupChoice(GroupField):
    """A group with all beneath it, or nobody's group."""

    # Any: what was sent.
    def to_python(self, value: Any) -> Any:
        return UNGROUPED if value == UNGROUPED else super().to_python(value)

    def options(self, groups: list[Group]) -> Iterable[tuple[Any, Text]]:
        return [(UNGROUPED, _("Ungrouped")), *super().options(groups)]


class GroupFilter(filters.Filter):
    field_class = _GroupChoice

    @property
    def field(self) -> Any:
        field = super().field
        if field.queryset is None:
            page = self.parent.request.page
            groups = Group.objects.seen_at(page.actor, page.site)
            search_url = reverse("people-group-choices", args=[page.site.pk])
            field.offer(groups, search_url, chosen=page.request.GET.get("group"))
        return field

    # Any: rows of people, and a group or the word for none.
    def filter(self, qs: Any, value: Any) -> Any:
        if value == UNGROUPED:
            return qs.filter(group=None)
        return qs.of_group(value.pk) if value else qs


class CompanyFilter(filters.ChoiceFilter):
    """One of the companies that the page's reader sees."""

    @property
    def field(self) -> Any:
        names = self.parent.request.page.company_names
        self.extra["choices"] = [(str(company), name) for company, name in names.items()]
        return super().field


class PlaceFilter(filters.FilterSet):
    """To which company and which of its groups people belong."""

    company = CompanyFilter(
        label=_("Company"),
        empty_label=_("All companies"),
        widget=choice(_("Company")),
    )
    group = GroupFilter(
        label=_("Group"),
        queryset=None,
        empty_label=_("All groups"),
        widget=GroupPicker(placeholder=_("All groups"), label=_("Group")),
    )
