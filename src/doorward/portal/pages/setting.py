"""What the first sign-in asked, to be read and changed later: provider and policy."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy

from doorward.kit.pages import Context, Page
from doorward.kit.rows import key_of
from doorward.portal import forms
from doorward.tenancy.actions.profile import own_account
from doorward.tenancy.actions.providers import change_provider
from doorward.tenancy.editing import EditPage
from doorward.tenancy.models import Node, ServiceProvider
from doorward.tenancy.permissions import Can
from doorward.tenancy.places import own_places
from doorward.tenancy.policy_texts import reading_of


class Privacy(Page):
    """The policy in force, at any time, and since when one has agreed to it."""

    title = gettext_lazy("Privacy policy")
    template = "portal/welcome/show.html"

    def context(self) -> Context:
        return {**super().context(), "reading": reading_of(self.actor, own_account(self.actor))}


class Provider(EditPage):
    """What an installer tells end users of itself."""

    title = gettext_lazy("Service provider information")
    template = "portal/welcome/provider_setting.html"
    needs = Can.CHANGE_PROVIDER
    form_class = forms.ProviderFields
    deed = gettext_lazy("Save")
    done = gettext_lazy("Saved. End users read it in their privacy policy.")

    def prepare(self) -> None:
        places = own_places(self.actor)
        self.installers = [one for one in places if one.kind == Node.Kind.INSTALLER]
        wanted = key_of(self.request.GET.get("at", ""))
        chosen = [one for one in self.installers if wanted in (None, one.pk)]
        self.installer = chosen[0] if chosen else None

    def subjects(self) -> Iterable[Any]:
        return [self.installer] if self.installer else []

    def edited(self) -> models.Model:
        """Return the row, or the installer where nothing was told yet."""
        assert self.installer is not None
        return self._told() or self.installer

    def initial(self) -> Context:
        return forms.provider_initial(self._told())

    def context(self) -> Context:
        others = [one for one in self.installers if one != self.installer]
        return {**super().context(), "installer": self.installer, "others": others}

    def way_back(self) -> str:
        here = f"?at={self.installer.pk}" if self.installer and len(self.installers) > 1 else ""
        return reverse("provider") + here

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        assert self.installer is not None
        change_provider(self.actor, self.installer, form.told())
        return self.way_back()

    def _told(self) -> ServiceProvider | None:
        rows = ServiceProvider.objects.visible_to(self.actor)
        return rows.filter(node=self.installer).first()
