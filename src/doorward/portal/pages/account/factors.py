"""Second factors: allauth's ceremonies within our frame, ended in our deeds."""

from typing import Any, cast

from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit import clock
from doorward.portal.pages.account.own import TITLE, tabs
from doorward.portal.signin import cookies, devices
from doorward.portal.signin.forms import NewApp, NewPasskey
from doorward.tenancy.actions import profile
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account


class Framed:
    """A view of allauth as a page of ours."""

    request: HttpRequest
    title: Any = ""

    # Any: allauth's contexts.
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {
            **context,
            "page_title": self.title,
            "tabs": tabs("mfa_index"),
            "crumbs": [(TITLE, reverse("account")), (self.title, "")],
            "me": self.request.user,
        }

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().render_to_response(context, **kwargs)  # type: ignore[misc]
        # Seeds and codes must not come back by the Back button.
        response["Cache-Control"] = "no-store"
        return response

    def note(self, verb: str, what: str) -> None:
        account = cast(Account, self.request.user)
        actor = Actor.of(account, address=cookies.address_of(self.request))
        profile.note_factor(actor, verb, what)


class Factors(Framed, IndexView):
    title = gettext_lazy("Security")
    template_name = "portal/account/factors.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        account = cast(Account, self.request.user)
        kinds = context["authenticators"]
        trusted = account.browsers.filter(trusted_until__gt=clock.now()).order_by("-seen_at")
        browsers = [(browser, devices.device_of(browser.agent)) for browser in trusted]
        return {
            **context,
            "passkeys": kinds.get(Authenticator.Type.WEBAUTHN, []),
            "app": kinds.get(Authenticator.Type.TOTP),
            "recovery": kinds.get(Authenticator.Type.RECOVERY_CODES),
            "browsers": browsers,
        }


class AppAdd(Framed, ActivateTOTPView):
    title = gettext_lazy("Add an authenticator app")
    template_name = "portal/account/app_add.html"
    form_class = NewApp

    def form_valid(self, form: Any) -> HttpResponseBase:
        with transaction.atomic():
            response = super().form_valid(form)
            self.note("add factor", _("authenticator app added"))
        return cast(HttpResponseBase, response)


class AppRemove(Framed, DeactivateTOTPView):
    title = gettext_lazy("Remove the authenticator app")
    template_name = "portal/account/factor_remove.html"

    def form_valid(self, form: Any) -> HttpResponseBase:
        with transaction.atomic():
            response = super().form_valid(form)
            self.note("remove factor", _("authenticator app removed"))
        messages.success(self.request, _("The authenticator app is removed."))
        return cast(HttpResponseBase, response)


class PasskeyAdd(Framed, AddWebAuthnView):
    title = gettext_lazy("Add a passkey")
    template_name = "portal/account/passkey_add.html"
    form_class = NewPasskey

    def form_valid(self, form: Any) -> HttpResponseBase:
        with transaction.atomic():
            response = super().form_valid(form)
            name = form.cleaned_data["name"]
            self.note("add factor", _("passkey “%(name)s” added") % {"name": name})
        messages.success(self.request, _("The passkey is added."))
        return cast(HttpResponseBase, response)


class PasskeyRemove(Framed, RemoveWebAuthnView):
    title = gettext_lazy("Remove the passkey")
    template_name = "portal/account/factor_remove.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponseBase:
        name = self.get_object().wrap().name
        with transaction.atomic():
            response = super().form_valid(form)
            self.note("remove factor", _("passkey “%(name)s” removed") % {"name": name})
        messages.success(self.request, _("The passkey is removed."))
        return cast(HttpResponseBase, response)


class RecoveryNew(Framed, GenerateRecoveryCodesView):
    title = gettext_lazy("New recovery codes")
    template_name = "portal/account/recovery_new.html"

    def form_valid(self, form: Any) -> HttpResponseBase:
        with transaction.atomic():
            response = super().form_valid(form)
            self.note("renew recovery codes", _("new recovery codes made"))
        return cast(HttpResponseBase, response)


class RecoveryCodes(Framed, ViewRecoveryCodesView):
    """Shown once; whoever lost them makes new ones."""

    title = gettext_lazy("Recovery codes")
    template_name = "portal/account/recovery.html"
