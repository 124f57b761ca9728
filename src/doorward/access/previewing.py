"""Pages on which one sees what a change of access would do before it is done."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy

from doorward.access.consequences import Preview
from doorward.kit.errors import Text
from doorward.kit.pages import Context, DoingPage, FormPage, Look

# What the form says: only look, and which preview was looked at.
LOOK, LOOKED = "look", "looked"


class Unseen(Exception):
    """What weighs was not looked at yet, or is not what was looked at."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(preview.mark)
        self.preview = preview


def require_looked(request: HttpRequest, preview: Preview) -> None:
    """Raise `Unseen` where what is about to be done weighs and was not looked at as it is."""
    if preview.weighs and preview.mark != request.POST.get(LOOKED):
        raise Unseen(preview)


def look_of(preview: Preview, remarks: Iterable[Text] = ()) -> Look:
    """Return a preview as a deed on many rows shows it."""
    return Look([*preview.sentences(), *remarks], preview.mark)


class PreviewedPage(FormPage):
    """A form over a change of access at a site: what weighs is asked about before it is saved.

    A panel beside the form tells what it would change while one types. What is saved is what was
    looked at; where the facts have changed since then, the new preview is shown instead.
    """

    template = "access/previewed_form.html"
    panel_title: Text = gettext_lazy("What this changes")
    # The template of the form's fields, where they are more than one below the other.
    fields_template = ""

    # Any: a form's fields are of every type.
    def preview(self, form: Any) -> Preview:
        """Return what saving this valid form would do."""
        raise NotImplementedError

    def hold(self) -> None:
        """Keep from others what the preview rests on, until the transaction ends."""

    def answered_before(self) -> HttpResponseBase | None:
        """Whoever looks, does nothing: a look may also come in after the form was saved."""
        return None if LOOK in self.request.POST else super().answered_before()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if LOOK in request.POST:
            return self.look()
        try:
            return super().post(request, *args, **kwargs)
        except Unseen as unseen:
            return self.show(form=self.form(), question=unseen.preview)

    def look(self) -> HttpResponseBase:
        """Answer with the panel alone, and save nothing."""
        form = self.form()
        preview = self.preview(form) if form.is_valid() else None
        context = {"preview": preview, "complete": preview is not None}
        return render(self.request, "access/preview.html", context)

    def commit(self, form: Any) -> str:
        self.hold()
        require_looked(self.request, self.preview(form))
        return super().commit(form)

    def context(self) -> Context:
        return {
            **super().context(),
            "look_url": self.request.get_full_path(),
            "panel_title": self.panel_title,
            "fields_template": self.fields_template,
        }


class PreviewedDeed(DoingPage):
    """A deed that takes access away, asked about with what it changes.

    Whoever comes by a script gets the question alone, as a dialog.
    """

    template = "access/previewed_deed.html"

    def question(self) -> Text:
        """Return what is asked, with the name of the thing: Delete Office hours?"""
        raise NotImplementedError

    def preview(self) -> Preview:
        raise NotImplementedError

    def consequences(self) -> Iterable[Text]:
        """Return what follows beside it, each a sentence with its number."""
        return ()

    def hold(self) -> None:
        """Keep from others what the preview rests on, until the transaction ends."""

    def act(self) -> str:
        """Do the deed; return where to go next."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        preview = self.preview()
        if request.htmx:  # type: ignore[attr-defined]
            context = {**self.context(), "preview": preview}
            return render(request, "access/previewed_dialog.html", context)
        return self.show(preview=preview)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return self.finish(self.once(self.acted))
        except Unseen as unseen:
            return self.show(preview=unseen.preview, changed=True)

    def acted(self) -> str:
        self.hold()
        require_looked(self.request, self.preview())
        return self.act()

    def context(self) -> Context:
        return {
            **super().context(),
            "question": self.question(),
            "consequences": list(self.consequences()),
            "deed": self.title,
            "way_back": self.way_back(),
        }
