"""What the level above types of accounts and of organisations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from doorward.kit.widgets import Picker
from doorward.tenancy.actions.details import DetailsForm
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actions.names import Names, apart
from doorward.tenancy.actions.organisations import INSTALLER_FIELDS, OrganisationForm
from doorward.tenancy.models import Account, Node, Organisation
from doorward.tenancy.permissions import Grant, Role

_CODE = _("A code by mail at each sign-in, until they add a better one.")
# What is asked of whom, beside where the role is held, the address and the rules of sign-in.
_PERSON = ("first_name", "last_name")
_ASKED: Mapping[Role | None, tuple[str, ...]] = {
    None: _PERSON,
    Role.PROPERTY_MANAGER: (*_PERSON, "remind_monthly"),
    Role.SUB_INSTALLER: ("username", "phone", "grants"),
}
# What there is to know of an account once it is there.
_KEPT: Mapping[Role | None, tuple[str, ...]] = {
    None: _PERSON,
    Role.PROPERTY_MANAGER: (*_PERSON, "remind_monthly"),
    Role.SUB_INSTALLER: (*_PERSON, "phone", "grants"),
}
_SPECIAL = {name for some in (*_ASKED.values(), *_KEPT.values()) for name in some}
_PLACES = {
    Role.PROPERTY_MANAGER: _("Site"),
    Role.SUB_INSTALLER: _("Installer"),
    Role.COMPANY_ADMINISTRATOR: _("Company"),
}


class _Person(forms.Form):
    """Fields about somebody; which of them are asked depends on the role."""

    first_name = forms.CharField(label=_("First name"), max_length=60)
    last_name = forms.CharField(label=_("Last name"), max_length=60, required=False)
    username = forms.CharField(
        label=_("Account name"),
        max_length=64,
        help_text=_("Proposed for signing in. Whoever accepts may choose another."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        required=False,
        help_text=_("With its country code, such as +1 212 555 0123."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    remind_monthly = forms.BooleanField(
        label=_("Monthly password update reminder"),
        required=False,
        help_text=_("Once a month they are asked after signing in whether they want a new one."),
    )
    second_factor_required = forms.BooleanField(
        label=_("Second factor by mail at sign-in"), required=False, help_text=_CODE
    )
    grants = forms.MultipleChoiceField(
        label=_("May also"),
        choices=Grant.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def ask(self, names: Iterable[str]) -> None:
        """Leave out whatever is special and not among these."""
        for name in _SPECIAL - set(names):
            self.fields.pop(name, None)

    def name_both(self) -> None:
        """Make the last name as mandatory as the first."""
        self.fields["last_name"].required = True

    def offer(self, grants: Collection[Grant]) -> None:
        """Offer to tick what may be given; without any of it there is nothing to ask."""
        if "grants" not in self.fields:
            return
        field = self.fields["grants"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.value, one.label) for one in Grant if one in grants]
        if not grants:
            del self.fields["grants"]


class InvitationFields(_Person):
    """Whom to invite to what; a role that is settled is not asked for.

    One that is chosen is told to the address `chosen_at`, which answers with what it needs.
    """

    role = forms.ChoiceField(label=_("Role"))
    node = forms.TypedChoiceField(label=_("Where"), widget=Picker())
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=get_language
    )
    field_order = (
        *("role", "node", "first_name", "last_name", "username", "email", "phone", "language"),
        *("remind_monthly", "second_factor_required", "grants"),
    )

    # Any: Django's forms take anything.
    def __init__(
        self,
        *args: Any,
        roles: Sequence[Role],
        places: Sequence[Node],
        role: Role | None = None,
        chosen_at: str = "",
        grants: Collection[Grant] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ask(_ASKED.get(role, _PERSON))
        self.offer(grants)
        if role == Role.PROPERTY_MANAGER:
            self.name_both()
        self._offer_roles(roles, role, chosen_at)
        self._offer_places(places, role)

    def told(self) -> InvitationForm:
        told = {name: value for name, value in self.cleaned_data.items() if name != "node"}
        given = frozenset(map(Grant, told.pop("grants", ())))
        return InvitationForm(role=Role(told.pop("role")), grants=given, **told)

    def _offer_roles(self, roles: Sequence[Role], role: Role | None, chosen_at: str) -> None:
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        offered = roles if chosen_at else [one for one in roles if one == role]
        field.choices = [(one.value, one.label) for one in offered]
        if not chosen_at:
            field.initial, field.widget = role, forms.HiddenInput()
            return
        field.widget.attrs |= {
            "hx-post": chosen_at,
            "hx-trigger": "change",
            "hx-vals": '{"choosing": "yes"}',
            "hx-target": "closest .form-fields",
            "hx-select": ".form-fields",
            "hx-swap": "outerHTML",
        }

    def _offer_places(self, places: Sequence[Node], role: Role | None) -> None:
        field = self.fields["node"]
        assert isinstance(field, forms.TypedChoiceField)
        known = {str(node.pk): node for node in places}
        field.choices = [
            (key, one.name if role else f"{one.name} ({one.get_kind_display()})")
            for key, one in known.items()
        ]
        field.coerce = lambda key: known[key]
        if role and role in _PLACES:
            field.label = _PLACES[role]
        if role == Role.SUB_INSTALLER and len(known) == 1:
            field.initial, field.widget = next(iter(known)), forms.HiddenInput()


class DetailsFields(_Person):
    """What one changes of an account that one looks after."""

    # Any: Django's forms take anything.
    def __init__(
        self, *args: Any, role: Role | None, grants: Collection[Grant] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.ask(_KEPT.get(role, _PERSON))
        self.offer(grants)
        self.fields["first_name"].required = role == Role.PROPERTY_MANAGER
        if role == Role.PROPERTY_MANAGER:
            self.name_both()
        self.fields["email"].help_text = _(
            "Another one counts once its link is opened; until then mail goes on to the old one."
        )

    def told(self, account: Account) -> DetailsForm:
        """Return what was typed; what was not asked stays as it is."""
        told = dict(self.cleaned_data)
        told.setdefault("phone", str(account.phone))
        told.setdefault("remind_monthly", account.remind_monthly)
        ticked = told.pop("grants", None)
        given = None if ticked is None else frozenset(map(Grant, ticked))
        return DetailsForm(grants=given, **told)


def details_of(account: Account, grants: Iterable[str]) -> dict[str, Any]:
    """Return how the form shows an account; a name that is one is taken apart."""
    told = Names(account.first_name, account.last_name)
    names = told if any(told) else apart(account.name)
    return {
        "first_name": names.first,
        "last_name": names.last,
        "email": account.email_wanted or account.email,
        "phone": str(account.phone),
        "remind_monthly": account.remind_monthly,
        "second_factor_required": account.second_factor_required,
        "grants": list(grants),
    }


# --- Organisations ------------------------------------------------------------------------------


class OrganisationFields(forms.Form):
    """What is said of an organisation; an installer has two switches of its own."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=128)
    registers_macs = forms.BooleanField(
        label=_("Registers MACs itself"),
        required=False,
        initial=True,
        help_text=_("Otherwise only you register MACs for it."),
    )
    may_pay = forms.BooleanField(
        label=_("May pay for services"),
        required=False,
        initial=True,
        help_text=_("Takes effect with billing."),
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, kind: Node.Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != Node.Kind.INSTALLER:
            for name in INSTALLER_FIELDS:
                del self.fields[name]

    def told(self) -> OrganisationForm:
        names = ("name", *INSTALLER_FIELDS)
        given = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return OrganisationForm(**given)


class NewOrganisation(OrganisationFields):
    """An organisation and its first account, which is invited by mail."""

    parent = forms.TypedChoiceField(label=_("Below"), widget=Picker())
    first_name = forms.CharField(label=_("First name of its first account"), max_length=60)
    last_name = forms.CharField(label=_("Last name"), max_length=60, required=False)
    email = forms.EmailField(
        label=_("E-mail of its first account"),
        max_length=254,
        help_text=_("The link to choose a name and a password goes there."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=get_language
    )
    second_factor_required = forms.BooleanField(
        label=_("Second factor by mail at sign-in"), required=False, help_text=_CODE
    )
    field_order = (
        *("parent", "name", "first_name", "last_name", "email", "language"),
        *("second_factor_required", "registers_macs", "may_pay"),
    )

    # Any: Django's forms take anything.
    def __init__(self, *args: Any, parents: Sequence[Node], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(node.pk): node for node in parents}
        field = self.fields["parent"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            (key, f"{one.name} ({one.get_kind_display()})") for key, one in known.items()
        ]
        field.coerce = lambda key: known[key]
        if len(known) == 1:
            field.initial, field.widget = next(iter(known)), forms.HiddenInput()

    def first(self, kind: Node.Kind) -> InvitationForm:
        """Return who is invited first."""
        names = ("first_name", "last_name", "email", "language", "second_factor_required")
        given = {name: self.cleaned_data[name] for name in names}
        return InvitationForm(role=Role(kind.value), **given)


def organisation_initial(organisation: Organisation) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in ("name", *INSTALLER_FIELDS)}
