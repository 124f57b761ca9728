"""What people type of sites and companies."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from doorward.kit import clock
from doorward.kit.regions import cities_of, states_of
from doorward.kit.widgets import Picker, Suggesting
from doorward.sites import words
from doorward.sites.actions import SITE_FIELDS, SiteForm, strange_state
from doorward.sites.models import USUAL_PIN, Site
from doorward.tenancy.models import Node


class _Offering(forms.Form):
    """Choices that are offered from a list of words."""

    def offer(self, name: str, known: tuple[tuple[str, str], ...]) -> None:
        """Offer what is known, and what stands there now even if it is not."""
        present = self.initial.get(name) or ""
        strange = present and present not in dict(known)
        added = ((present, present),) if strange else ()
        self.fields[name].choices = [("", ""), *added, *known]  # type: ignore[attr-defined]


class PlaceFields(_Offering):
    """Where something is: states are those of the country, and cities of the state suggested.

    Both are fetched again when what stands above them changes.
    """

    country = forms.ChoiceField(
        label=_("Country"), required=False, widget=Picker(placeholder=_("Type to find a country"))
    )
    state = forms.CharField(label=_("State or region"), max_length=64, required=False)
    city = forms.CharField(label=_("City"), max_length=64, required=False, widget=Suggesting())

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("country", words.country_choices())
        country, state = self._present("country"), self._present("state")
        regions = {"hx-get": reverse("site-regions"), "hx-trigger": "change"}
        self.fields["country"].widget.attrs |= {
            **regions,
            "hx-target": "#div_id_state",
            "hx-select": "#div_id_state",
            "hx-select-oob": "#id_city_list",
            "hx-swap": "outerHTML",
        }
        if country and not states_of(country):
            # A country of which no states are known, or that is in no list: free words.
            return
        self.fields["state"].widget = self._states(country, state)
        self.fields["state"].widget.attrs |= {
            **regions,
            "hx-include": "#id_country",
            "hx-target": "#id_city_list",
            "hx-select": "#id_city_list",
            "hx-swap": "outerHTML",
        }
        cities = self.fields["city"].widget
        cities.suggestions = cities_of(country, state)

    # Any: a form's fields are of every type.
    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        place = [told.get(name) or "" for name in ("country", "state")]
        as_before = [self.initial.get(name) or "" for name in ("country", "state")]
        if place != as_before and (fault := strange_state(*place)):
            self.add_error("state", fault)
        return told

    def _present(self, name: str) -> str:
        told = self.data.get(name) if self.is_bound else self.initial.get(name)
        return str(told or "")

    def _states(self, country: str, present: str) -> Picker:
        states = states_of(country)
        hint = _("Type to find a state or region") if states else _("Choose the country first")
        natives = {one.name: one.native for one in states if one.native != one.name}
        picker = Picker(placeholder=hint, hint=lambda name: natives.get(name, ""))
        known = [one.name for one in states]
        offered = ["", *([present] if present not in known and present else ()), *known]
        picker.choices = [(name, name) for name in offered]
        return picker


class AddressFields(PlaceFields):
    """What an office is called and where it is, and below whom it is created."""

    field_order = ("owner", "name", "country", "state", "city", "street", "postcode")

    owner = forms.ModelChoiceField(
        label=_("Installer"), queryset=Node.objects.none(), widget=Picker(), empty_label=None
    )
    name = forms.CharField(label=_("Name"), max_length=128)
    street = forms.CharField(label=_("Street and number"), max_length=128, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, installers: Collection[Node] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._installers = list(installers)
        if len(self._installers) > 1:
            choices = Node.objects.filter(pk__in=[node.pk for node in self._installers])
            self.fields["owner"].queryset = choices.order_by("name")  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]

    def installer(self) -> Node:
        """Return below whom the office is created."""
        chosen = self.cleaned_data.get("owner")
        return chosen if isinstance(chosen, Node) else self._installers[0]


class TimeFields(_Offering):
    """An office's zone, chosen from a list that filters as one types, and how it writes times."""

    zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("The hours of access groups are wall time in this zone."),
        widget=Picker(placeholder=_("Type a city or a continent"), hint=str),
    )
    time_format = forms.ChoiceField(label=_("Time format"), choices=Site.TimeFormat)
    date_format = forms.ChoiceField(label=_("Date format"), choices=Site.DateFormat)
    contact_order = forms.ChoiceField(
        label=_("Contact display order"),
        choices=Site.ContactOrder,
        help_text=_("The order of names in the contact lists of devices."),
    )

    pin_length = forms.TypedChoiceField(
        label=_("Shortest PIN"),
        coerce=int,
        choices=[(n, format_lazy(_("{count} digits"), count=n)) for n in range(4, 9)],
        help_text=_("Shorter PINs that people have already go on to work."),
    )

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults = {
            "time_format": Site.TimeFormat.H24.value,
            "date_format": Site.DateFormat.YMD.value,
            "contact_order": Site.ContactOrder.FIRST_LAST.value,
            "pin_length": USUAL_PIN,
        }
        kwargs["initial"] = {**defaults, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.offer("zone", words.zone_choices(clock.now()))


class ServiceFields(forms.Form):
    """What an office is served with: kept from now on, each in effect once its part is there."""

    landline_service = forms.BooleanField(
        label=_("Landline service"),
        required=False,
        help_text=_("Calls between devices and the telephone network. Takes effect with calls."),
    )
    pay_by_manager = forms.ChoiceField(
        label=_("Pay by PM"),
        choices=Site.PayByManager,
        help_text=_("Whether property managers may pay for services. Takes effect with payments."),
    )
    send_expiration_email = forms.BooleanField(
        label=_("Send expiration e-mail to PM"),
        required=False,
        help_text=_(
            "15 days ahead to installers, 5 days to property managers too, 3 days and 1 day to end "
            "users. Switched off, all of them go to installers alone. Takes effect with payments."
        ),
    )
    send_renew_email = forms.BooleanField(
        label=_("Send renewal e-mail to PM"),
        required=False,
        help_text=_("When a service was renewed. Takes effect with payments."),
    )
    attendance_plan = forms.ChoiceField(
        label=_("Attendance plan"),
        choices=Site.AttendancePlan,
        help_text=_("How many people can be put on shifts. Takes effect with attendance."),
    )

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults = {
            "pay_by_manager": Site.PayByManager.NONE.value,
            "send_expiration_email": True,
            "send_renew_email": True,
            "attendance_plan": Site.AttendancePlan.SMALL.value,
        }
        kwargs["initial"] = {**defaults, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


# Django puts the fields of the last base first.
class SiteFields(ServiceFields, TimeFields, AddressFields):
    """An office whole."""

    def told(self) -> SiteForm:
        return SiteForm(**{name: self.cleaned_data[name] for name in SITE_FIELDS})


class CompanyFields(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=128)
