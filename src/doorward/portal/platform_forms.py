"""What the operator types of the whole platform: its mail server, its looks and its limits."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from doorward.files import pictures
from doorward.kit.hosts import check_host
from doorward.kit.models import MailServer
from doorward.tenancy.models.limits import HIGHEST_LIMIT

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class MailServerFields(forms.Form):
    """How the mail server is reached; the password that is kept is never shown again."""

    host = forms.CharField(
        label=gettext_lazy("Host"),
        max_length=253,
        validators=[check_host],
        help_text=gettext_lazy("As your mail provider names it, such as smtp.example.com."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    security = forms.ChoiceField(
        label=gettext_lazy("Encryption"), choices=MailServer.Security.choices
    )
    port = forms.IntegerField(label=gettext_lazy("Port"), min_value=1, max_value=65535)
    user = forms.CharField(
        label=gettext_lazy("User"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Empty where the server wants no sign-in."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=254,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    sender_address = forms.EmailField(
        label=gettext_lazy("Sender address"),
        max_length=254,
        help_text=gettext_lazy("Mail comes from it. It must belong to the user above."),
    )
    sender_name = forms.CharField(
        label=gettext_lazy("Sender name"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("What readers see before the address."),
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, keeps_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if keeps_password:
            self.fields["password"].help_text = _("One is kept. Leave this empty to keep it.")


class TestMailFields(forms.Form):
    reader = forms.EmailField(label=pgettext_lazy("mail", "To"), max_length=254)


class BrandFields(forms.Form):
    """What the platform calls itself and how it looks; what is empty is Doorward's own."""

    name = forms.CharField(
        label=gettext_lazy("Platform name"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("In the menu, at sign-in, in mails and in the privacy policy."),
    )
    accent = forms.CharField(
        label=gettext_lazy("Accent colour"),
        max_length=7,
        required=False,
        help_text=gettext_lazy(
            "Of buttons and links, such as #4453d8. Dark enough for white letters; the shades for "
            "the dark theme are made of it."
        ),
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off"}),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "JPEG or PNG, at most 5 MB; shown on white, 32 pixels high. Whoever opens the sign-in "
            "page sees it."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "data-drop": ""}),
    )
    drops_logo = forms.BooleanField(
        label=gettext_lazy("Remove the logo that is there"), required=False
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, has_logo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_logo:
            del self.fields["drops_logo"]

    def clean_logo(self) -> UploadedFile | None:
        file: UploadedFile | None = self.cleaned_data["logo"]
        # Of a file that is far too large nothing was kept to be read.
        if file and (file.size or 0) > pictures.LARGEST_FILE:
            raise forms.ValidationError(_(pictures.TOO_HEAVY))
        return file


_NOTHING = gettext_lazy("Empty: as many as one likes.")


def _most(label: "StrOrPromise") -> forms.IntegerField:
    """Return a field for how many there may be."""
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=HIGHEST_LIMIT, help_text=_NOTHING
    )


class LimitFields(forms.Form):
    """How much each installer and site may have."""

    sites = _most(gettext_lazy("Sites of each installer"))
    devices = _most(gettext_lazy("Devices of each site"))
    people = _most(gettext_lazy("People of each site"))
