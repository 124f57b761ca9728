"""A form over one action."""

from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from doorward.kit.errors import Forbidden, Invalid, Refused, Text
from doorward.kit.pages.page import Context, Page


class FormPage(Page):
    """A form over one action: what the action objects to comes back at its field."""

    template = "kit/form.html"
    form_class: ClassVar[type[forms.BaseForm]]
    deed: Text = ""
    done: Text = ""

    def form(self) -> forms.BaseForm:
        bound = (self.request.POST,) if self.request.method == "POST" else ()
        return self.form_class(*bound, **self.form_options())

    def form_options(self) -> Context:
        return {"initial": self.initial()}

    def initial(self) -> Context:
        return {}

    def context(self) -> Context:
        return {**super().context(), "deed": self.deed, "cancel": self.way_back()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = self.form()
        if form.is_valid():
            try:
                url = self.save(form)
            except Invalid as fault:
                add_faults(form, fault)
            except Forbidden:
                raise
            except Refused as refusal:
                form.add_error(None, str(refusal.message))
            else:
                if self.done:
                    messages.success(request, str(self.done))
                return HttpResponseRedirect(url)
        return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def save(self, form: Any) -> str:
        """Call the action; return where to go next."""
        raise NotImplementedError


def add_faults(form: forms.BaseForm, fault: Invalid) -> None:
    """Put an action's objections at the form's fields, or above them all."""
    for field, message in fault.faults.items():
        form.add_error(field if field in form.fields else None, str(message))
