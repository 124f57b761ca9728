"""A long form in steps: each is checked as one goes, all of it is saved at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase

from doorward.kit.errors import Forbidden, Invalid, Refused, Text
from doorward.kit.pages import Context, DoingPage, add_faults
from doorward.tenancy import drafts
from doorward.tenancy.models import Draft, Node

# What the address and the form say of themselves.
STEP = "step"
GO = "go"
BACK, DISCARD = "back", "discard"
_NOT_TYPED = ("csrfmiddlewaretoken", "once")


@dataclass(frozen=True)
class Step:
    """One step: its name in the address, its title in the bar, and its form.

    `template` draws the fields where one below the other will not do; it is given `form`.
    """

    name: str
    title: Text
    form_class: type[forms.BaseForm]
    template: str = ""


@dataclass(frozen=True)
class Mark:
    """A step in the bar: done, current or to come; a done one is a link."""

    title: Text
    state: str
    url: str


class Faulty(Exception):
    """A step that was good when it was typed and is so no more."""

    def __init__(self, step: Step, form: forms.BaseForm) -> None:
        super().__init__(step.name)
        self.step = step
        self.form = form


class StepsPage(DoingPage):
    """A form in steps, kept as the account's draft until it is saved or thrown away.

    A step that is done is a row of the draft, so that going back, closing the page or changing
    the computer loses nothing. `save` is given every step's form, valid, and runs in one
    transaction with the end of the draft. Files are no part of a draft.
    """

    template = "tenancy/steps.html"
    steps: ClassVar[Sequence[Step]]
    # Names the form among an account's drafts.
    draft_name: ClassVar[str]
    deed: Text = ""

    def place(self) -> Node | None:
        """Return the node that the form is about, so that each has a draft of its own."""
        return None

    def form_options(self, step: Step) -> Context:
        """Return what a step's form is made with; `answers` tells what earlier steps said."""
        return {"initial": self.initial(step)}

    def initial(self, step: Step) -> Context:
        return {}

    def save(self, filled: Mapping[str, Any]) -> str:
        """Call the action with the forms by step; return where to go next."""
        raise NotImplementedError

    # --- What was typed so far ------------------------------------------------------------------

    @cached_property
    def draft(self) -> Draft | None:
        return drafts.find(self.actor, self.draft_name, self.place())

    @cached_property
    def typed(self) -> drafts.Typed:
        return drafts.typed_in(self.draft)

    def answers(self, step: str) -> Mapping[str, Any]:
        """Return what an earlier step says, cleaned; nothing where it is not good any more."""
        form = self.bound(self._named(step))
        return form.cleaned_data if form.is_valid() else {}

    def bound(self, step: Step) -> forms.BaseForm:
        data = self.typed.get(step.name, QueryDict())
        return step.form_class(data, **self.form_options(step))

    def fresh(self, step: Step) -> forms.BaseForm:
        """Return the step's form to type in, with what was typed there before and not judged."""
        options = self.form_options(step)
        data = self.typed.get(step.name)
        if data is None:
            return step.form_class(**options)
        fields = step.form_class(**options).fields
        known = {
            name: field.widget.value_from_datadict(data, {}, name) for name, field in fields.items()
        }
        options["initial"] = {**(options.get("initial") or {}), **known}
        return step.form_class(**options)

    # --- The steps ------------------------------------------------------------------------------

    @cached_property
    def current(self) -> Step:
        """The step that the address names, or the first; to look at, none beyond an open one."""
        asked = self.request.GET.get(STEP, "")
        known = next((step for step in self.steps if step.name == asked), self.steps[0])
        open_one = self.first_open()
        beyond = self.steps.index(known) > self.steps.index(open_one)
        return open_one if beyond and self.request.method != "POST" else known

    def is_done(self, step: Step) -> bool:
        data = self.typed.get(step.name)
        return data is not None and data.get(GO) != BACK

    def first_open(self) -> Step:
        return next((step for step in self.steps if not self.is_done(step)), self.steps[-1])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.draft is not None and STEP not in request.GET:
            return self.show(offered=self.draft, resume=self.url_of(self.first_open()))
        return self.show(form=self.fresh(self.current))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        going = request.POST.get(GO, "")
        if going == DISCARD:
            drafts.discard(self.actor, self.draft_name, self.place())
            return HttpResponseRedirect(request.path)
        step = self.current
        self.typed[step.name] = self._sent()
        if going == BACK:
            return self.leave(step, -1)
        form = self.bound(step)
        if not form.is_valid():
            return self.show_faults(step, form)
        if step is self.steps[-1] and self.first_open() is step:
            return self.end()
        return self.leave(step, +1)

    def leave(self, step: Step, way: int) -> HttpResponseBase:
        """Keep what was typed and go to the step beside this one, or to an open one before it."""
        drafts.keep(self.actor, self.draft_name, self.place(), self.typed)
        place = max(0, self.steps.index(step) + way)
        place = min(place, self.steps.index(self.first_open()))
        return HttpResponseRedirect(self.url_of(self.steps[place]))

    def end(self) -> HttpResponseBase:
        """Save everything, or go to the step that stands in the way."""
        try:
            return self.finish(self.once(self.saved))
        except Faulty as fault:
            drafts.keep(self.actor, self.draft_name, self.place(), self.typed)
            return self.show_faults(fault.step, fault.form)

    def saved(self) -> str:
        filled = {step.name: self.bound(step) for step in self.steps}
        for step in self.steps:
            if not filled[step.name].is_valid():
                raise Faulty(step, filled[step.name])
        try:
            url = self.save(filled)
        except Invalid as fault:
            step = self._step_of(fault, filled)
            add_faults(filled[step.name], fault)
            raise Faulty(step, filled[step.name]) from fault
        except Forbidden:
            raise
        except Refused as refusal:
            last = self.steps[-1]
            filled[last.name].add_error(None, str(refusal.message))
            raise Faulty(last, filled[last.name]) from refusal
        drafts.discard(self.actor, self.draft_name, self.place())
        return url

    def show_faults(self, step: Step, form: forms.BaseForm) -> HttpResponseBase:
        self.current = step
        return self.show(form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    # --- What is shown --------------------------------------------------------------------------

    def context(self) -> Context:
        step = self.current
        is_last = step is self.steps[-1]
        return {
            **super().context(),
            "step": step,
            "marks": self.marks(),
            "arrived": STEP in self.request.GET,
            "deed": self.deed if is_last else "",
            "first": step is self.steps[0],
            "action": self.url_of(step),
            "cancel": self.way_back(),
        }

    def marks(self) -> list[Mark]:
        here = self.steps.index(self.current)
        return [
            Mark(step.title, self._state(place, here), self.url_of(step))
            for place, step in enumerate(self.steps)
        ]

    def _state(self, place: int, here: int) -> str:
        if place == here:
            return "current"
        return "done" if all(map(self.is_done, self.steps[: place + 1])) else "to come"

    def url_of(self, step: Step) -> str:
        return f"{self.request.path}?{urlencode({STEP: step.name})}"

    def _named(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    def _step_of(self, fault: Invalid, filled: Mapping[str, forms.BaseForm]) -> Step:
        """Return the step that has the field which an action objects to, else the last."""
        for step in self.steps:
            if fault.faults.keys() & filled[step.name].fields.keys():
                return step
        return self.steps[-1]

    def _sent(self) -> QueryDict:
        data = self.request.POST.copy()
        for name in _NOT_TYPED:
            data.pop(name, None)
        return data
