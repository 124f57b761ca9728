"""How people are looked for."""

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from doorward.people.models import Person
from doorward.sites.models import Company


def by_name(people: QuerySet[Person], words: str) -> QuerySet[Person]:
    """Keep the people in whose first or last name every word occurs."""
    for word in words.split():
        people = people.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return people


def _companies(request: HttpRequest) -> QuerySet[Company]:
    page = request.page  # type: ignore[attr-defined]
    return Company.objects.visible_to(page.actor).filter(site=page.site).order_by("name")


class PeopleFilter(filters.FilterSet):
    company = filters.ModelChoiceFilter(
        label=_("Company"),
        queryset=_companies,
        empty_label=_("All companies"),
        widget=forms.Select(attrs={"class": "form-select", "aria-label": _("Company")}),
    )

    class Meta:
        model = Person
        fields = ["company"]
