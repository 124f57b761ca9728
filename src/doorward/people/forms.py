"""What people type of a person and of a group of people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIteratorValue
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from phonenumber_field.formfields import PhoneNumberField

from doorward.kit.errors import Text
from doorward.kit.offers import carried
from doorward.kit.widgets import Picker, WallTimeField
from doorward.people import portraits, trees
from doorward.people.actions import PERSON_FIELDS, PersonForm
from doorward.people.models import NUMBER_FORM, Group, Groups
from doorward.people.models.groups import MAX_FLOORS
from doorward.people.models.people import languages
from doorward.sites.models import Company


class GroupPicker(Picker):
    """Groups by their whole path; only those of the company that the form names are offered."""

    def __init__(
        self, *, placeholder: Text = "", within: str = "company", label: Text = ""
    ) -> None:
        super().__init__(placeholder=placeholder)
        self.attrs["data-within"] = within
        if label:
            self.attrs["aria-label"] = label

    # Any: Django gives labels and attributes of every kind.
    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if group := getattr(value, "instance", None):
            option["attrs"] |= {"data-of": group.company_id, "data-hint": group.company.name}
        return option


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A group of people."""

    widget = GroupPicker

    def offer(self, groups: Groups, search_url: str, *, chosen: object = None) -> None:
        """Offer these groups; of very many only the chosen one, and the rest by search."""
        found = carried(self, groups.select_related("company"), search_url, chosen=[chosen])
        self.choices = [("", self.empty_label or ""), *self.options(found)]

    # Any: a value that knows its row.
    def options(self, groups: list[Group]) -> Iterable[tuple[Any, Text]]:
        paths = trees.paths(groups)
        return [
            (ModelChoiceIteratorValue(group.pk, group), paths[group.pk])
            for group in trees.in_order(groups)
        ]


class MoveFields(forms.Form):
    """Where people are moved to."""

    company = forms.ModelChoiceField(
        label=gettext_lazy("Company"),
        queryset=Company.objects.none(),
        empty_label=None,
        widget=Picker(placeholder=gettext_lazy("Type to find a company")),
    )
    group = GroupField(
        label=gettext_lazy("Group"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=gettext_lazy("Ungrouped"),
        widget=GroupPicker(placeholder=gettext_lazy("Ungrouped")),
    )

    # Any: a form takes whatever Django passes on.
    def __init__(
        self,
        *args: Any,
        companies: QuerySet[Company],
        groups: Groups,
        groups_url: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["company"].queryset = companies  # type: ignore[attr-defined]
        chosen = self["group"].value()
        self.fields["group"].offer(groups, groups_url, chosen=chosen)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        group, company = found.get("group"), found.get("company")
        if group and company and group.company_id != company.pk:
            self.add_error("group", _("Choose a group of this company."))
        return found


class PersonFields(MoveFields):
    """All that is known of a person; times are wall time of the site."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=64)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=64)
    personnel_id = forms.CharField(
        label=gettext_lazy("Personnel ID"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("Empty: the next free number."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    mobile = PhoneNumberField(
        label=gettext_lazy("Mobile"), required=False, error_messages={"invalid": NUMBER_FORM}
    )
    landline = PhoneNumberField(
        label=gettext_lazy("Landline"), required=False, error_messages={"invalid": NUMBER_FORM}
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=languages,
        initial=get_language,
        required=False,
        help_text=gettext_lazy("Of the mail this person gets."),
    )
    floors = SimpleArrayField(
        forms.CharField(max_length=16),
        label=gettext_lazy("Floors"),
        max_length=MAX_FLOORS,
        required=False,
        help_text=gettext_lazy("As the lift calls them, with commas between: 1, 2, B1."),
    )
    valid_from = WallTimeField(
        label=gettext_lazy("Valid from"),
        required=False,
        help_text=gettext_lazy("Empty: from now on."),
    )
    valid_until = WallTimeField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("Empty: without an end."),
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def told(self) -> PersonForm:
        known = {name: self.cleaned_data[name] for name in PERSON_FIELDS}
        return PersonForm(**{**known, "language": known["language"] or "en"})


class PhotoFields(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Photo"),
        help_text=gettext_lazy(
            "JPEG or PNG, at most 5 MB and at least 250 × 250 pixels; the whole face, from the "
            "front. Where and when it was taken is left out."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "data-drop": ""}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        # Of a file that is far too large nothing was kept to be read.
        if (file.size or 0) > portraits.LARGEST_FILE:
            raise forms.ValidationError(_(portraits.TOO_HEAVY))
        return file


class GroupFields(forms.Form):
    """A group of a company's people."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=128)
    parent = GroupField(
        label=gettext_lazy("Parent group"),
        queryset=Group.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: at the top"),
        widget=GroupPicker(placeholder=gettext_lazy("None: at the top"), within=""),
    )
    floors = SimpleArrayField(
        forms.CharField(max_length=16),
        label=gettext_lazy("Floors"),
        max_length=MAX_FLOORS,
        required=False,
        help_text=gettext_lazy("As the lift calls them, with commas between: 1, 2, B1."),
    )

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, parents: Groups, groups_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["parent"].value()
        self.fields["parent"].offer(parents, groups_url, chosen=chosen)  # type: ignore[attr-defined]
