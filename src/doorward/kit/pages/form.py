"""A form over one action."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from doorward.kit.errors import Forbidden, Invalid, Refused, Text
from doorward.kit.pages.doing import DoingPage
from doorward.kit.pages.page import Context


class FormPage(DoingPage):
    """A form over one action: what the action objects to comes back at its field."""

    template = "kit/form.html"
    form_class: ClassVar[type[forms.BaseForm]]
    deed: Text = ""

    def form(self) -> forms.BaseForm:
        sent = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        return self.form_class(*sent, **self.form_options())

    def form_options(self) -> Context:
        return {"initial": self.initial()}

    def initial(self) -> Context:
        return {}

    def carried(self) -> Mapping[str, str]:
        """Return what the form carries along unseen, by name."""
        return {}

    def context(self) -> Context:
        form = {"deed": self.deed, "cancel": self.way_back(), "carried": self.carried().items()}
        return {**super().context(), **form}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form()
        if form.is_valid():
            try:
                url = self.once(lambda: self.commit(form))
            except Invalid as fault:
                add_faults(form, fault)
            except Forbidden:
                raise
            except Refused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                return self.finish(url)
        ask_for_files_again(form)
        return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def commit(self, form: Any) -> str:
        """Save within the transaction that also remembers that the form was sent."""
        return self.save(form)

    def save(self, form: Any) -> str:
        """Call the action; return where to go next."""
        raise NotImplementedError


def ask_for_files_again(form: forms.BaseForm) -> None:
    """Say at each file that was well chosen that it is not there any more: no page sends one back.

    Else the form would look as if it were still chosen, and be sent without it.
    """
    for name in [bound.name for bound in form if bound.html_name in form.files]:
        if not form.has_error(name):
            form.add_error(name, _("Choose it again: a file is not kept until all is well."))


def add_faults(form: forms.BaseForm, fault: Invalid) -> None:
    """Put an action's objections at the form's fields, or above them all."""
    for field, message in fault.faults.items():
        form.add_error(field if field in form.fields else None, str(message))
