"""What people type about their own account, and about who looks after it."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from phonenumber_field.phonenumber import to_python
from phonenumbers import region_code_for_number

from doorward.files.forms import SheetFields
from doorward.kit.calling_codes import calling_codes
from doorward.kit.widgets import Picker
from doorward.portal.importing.plan import Choices
from doorward.tenancy.actions.policies import LONGEST
from doorward.tenancy.actions.providers import ProviderForm
from doorward.tenancy.models import Account, ServiceProvider
from doorward.tenancy.models.providers import PROVIDER_FIELDS
from doorward.tenancy.passwords import shortest_for

_HIDDEN = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class Address(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)


class Profile(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=128, required=False)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=60)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=60)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of the pages and of the mail you get."),
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        """Ask for a name as the account has it: in one, or apart."""
        super().__init__(*args, **kwargs)
        apart = bool(account.first_name or account.last_name)
        for name in ("name",) if apart else ("first_name", "last_name"):
            del self.fields[name]
        if apart:
            self.fields["last_name"].required = bool(account.last_name)


class SupportDefault(forms.Form):
    granted = forms.BooleanField(
        label=gettext_lazy("Permission Granted is on at first"),
        required=False,
        help_text=gettext_lazy(
            "For an installer, property manager or administrator whom the level above enables for"
            " account access. Each of them switches it off and on themselves."
        ),
    )


class OldPassword(forms.Form):
    old = forms.CharField(label=gettext_lazy("Current password"), strip=False, max_length=128)


class NewPassword(forms.Form):
    """A password, twice: it cannot be read while one types."""

    password = forms.CharField(
        label=gettext_lazy("New password"), strip=False, max_length=128, widget=_HIDDEN
    )
    again = forms.CharField(
        label=gettext_lazy("The same again"), strip=False, max_length=128, widget=_HIDDEN
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        help_text = _("At least %(count)d characters. A sentence that only you would say is good.")
        self.fields["password"].help_text = help_text % {"count": shortest_for(account)}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("password") and found.get("again") != found["password"]:
            self.add_error("again", _("The two do not match. Type the same again."))
        return found


class NewAccount(NewPassword):
    """A user name and a password, for whoever accepts an invitation."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    field_order = ("username", "password", "again")


class TokenName(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        help_text=gettext_lazy("What it is for: “Rota import”. Revoking goes by this name."),
    )


class ImportFields(SheetFields):
    """A sheet of people, and what it may do."""

    update = forms.BooleanField(
        label=gettext_lazy("Change people whose personnel ID is there already"),
        required=False,
        help_text=gettext_lazy("Otherwise such a row is a fault. Empty cells change nothing."),
    )
    create_groups = forms.BooleanField(
        label=gettext_lazy("Create groups that are missing"), required=False
    )

    def choices(self) -> Choices:
        told = self.cleaned_data
        return Choices(update=told["update"], create_groups=told["create_groups"])


class WorkbookFields(ImportFields):
    """A workbook of a whole site, and what it may do."""

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file = self.fields["file"]
        file.help_text = _("The template as an Excel workbook (.xlsx), up to 20 MB.")
        file.widget.attrs["accept"] = ".xlsx,.xlsm"


class PolicyTexts(forms.Form):
    """The privacy policy: one text in each language of the product."""

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in settings.LANGUAGES:
            self.fields[code] = forms.CharField(
                label=label,
                required=False,
                max_length=LONGEST,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 18, "lang": code}),
                help_text=_(
                    "An empty line begins a paragraph. # heading, ## heading below it, - item of a "
                    "list, 1. item with a number, **strong**, *emphasis*, [words](https://…)."
                ),
            )


class ProviderFields(forms.Form):
    """Who provides the service to end users; nothing of it is mandatory."""

    company = forms.CharField(label=gettext_lazy("Company"), max_length=128, required=False)
    company_address = forms.CharField(
        label=gettext_lazy("Company address"), max_length=255, required=False
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country code"),
        choices=calling_codes,
        initial="US",
        required=False,
        widget=Picker(),
    )
    number = forms.CharField(
        label=gettext_lazy("Mobile number"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel-national"}),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    tax_id = forms.CharField(label=gettext_lazy("Tax id"), max_length=64, required=False)
    website = forms.URLField(
        label=gettext_lazy("Company website"),
        max_length=200,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Enter an address such as www.example.com.")},
    )

    def clean_number(self) -> str:
        """Return the whole number as it is kept, or nothing where none was typed."""
        typed = str(self.cleaned_data["number"])
        if not typed:
            return ""
        number = to_python(typed, region=self.cleaned_data.get("country") or None)
        if number is None or not number.is_valid():
            message = _("There is no such number in this country. Check the code and the number.")
            raise forms.ValidationError(message)
        return str(number.as_e164)

    def told(self) -> ProviderForm:
        told = {name: value for name, value in self.cleaned_data.items() if name != "country"}
        return ProviderForm(mobile=told.pop("number"), **told)


def provider_initial(provider: ServiceProvider | None) -> dict[str, str]:
    """Return how the form shows what an installer told, the number apart from its country."""
    if provider is None:
        return {}
    told = {name: getattr(provider, name) for name in PROVIDER_FIELDS if name != "mobile"}
    if not provider.mobile:
        return told
    region = region_code_for_number(provider.mobile)
    return {**told, "country": region or "", "number": provider.mobile.as_national}


class FirstAddress(forms.Form):
    """The address of whoever has none that is confirmed; and whether they want news."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    wants_news = forms.BooleanField(
        label=gettext_lazy("News and updates by mail"),
        required=False,
        help_text=gettext_lazy(
            "Only when there is something to tell. You end it under Setting, Notification."
        ),
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, confirmed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if confirmed:
            del self.fields["email"]
