"""The operator's pages of the mail server: how it is reached, and whether it takes mail."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy

from doorward.kit import mail_route
from doorward.kit.errors import Forbidden, Refused
from doorward.kit.models import MailServer
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page
from doorward.portal import platform_forms as forms
from doorward.tenancy.actions import mail_server as deeds
from doorward.tenancy.editing import KeptPage
from doorward.tenancy.mail_server import chosen_server
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

TITLE = gettext_lazy("Mail server")
_SHOWN = ("host", "security", "port", "user", "sender_address", "sender_name")


class _OfTheInstallation(Page):
    """A page about the mail of the whole installation."""

    needs = Can.CHANGE_MAIL_SERVER

    def subjects(self) -> Iterable[Any]:
        return [Node.root()]

    def way_back(self) -> str:
        return reverse("mail-server")


class MailServerEdit(_OfTheInstallation, KeptPage):
    """Host, port, encryption, sign-in and sender; where nothing is set the environment counts."""

    title = TITLE
    template = "portal/mail_server.html"
    form_class = forms.MailServerFields
    deed = gettext_lazy("Save")
    done = gettext_lazy("Saved. Mail goes this way from now on; send a test mail to see it arrive.")

    def place(self) -> Node:
        return Node.root()

    def found(self) -> MailServer:
        return chosen_server(self.actor)

    def concealed(self) -> Mapping[str, object]:
        return {"password": self.kept.password}

    def form_options(self) -> Context:
        return {**super().form_options(), "keeps_password": bool(self.kept.password)}

    def initial(self) -> Context:
        return {name: getattr(self.kept, name) for name in _SHOWN}

    def context(self) -> Context:
        route = mail_route.in_force()
        return {**super().context(), "cancel": "", "route": route, "is_set": bool(self.kept.pk)}

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        deeds.choose_server(self.actor, deeds.MailServerForm(**form.cleaned_data))
        return self.way_back()


class MailServerForget(_OfTheInstallation, DeedPage):
    done = gettext_lazy("Forgotten. Mail goes as the environment says.")

    def act(self) -> None:
        deeds.forget_server(self.actor)


class MailServerTest(_OfTheInstallation, FormPage):
    """One letter now; the page shows what the server answered."""

    title = gettext_lazy("Send a test mail")
    template = "portal/mail_server_test.html"
    form_class = forms.TestMailFields
    deed = gettext_lazy("Send the test mail")

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, self.way_back()), (self.title, "")]

    def initial(self) -> Context:
        return {"reader": self.actor.account.email if self.actor.account else ""}

    def context(self) -> Context:
        return {**super().context(), "route": mail_route.in_force()}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # No form that is sent once: while a server is waited for, no transaction stays open.
        form = self.form()
        if not form.is_valid():
            return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            # Any: a form's fields are of every type.
            outcome = deeds.send_test_mail(self.actor, form.cleaned_data["reader"])
        except Forbidden:
            raise
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
            return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if outcome.taken:
            messages.success(request, outcome.text)
            return self.go(self.way_back())
        return self.show(form=form, outcome=outcome, status=HTTPStatus.UNPROCESSABLE_ENTITY)
