"""What people type about MACs, connectors, devices and doors: shape only."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from doorward.devices.actions.devices import DeviceForm
from doorward.devices.actions.doors import DoorForm
from doorward.devices.models import Connector, Device, Door
from doorward.files.forms import SheetFields
from doorward.kit.widgets import Picker, PickMany
from doorward.sites.models import Company
from doorward.tenancy.models import Node

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# A password manager would otherwise fill in the person's own user and password.
_NO_FILL = {"autocomplete": "off"}


def _user(label: "StrOrPromise", *, help_text: "StrOrPromise" = "") -> forms.CharField:
    """Return a field for the user of an account that the device has."""
    return forms.CharField(
        label=label,
        max_length=64,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs=_NO_FILL),
    )


def _password(label: "StrOrPromise") -> forms.CharField:
    """Return a field for the password of an account that the device has."""
    return forms.CharField(
        label=label,
        max_length=128,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class OwnerFields(forms.Form):
    """For which installer, where there is a choice."""

    owner = forms.TypedChoiceField(
        label=_("Installer"), coerce=int, widget=Picker(placeholder=_("Choose an installer"))
    )

    def __init__(self, *args: Any, installers: Sequence[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._installers = {node.pk: node for node in installers}
        if len(installers) == 1:
            del self.fields["owner"]
        else:
            choices = [("", ""), *((node.pk, node.name) for node in installers)]
            self.fields["owner"].choices = choices  # type: ignore[attr-defined]

    def installer(self) -> Node:
        chosen = self.cleaned_data.get("owner")
        return self._installers[chosen] if chosen else next(iter(self._installers.values()))


class MacFields(OwnerFields):
    """A MAC in any notation."""

    mac = forms.CharField(
        label=_("MAC"),
        max_length=32,
        help_text=_("Twelve hex digits from the device's label, with or without : - or spaces."),
        widget=forms.TextInput(attrs={**_NO_FILL, "autofocus": True, "class": "mono"}),
    )
    field_order = ("mac", "owner")


class MacSheetFields(SheetFields, OwnerFields):
    """A sheet of MACs."""

    field_order = ("file", "owner")


class ConnectorFields(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        help_text=_("What the box is or where it stands, such as Basement."),
        widget=forms.TextInput(attrs={**_NO_FILL, "autofocus": True}),
    )


class DeviceFields(forms.Form):
    """A device; the MAC is typed or picked from the free ones of the library."""

    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        widget=forms.TextInput(attrs={**_NO_FILL, "autofocus": True}),
    )
    kind = forms.ChoiceField(label=_("Type"), choices=Device.Kind.choices)
    mac = forms.CharField(
        label=_("MAC"),
        max_length=32,
        help_text=_("From the label. It must be in the MAC library, and the device must state it."),
        widget=forms.TextInput(attrs={**_NO_FILL, "list": "free-macs", "class": "mono"}),
    )
    connector: "forms.ModelChoiceField[Connector]" = forms.ModelChoiceField(
        label=_("Connector"), queryset=None, widget=Picker(placeholder=_("Choose a connector"))
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=255,
        help_text=_("As the connector reaches it: host or IP address, with :port if it is not 80."),
        widget=forms.TextInput(attrs={**_NO_FILL, "placeholder": "192.168.1.20", "class": "mono"}),
    )
    auth_mode = forms.ChoiceField(
        label=_("API sign-in"),
        choices=Device.AuthMode.choices,
        help_text=_("As set on the device under Security, HTTP API."),
    )
    user = _user(_("API user"))
    password = _password(_("API password"))
    relay_user = _user(
        _("User for opening by HTTP"),
        help_text=_(
            "Only where the firmware cannot open by the API: the account of Open Relay via HTTP."
        ),
    )
    relay_password = _password(_("Password for opening by HTTP"))
    certificate = forms.CharField(
        label=_("Certificate"),
        max_length=128,
        required=False,
        help_text=_(
            "SHA-256 fingerprint of the only one to trust over HTTPS; empty trusts the next one "
            "that is seen."
        ),
        widget=forms.TextInput(attrs={**_NO_FILL, "class": "mono"}),
    )
    legacy_tls = forms.BooleanField(
        label=_("Allow the old TLS"),
        required=False,
        help_text=_("For a device without newer firmware: TLS 1.0 and short keys are no secret."),
    )

    def __init__(
        self, *args: Any, connectors: QuerySet[Connector], keeps_password: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["connector"].queryset = connectors  # type: ignore[attr-defined]
        if keeps_password:
            for name in ("password", "relay_password"):
                self.fields[name].help_text = _("Leave it empty to keep the present one.")

    def told(self) -> DeviceForm:
        return DeviceForm(**self.cleaned_data)


class DoorFields(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        help_text=_("As people call it, such as Main entrance."),
        widget=forms.TextInput(attrs={**_NO_FILL, "autofocus": True}),
    )
    device: "forms.ModelChoiceField[Device]" = forms.ModelChoiceField(
        label=_("Device"),
        queryset=None,
        widget=Picker(
            placeholder=_("Choose a device"), hint=lambda device: device.model or device.mac
        ),
    )
    relay = forms.TypedChoiceField(label=_("Relay"), choices=Door.Relay.choices, coerce=int)
    hold_seconds = forms.IntegerField(
        label=_("Hold time (seconds)"),
        min_value=1,
        max_value=10,
        initial=5,
        help_text=_("How long the lock stays released, 1 to 10 seconds."),
    )
    exit_input = forms.TypedChoiceField(
        label=_("Exit button on input"),
        choices=[("", pgettext_lazy("input", "None")), *Door.Input.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Where the button to leave is wired to the device; a press stands in the log."),
    )
    contact_input = forms.TypedChoiceField(
        label=_("Door contact on input"),
        choices=[("", pgettext_lazy("input", "None")), *Door.Input.choices],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("What tells whether the door stands open. Any other input raises an alarm."),
    )
    companies: "forms.ModelMultipleChoiceField[Company]" = forms.ModelMultipleChoiceField(
        label=_("Companies"),
        queryset=None,
        required=False,
        widget=PickMany(placeholder=_("Name of a company")),
        help_text=_("Whose administrators may see and open this door and give it to their people."),
    )

    def __init__(
        self,
        *args: Any,
        devices: QuerySet[Device],
        companies: QuerySet[Company],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices  # type: ignore[attr-defined]
        self.fields["companies"].queryset = companies  # type: ignore[attr-defined]

    def told(self) -> DoorForm:
        return DoorForm(**self.cleaned_data)
