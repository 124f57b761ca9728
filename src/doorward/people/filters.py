"""How people are looked for."""

import django_filters as filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from doorward.kit.filters import choice
from doorward.people.models import Person
from doorward.sites.models import Company


def by_name(words: str) -> Q:
    """Say which people have every word somewhere in their first or last name."""
    found = Q()
    for word in words.split():
        found &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
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
