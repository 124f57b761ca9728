"""What people type of a person."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from doorward.kit.widgets import Picker, WallTimeField
from doorward.people.actions import PersonForm
from doorward.sites.models import Company


class PersonFields(forms.Form):
    """Name, company and validity; times are wall time of the site."""

    first_name = forms.CharField(label=_("First name"), max_length=64)
    last_name = forms.CharField(label=_("Last name"), max_length=64)
    company = forms.ModelChoiceField(
        label=_("Company"),
        queryset=Company.objects.none(),
        empty_label=None,
        widget=Picker(placeholder=_("Type to find a company")),
    )
    valid_from = WallTimeField(
        label=_("Valid from"), required=False, help_text=_("Empty: from now on.")
    )
    valid_until = WallTimeField(
        label=_("Valid until"), required=False, help_text=_("Empty: without an end.")
    )

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, companies: QuerySet[Company], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]

    def told(self) -> PersonForm:
        return PersonForm(
            **{
                name: self.cleaned_data[name]
                for name in ("first_name", "last_name", "valid_from", "valid_until")
            }
        )
