"""How people are looked for."""

import re

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from doorward.kit.filters import choice
from doorward.people.models import Person
from doorward.sites.models import Company

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


def _companies(request: HttpRequest) -> QuerySet[Company]:
    page = request.page  # type: ignore[attr-defined]
    return Company.objects.visible_to(page.actor).filter(site=page.site).order_by("name")


class PeopleFilter(filters.FilterSet):
    company = filters.ModelChoiceFilter(
        label=_("Company"),
        queryset=_companies,
        empty_label=_("All companies"),
        widget=choice(_("Company")),
    )

    class Meta:
        model = Person
        fields = ["company"]
