"""What people type of cards and access groups, and what they ask of rights."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.access import cards, facts, week_json, windows
from doorward.access.actions.groups import GroupForm
from doorward.access.models import AccessGroup, Credential
from doorward.access.windows import Window
from doorward.access.wording import Spelling, describe
from doorward.devices.models import Door
from doorward.kit.widgets import DayField, Picker, PickMany, WallTimeField
from doorward.people.models import Group, Person
from doorward.sites.models import Company


class CardFields(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Card number"),
        max_length=64,
        help_text=gettext_lazy("As the reader shows it, such as 04A1B2C3."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"), choices=Credential.Format, required=False
    )
    label = forms.CharField(
        label=gettext_lazy("Label"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("What tells it from the others, such as “Key fob”."),
    )


class PinFields(forms.Form):
    pin = forms.CharField(
        label=gettext_lazy("PIN"),
        max_length=16,
        required=False,
        help_text=gettext_lazy("Leave it empty to have one generated."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "numeric"}
        ),
    )


class AccessFields(forms.Form):
    """The access groups that a person is put into."""

    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Access groups"),
        queryset=AccessGroup.objects.none(),
        required=False,
        help_text=gettext_lazy("None: no door opens yet. The person's page says what is open."),
        widget=PickMany(
            placeholder=gettext_lazy("Type to find an access group"),
            hint=lambda group: facts.hours_words(facts.windows_of(group), group.site),
        ),
    )

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, groups: QuerySet[AccessGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = groups.select_related("site").prefetch_related("windows").order_by("name")
        self.fields["groups"].queryset = known  # type: ignore[attr-defined]


class HoldingFields(forms.Form):
    """A PIN, and up to as many cards as a device keeps for one person."""

    pin = forms.BooleanField(
        label=gettext_lazy("Give a PIN"),
        required=False,
        initial=True,
        help_text=gettext_lazy("It is generated, and told once when the person is added."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format of these numbers"), choices=Credential.Format, required=False
    )

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, cards.MAX_PER_PERSON + 1):
            self.fields[card_field(place)] = forms.CharField(
                label=_("Card number") if place == 1 else _("Another card number"),
                required=False,
                max_length=64,
                widget=forms.TextInput(
                    attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "04A1B2C3"}
                ),
            )

    def card_fields(self) -> list[forms.BoundField]:
        return [self[card_field(place)] for place in range(1, cards.MAX_PER_PERSON + 1)]

    def cards(self) -> list[tuple[str, str]]:
        """Return the numbers that were typed, each with its field."""
        typed = [(field.name, self.cleaned_data[field.name]) for field in self.card_fields()]
        return [(name, number) for name, number in typed if number]


def card_field(place: int) -> str:
    return f"card_{place}"


def where_it_hangs(group: Group) -> str:
    """Say of which company a group of people is, and below which group: names recur in trees."""
    return " › ".join(str(one) for one in (group.company, group.parent) if one)


class GroupFields(forms.Form):
    """An access group on one page: its name, its hours, its doors and its groups of people.

    Who is named in it is dealt with on the group's own page: there may be thousands.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=64)
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Company"),
        queryset=Company.objects.none(),
        empty_label=None,
        widget=Picker(),
    )
    windows = forms.CharField(label=gettext_lazy("Hours"), widget=forms.HiddenInput)
    first_day = DayField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("Empty: from now on."),
        required=False,
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Included. Empty: without an end."),
        required=False,
    )
    doors = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Doors"),
        queryset=Door.objects.none(),
        required=False,
        widget=PickMany(placeholder=gettext_lazy("Type to find a door")),
    )
    people_groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Groups of people"),
        queryset=Group.objects.none(),
        required=False,
        help_text=gettext_lazy("Everybody in them and in the groups below, now and later."),
        widget=PickMany(
            placeholder=gettext_lazy("Type the name of a group or a company"),
            hint=where_it_hangs,
        ),
    )
    along = forms.BooleanField(
        label=gettext_lazy("Take the people named in it along"), required=False
    )

    # Any: a form takes whatever Django passes on.
    def __init__(
        self,
        *args: Any,
        doors: QuerySet[Door],
        people_groups: QuerySet[Group],
        owners: QuerySet[Company] | None = None,
        named: QuerySet[Person] | None = None,
        **kwargs: Any,
    ) -> None:
        """Offer what there is; `named` are those whom a duplicate may take along."""
        super().__init__(*args, **kwargs)
        self.named = named
        self.fields["doors"].queryset = doors  # type: ignore[attr-defined]
        self.fields["people_groups"].queryset = people_groups  # type: ignore[attr-defined]
        if named is None:
            del self.fields["along"]
        if owners is None:
            del self.fields["owner"]
        else:
            self.fields["owner"].queryset = owners  # type: ignore[attr-defined]

    def clean_windows(self) -> tuple[Window, ...]:
        try:
            drawn = week_json.parse_text(self.cleaned_data["windows"])
        except windows.WeekError as refusal:
            raise forms.ValidationError([_told(fault) for fault in refusal.faults]) from refusal
        if not drawn:
            raise forms.ValidationError(_("Choose the hours in which these people may open."))
        return drawn

    def say_windows(self, text: str) -> str:
        """Put hours as they are sent into words, for whoever compares two editors' hours."""
        try:
            return describe(week_json.parse_text(text), Spelling(_))
        except windows.WeekError:
            return text

    def told(self) -> GroupForm:
        told = {name: self.cleaned_data[name] for name in _GROUP_FIELDS}
        along = self.named is not None and self.cleaned_data["along"]
        return GroupForm(**told, people=list(self.named or ()) if along else None)


class WhyFields(forms.Form):
    """May this person open that door at this time?"""

    door = forms.ModelChoiceField(
        label=gettext_lazy("Door"),
        queryset=Door.objects.none(),
        empty_label=None,
        widget=Picker(placeholder=gettext_lazy("Type to find a door")),
    )
    at = WallTimeField(label=gettext_lazy("When"))

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, doors: QuerySet[Door], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["door"].queryset = doors  # type: ignore[attr-defined]


_GROUP_FIELDS = ("name", "doors", "people_groups", "windows", "first_day", "last_day")


def _told(fault: windows.Fault) -> forms.ValidationError:
    """Return a fault that says in which row of the week editor, and where in it."""
    sentence = _(fault.sentence)
    if fault.index is None:
        return forms.ValidationError(sentence)
    row = fault.index + 1
    text = _("Hours %(row)d: %(fault)s") % {"row": row, "fault": sentence}
    place = f"{row}_{fault.field or 'repeat'}"
    return forms.ValidationError(text, params={"place": place})
