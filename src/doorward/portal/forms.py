"""What people type about their own account."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.portal.importing.plan import Choices
from doorward.tenancy.models import Account, Node
from doorward.tenancy.passwords import shortest_for
from doorward.tenancy.permissions import Role

_HIDDEN = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class Address(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)


class Profile(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=128, required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of the pages and of the mail you get."),
    )


class InvitationFields(forms.Form):
    """Whom to invite to what."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    node = forms.TypedChoiceField(label=gettext_lazy("Where"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=128)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    second_factor_required = forms.BooleanField(
        label=gettext_lazy("Require a second factor"),
        required=False,
        help_text=gettext_lazy("A code by mail at each sign-in, until they add a better one."),
    )

    # Any: Django's forms take anything.
    def __init__(
        self, *args: Any, roles: Sequence[Role], places: Sequence[Node], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = {str(node.pk): node for node in places}
        role, node = self.fields["role"], self.fields["node"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(node, forms.TypedChoiceField)
        role.choices = [(one.value, one.label) for one in roles]
        node.choices = [
            (key, f"{one.name} ({one.get_kind_display()})") for key, one in self.places.items()
        ]
        node.coerce = lambda key: self.places[key]
        node.widget.attrs["data-picker"] = ""


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


class ImportFields(forms.Form):
    """A sheet of people, and what it may do."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy(
            "An Excel workbook (.xlsx) or a CSV file, up to 20 MB. Choose it, or drop it here."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt", "data-drop": ""}),
        error_messages={"empty": gettext_lazy("The file is empty. Fill in the template first.")},
    )
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
