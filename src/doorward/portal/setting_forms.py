"""What people type into the tabs of Setting."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from phonenumber_field.formfields import PhoneNumberField

from doorward.kit import clock
from doorward.kit.errors import Refused
from doorward.kit.widgets import Picker, Suggesting
from doorward.sites import words
from doorward.sites.forms import PlaceFields
from doorward.tenancy.actions.feedback import LONGEST
from doorward.tenancy.models import CustomerService, NoticeKind
from doorward.tenancy.models.providers import PHONE_FORM
from doorward.tenancy.noticing import ALWAYS_MAILED, ALWAYS_SHOWN, Channels


class ZoneFields(forms.Form):
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: words.zone_choices(clock.now()),
        widget=Picker(placeholder=gettext_lazy("Type a city or a continent"), hint=str),
    )


# What each kind of notice tells.
_TELLS: Mapping[NoticeKind, Promise] = {
    NoticeKind.ALARM: gettext_lazy("A door is forced or held open, a device is tampered with."),
    NoticeKind.OFFLINE: gettext_lazy("A device has been away for five minutes, or is back."),
    NoticeKind.WORK: gettext_lazy("An import, an export or a change of many is done or failed."),
    NoticeKind.TICKET: gettext_lazy("New tickets and answers in them."),
    NoticeKind.SUPPORT: gettext_lazy("Somebody begins or ceases to act for you."),
    NoticeKind.MACS: gettext_lazy("Somebody else registers MACs for you."),
    NoticeKind.MANAGER: gettext_lazy("You are made the manager of one more site."),
    NoticeKind.MESSAGE: gettext_lazy(
        "Messages to everybody from whoever looks after you or runs the platform; by mail, only "
        "those that were sent by mail as well."
    ),
}


class NoticeLine(NamedTuple):
    """A kind of notice as it is chosen; a way that is not for choosing is a sentence instead."""

    label: str
    tells: str
    portal: BoundField | str
    mail: BoundField | str


class NoticeFields(forms.Form):
    """Which way one is told of what, and whether by mail at all."""

    notices_by_mail = forms.BooleanField(
        label=gettext_lazy("Notices by mail"),
        required=False,
        help_text=gettext_lazy(
            "Off, none of these comes by mail. What you need to sign in, or must know of your "
            "account, comes in any case."
        ),
    )
    wants_news = forms.BooleanField(
        label=gettext_lazy("News and updates by mail"),
        required=False,
        help_text=gettext_lazy("Only when there is something to tell. You can end it here."),
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, kinds: Sequence[NoticeKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds
        for kind in kinds:
            if kind not in ALWAYS_SHOWN:
                self.fields[f"{kind}_portal"] = _tick(_("%(kind)s in the portal"), kind)
            if kind not in ALWAYS_MAILED:
                self.fields[f"{kind}_mail"] = _tick(_("%(kind)s by mail"), kind)

    def lines(self) -> Iterator[NoticeLine]:
        """Yield each kind with its two ways."""
        always = _("Always")
        for kind in self.kinds:
            portal = always if kind in ALWAYS_SHOWN else self[f"{kind}_portal"]
            mail = always if kind in ALWAYS_MAILED else self[f"{kind}_mail"]
            yield NoticeLine(str(kind.label), str(_TELLS[kind]), portal, mail)

    def channels(self) -> dict[NoticeKind, Channels]:
        """Return what was chosen."""
        told = self.cleaned_data
        chosen = [kind for kind in self.kinds if kind not in ALWAYS_MAILED]
        return {k: Channels(told.get(f"{k}_portal", True), told[f"{k}_mail"]) for k in chosen}


def _tick(words: str, kind: NoticeKind) -> forms.BooleanField:
    label = words % {"kind": kind.label}
    ticked = forms.CheckboxInput(attrs={"class": "form-check-input", "aria-label": label})
    return forms.BooleanField(label=label, required=False, widget=ticked)


class BillingFields(PlaceFields):
    field_order = ("company", "attn", "country", "state", "city")

    company = forms.CharField(label=gettext_lazy("Company or family"), max_length=128)
    attn = forms.CharField(
        label=gettext_lazy("ATTN"), max_length=128, help_text=gettext_lazy("Who reads the bill.")
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        widget=Picker(placeholder=gettext_lazy("Type to find a country")),
    )
    city = forms.CharField(label=gettext_lazy("City"), max_length=64, widget=Suggesting())
    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=128)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=16, required=False)
    phone = PhoneNumberField(label=gettext_lazy("TEL"), error_messages={"invalid": PHONE_FORM})
    fax = PhoneNumberField(
        label=gettext_lazy("Fax"), required=False, error_messages={"invalid": PHONE_FORM}
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    tax_id = forms.CharField(label=gettext_lazy("Tax id"), max_length=64, required=False)


class ServiceFields(forms.Form):
    phone = PhoneNumberField(
        label=gettext_lazy("Phone"),
        help_text=gettext_lazy("Your users can call you by this number."),
        error_messages={"invalid": PHONE_FORM},
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("Your users can write to you by this address."),
    )
    receives_feedback = forms.BooleanField(
        label=gettext_lazy("Receive feedback"),
        required=False,
        help_text=gettext_lazy("A form on their pages; what they write is mailed to this address."),
    )


class ContactFields(forms.Form):
    """Where installers reach whoever they have bought from."""

    phone = PhoneNumberField(
        label=gettext_lazy("Phone"), required=False, error_messages={"invalid": PHONE_FORM}
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    website = forms.URLField(
        label=gettext_lazy("Website"), max_length=200, required=False, assume_scheme="https"
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=255,
        required=False,
        help_text=gettext_lazy("Such as when somebody answers."),
    )


class HouseMailFields(forms.Form):
    house_mails = forms.BooleanField(
        label=gettext_lazy("Renewal and expiration mails to end users"), required=False
    )


class LogFields(forms.Form):
    visitor_call_snapshots = forms.BooleanField(
        label=gettext_lazy("Visitor call snapshots"),
        required=False,
        help_text=gettext_lazy(
            "A visitor's call that nobody answers by opening is kept in the door log, with its "
            "picture."
        ),
    )


class FeedbackFields(forms.Form):
    """Feedback to whoever looks after one; of several, one is chosen."""

    service = forms.ChoiceField(label=pgettext_lazy("mail", "To"))
    text = forms.CharField(
        label=gettext_lazy("Your feedback"),
        max_length=LONGEST,
        help_text=gettext_lazy(
            "It is mailed to the address of customer service with your name, and with your own "
            "address for the answer where you have one."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, services: Sequence[CustomerService], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = services
        service = self.fields["service"]
        assert isinstance(service, forms.ChoiceField)
        service.choices = [(str(one.pk), str(one.node)) for one in services]
        if len(services) < 2:
            del self.fields["service"]

    def chosen(self) -> CustomerService:
        """Return to whom it goes; raise `Refused` where nobody takes any."""
        if not self.services:
            raise Refused("feedback.closed", _("No feedback is taken here. Call or write instead."))
        key = self.cleaned_data.get("service") or str(self.services[0].pk)
        return next(one for one in self.services if str(one.pk) == key)
