"""Pages on which one sees what a change of access would do before it is done."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from doorward.access.actions import shelf
from doorward.access.consequences import Preview
from doorward.access.models import AccessGroup
from doorward.kit.pages import Context, FormPage
from doorward.sites.models import Site

# What the form says: only look, and which preview was looked at.
LOOK, LOOKED = "look", "looked"


class Unseen(Exception):
    """What weighs was not looked at yet, or is not what was looked at."""

    def __init__(self, preview: Preview) -> None:
        super().__init__(preview.mark)
        self.preview = preview


def require_looked(
    request: HttpRequest,
    site: Site,
    preview: Callable[[], Preview],
    *,
    group: AccessGroup | None = None,
) -> None:
    """Raise `Unseen` where what is about to be done weighs and was not looked at as it is.

    Within the deed's transaction: the rights at the site stay as they are until it ends. Deeds on
    a group hold it before they hold the site, and so do looks at one.
    """
    if group is not None:
        AccessGroup.objects.select_for_update(no_key=True).filter(pk=group.pk).first()
    shelf.take_turns([site.pk])
    found = preview()
    if found.weighs and found.mark != request.POST.get(LOOKED):
        raise Unseen(found)


class PreviewedPage(FormPage):
    """A form over a change of access at a site: what weighs is asked about before it is saved.

    A panel beside the form tells what it would change while one types. What is saved is what was
    looked at; where the facts have changed since then, the new preview is shown instead.
    """

    site: Site

    # Any: a form's fields are of every type.
    def preview(self, form: Any) -> Preview:
        """Return what saving this valid form would do."""
        raise NotImplementedError

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
        require_looked(self.request, self.site, lambda: self.preview(form))
        return super().commit(form)

    def context(self) -> Context:
        return {**super().context(), "look_url": self.request.get_full_path()}
