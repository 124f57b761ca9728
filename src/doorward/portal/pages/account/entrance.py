"""Pages for whoever is not in: a forgotten password, links that came by mail."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from doorward.kit.errors import Invalid, Refused
from doorward.kit.pages import add_faults
from doorward.portal.forms import Address, NewPassword
from doorward.portal.signin.cookies import address_of
from doorward.tenancy.actions import passwords, profile
from doorward.tenancy.actions.guesses import TooMany


class Entrance(View):
    """A page that needs no sign-in; what it shows is nobody's to keep."""

    template = ""
    title: Any = ""

    # Any: templates show anything.
    def show(self, *, status: int = HTTPStatus.OK, **shown: Any) -> HttpResponse:
        context = {"page_title": self.title, **shown}
        response = render(self.request, self.template, context, status=status)
        response["Cache-Control"] = "no-store"
        # A link that came by mail is a secret: it goes nowhere else. Not told at all, not even to
        # ourselves, browsers would send these forms from nowhere, which is refused as a forgery.
        response["Referrer-Policy"] = "same-origin"
        return response


class Forgotten(Entrance):
    """Ask for a link: everybody gets the same answer, at the same speed."""

    template = "portal/account/forgotten.html"
    title = gettext_lazy("Forgot your password?")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(asked="sent" in request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = Address(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            passwords.ask_for_reset(form.cleaned_data["email"], address_of(request))
        except TooMany as later:
            form.add_error("email", str(later.message))
            return self.show(form=form, status=HTTPStatus.TOO_MANY_REQUESTS)
        return HttpResponseRedirect(f"{reverse('account-forgotten')}?sent")


class Suspended(Entrance):
    """Where a sign-in ends whose every role is suspended with its organisation."""

    template = "portal/account/suspended.html"
    title = gettext_lazy("Your organisation is suspended")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show()


class PasswordByLink(Entrance):
    """Choose a password by the link of a mail."""

    template = "portal/account/new_password.html"
    title = gettext_lazy("Choose a password")

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        account = passwords.account_of_link(token)
        return self.show(account=account, form=NewPassword(account=account))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        account = passwords.account_of_link(token)
        form = NewPassword(request.POST, account=account)
        if form.is_valid():
            chosen = form.cleaned_data["password"]
            try:
                passwords.set_password_by_link(token, chosen, address_of(request))
            except Invalid as fault:
                add_faults(form, fault)
            except Refused:
                return self.show(account=None, status=HTTPStatus.CONFLICT)
            else:
                messages.success(request, _("The password is set. Sign in with it."))
                return HttpResponseRedirect(reverse("account_login"))
        return self.show(account=account, form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


class EmailByLink(Entrance):
    """Confirm an address by the link of a mail; looking at it alone changes nothing."""

    template = "portal/account/email_confirm.html"
    title = gettext_lazy("Confirm your e-mail address")

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        account, address = profile.read_email_link(token) or (None, "")
        return self.show(account=account, address=address)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            profile.confirm_email(token, address_of(request))
        except Refused as refusal:
            return self.show(refusal=str(refusal.message), status=HTTPStatus.CONFLICT)
        messages.success(request, _("The address is confirmed."))
        return HttpResponseRedirect(reverse("account"))
