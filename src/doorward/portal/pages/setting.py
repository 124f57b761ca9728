"""What an installer or a distributor tells of itself: a tab of Setting each."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy

from doorward.kit.errors import Text
from doorward.kit.pages import Context
from doorward.kit.rows import key_of
from doorward.portal import setting_forms as forms
from doorward.portal.forms import ProviderFields, provider_initial
from doorward.tenancy.actions import providers
from doorward.tenancy.actor import Actor
from doorward.tenancy.editing import EditPage
from doorward.tenancy.models import (
    BillingInformation,
    CustomerContact,
    CustomerService,
    InstallerSetting,
    Node,
    ServiceProvider,
)
from doorward.tenancy.models.providers import CONTACT_FIELDS, SERVICE_FIELDS
from doorward.tenancy.models.setting import BILLING_FIELDS
from doorward.tenancy.permissions import Can
from doorward.tenancy.places import own_places


class InstallerPage(EditPage):
    """A form about the installer that one stands at; with `?at=` about another of one's own."""

    template = "portal/setting.html"
    deed = gettext_lazy("Save")
    page: ClassVar[str]
    # Any: rows of several kinds.
    seen: ClassVar[Callable[[Actor], "models.QuerySet[Any]"]]
    # Whose page it is.
    kinds: ClassVar[frozenset[str]] = frozenset({Node.Kind.INSTALLER})
    # What the page says of itself, and with what it takes effect where that comes later.
    about: Text = ""
    later: Text = ""

    def prepare(self) -> None:
        places = own_places(self.actor)
        self.installers = [one for one in places if one.kind in self.kinds]
        wanted = key_of(self.request.GET.get("at", ""))
        chosen = [one for one in self.installers if wanted in (None, one.pk)]
        self.installer = chosen[0] if chosen else None

    def subjects(self) -> Iterable[Any]:
        return [self.installer] if self.installer else []

    def edited(self) -> models.Model:
        """Return the row, or the installer where nothing was told yet."""
        assert self.installer is not None
        found: models.Model = self.told() or self.installer
        return found

    # Any: as above.
    def told(self) -> Any:
        return type(self).seen(self.actor).filter(node=self.installer).first()

    def context(self) -> Context:
        others = [one for one in self.installers if one != self.installer]
        here = {"installer": self.installer, "others": others, "here": reverse(self.page)}
        return {**super().context(), **here, "about": self.about, "later": self.later}

    def way_back(self) -> str:
        here = f"?at={self.installer.pk}" if self.installer and len(self.installers) > 1 else ""
        return reverse(self.page) + here

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        assert self.installer is not None
        self.keep(self.installer, form)
        return self.way_back()

    # Any: as above.
    def keep(self, installer: Node, form: Any) -> None:
        raise NotImplementedError


class Provider(InstallerPage):
    """What an installer tells end users of itself."""

    title = gettext_lazy("Service provider information")
    template = "portal/welcome/provider_setting.html"
    page = "provider"
    needs = Can.CHANGE_PROVIDER
    in_person = True
    seen = ServiceProvider.objects.visible_to
    form_class = ProviderFields
    done = gettext_lazy("Saved. End users read it in their privacy policy.")

    def initial(self) -> Context:
        return provider_initial(self.told())

    def keep(self, installer: Node, form: Any) -> None:
        providers.change_provider(self.actor, installer, form.told())


class Billing(InstallerPage):
    title = gettext_lazy("Billing information")
    page = "setting-billing"
    needs = Can.CHANGE_BILLING
    in_person = True
    seen = BillingInformation.objects.visible_to
    form_class = forms.BillingFields
    done = gettext_lazy("The billing information is saved.")
    about = gettext_lazy("Where your distributor sends its bills.")
    later = gettext_lazy("Takes effect with billing: until then nothing is billed here.")

    def initial(self) -> Context:
        told = self.told()
        return {name: getattr(told, name) for name in BILLING_FIELDS} if told else {}

    def keep(self, installer: Node, form: Any) -> None:
        told = providers.BillingForm(**form.cleaned_data)
        providers.change_billing(self.actor, installer, told)


class Service(InstallerPage):
    title = gettext_lazy("Customer service")
    page = "setting-service"
    needs = Can.CHANGE_PROVIDER
    in_person = True
    seen = CustomerService.objects.visible_to
    form_class = forms.ServiceFields
    done = gettext_lazy("Saved. Your users find it under Customer service.")
    about = gettext_lazy(
        "Where property managers, administrators and personnel reach you; they find it in their "
        "account menu and on their page."
    )

    def initial(self) -> Context:
        told = self.told()
        return {name: getattr(told, name) for name in SERVICE_FIELDS} if told else {}

    def keep(self, installer: Node, form: Any) -> None:
        told = providers.ServiceForm(**form.cleaned_data)
        providers.change_service(self.actor, installer, told)


class Contact(InstallerPage):
    """Where a reseller's customers, which are its installers, reach it."""

    title = gettext_lazy("Customer contact")
    page = "setting-contact"
    needs = Can.CHANGE_CONTACT
    in_person = True
    kinds = frozenset({Node.Kind.DISTRIBUTOR, Node.Kind.SUB_DISTRIBUTOR})
    seen = CustomerContact.objects.visible_to
    form_class = forms.ContactFields
    done = gettext_lazy("Saved. Your installers find it under Contact.")
    about = gettext_lazy("Where your installers reach you; they find it under Contact.")

    def initial(self) -> Context:
        told = self.told()
        return {name: getattr(told, name) for name in CONTACT_FIELDS} if told else {}

    def keep(self, installer: Node, form: Any) -> None:
        told = providers.ContactForm(**form.cleaned_data)
        providers.change_contact(self.actor, installer, told)


class _Switch(InstallerPage):
    """A switch that holds at all sites of an installer."""

    fields: ClassVar[tuple[str, ...]]

    needs = Can.CHANGE_SETTING
    seen = InstallerSetting.objects.visible_to
    done = gettext_lazy("The setting is saved.")

    def initial(self) -> Context:
        told = self.told() or InstallerSetting()
        return {name: getattr(told, name) for name in self.fields}

    def keep(self, installer: Node, form: Any) -> None:
        providers.change_setting(self.actor, installer, **form.cleaned_data)


class HouseMails(_Switch):
    title = gettext_lazy("Single-family e-mail setting")
    page = "setting-houses"
    form_class = forms.HouseMailFields
    fields = ("house_mails",)
    about = gettext_lazy("Whether people of single-family houses are told of renewals by mail.")
    later = gettext_lazy("Takes effect with single-family houses.")


class LogSetting(_Switch):
    title = gettext_lazy("Log setting")
    page = "setting-log"
    form_class = forms.LogFields
    fields = ("visitor_call_snapshots",)
    about = gettext_lazy("What the door log keeps at all of your sites.")
    later = gettext_lazy("Takes effect with calls.")
