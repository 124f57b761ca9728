"""The first steps after a sign-in: the privacy policy, who provides the service, an address."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.kit.errors import Hidden
from doorward.kit.pages import ActingPage, Context, FormPage
from doorward.kit.rows import key_of
from doorward.portal import forms
from doorward.portal.onward import NEXT, onward_of, step_address
from doorward.portal.pages.account.own import Own
from doorward.tenancy.actions import welcome
from doorward.tenancy.actions.providers import ProviderForm
from doorward.tenancy.actor import Actor
from doorward.tenancy.models.accounts import Step
from doorward.tenancy.policy_texts import reading_of

_INSTALLER = "installer"


class StepPage(Own):
    """A step on the way to where one wanted to go; whoever has it behind them goes on."""

    step: Step

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor  # type: ignore[attr-defined]
        if actor is not None:
            step = actor.account.awaits
            if step == self.step and not self.asks(actor):
                # Somebody else has answered meanwhile.
                step = welcome.begin(actor.account)
            if step != self.step:
                return HttpResponseRedirect(step_address(step, onward_of(request)))
        return super().dispatch(request, *args, **kwargs)

    def asks(self, actor: Actor) -> bool:
        """Say whether there is still something to ask."""
        return True

    def context(self) -> Context:
        return {**super().context(), NEXT: onward_of(self.request)}

    def way_back(self) -> str:
        return step_address(self.step, onward_of(self.request))

    def carried(self) -> Mapping[str, str]:
        return {NEXT: onward_of(self.request)}

    def leads_to(self, step: str) -> str:
        return step_address(step, onward_of(self.request))


class PolicyStep(StepPage, ActingPage):
    """Agree and go on, or disagree and leave."""

    step = Step.POLICY
    title = gettext_lazy("Privacy policy")
    template = "portal/welcome/policy.html"

    def prepare(self) -> None:
        super().prepare()
        self.reading = reading_of(self.actor, self.account)
        if self.reading is None:
            raise Hidden

    def context(self) -> Context:
        return {**super().context(), "reading": self.reading}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "disagree" in request.POST:
            return self._leave(request)
        version = key_of(request.POST.get("agree", ""))
        if version is None:
            return self.show(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return self.go(self.leads_to(welcome.agree(self.actor, version)))

    def _leave(self, request: HttpRequest) -> HttpResponseBase:
        welcome.disagree(self.actor)
        get_adapter().logout(request)
        messages.info(
            request,
            _("You did not agree, so you are signed out. Your account stays as it is."),
        )
        return HttpResponseRedirect(reverse("account_login"))


class ProviderStep(StepPage, FormPage):
    """What end users read of their installer; nothing of it has to be told."""

    step = Step.PROVIDER
    title = gettext_lazy("Service provider information")
    template = "portal/welcome/provider.html"
    form_class = forms.ProviderFields
    deed = gettext_lazy("Save and continue")

    def asks(self, actor: Actor) -> bool:
        return bool(welcome.providers_to_ask(actor))

    def prepare(self) -> None:
        super().prepare()
        asked = welcome.providers_to_ask(self.actor)
        # What is told is of the installer whose name was on the page, and of no other.
        named = key_of(self.request.POST.get(_INSTALLER, ""))
        found = [one for one in asked if named in (None, one.pk)]
        self.installer = found[0] if found else None

    def carried(self) -> Mapping[str, str]:
        key = str(self.installer.pk) if self.installer else ""
        return {**super().carried(), _INSTALLER: key}

    def context(self) -> Context:
        return {**super().context(), "installer": self.installer}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.installer is None:
            return self.go(self.way_back())
        if "skip" in request.POST:
            step = welcome.tell_provider(self.actor, self.installer, ProviderForm())
            return self.go(self.leads_to(step))
        return super().post(request, *args, **kwargs)

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        assert self.installer is not None
        return self.leads_to(welcome.tell_provider(self.actor, self.installer, form.told()))


class EmailStep(StepPage, FormPage):
    """An address by which one gets a new password, and whether one wants news."""

    step = Step.EMAIL
    title = gettext_lazy("Your e-mail address")
    template = "portal/welcome/email.html"
    form_class = forms.FirstAddress
    deed = gettext_lazy("Continue")

    def form_options(self) -> Context:
        confirmed = self.account.email_confirmed_at is not None
        # Asked again, one sees what one said before.
        said = {"email": self.account.email, "wants_news": bool(self.account.wants_news)}
        return {"initial": said, "confirmed": confirmed}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        step = welcome.tell_email(
            self.actor,
            form.cleaned_data.get("email", ""),
            self.actor.address,
            wants_news=form.cleaned_data["wants_news"],
        )
        return self.leads_to(step)

    def said(self) -> str:
        if self.account.email_confirmed_at:
            return ""
        return _("A link is on its way to your address. Open it within 24 hours.")
