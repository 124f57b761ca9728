"""Pages of technical manuals: the list, a new one, and the way to the file."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files import links
from doorward.files.lists import ListPage
from doorward.helpdesk import actions, forms, tables
from doorward.helpdesk.models import Manual
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

_TITLE = gettext_lazy("Technical manuals")


class Manuals(ListPage):
    title = _TITLE
    template = "helpdesk/manuals.html"
    table = tables.ManualList
    search_hint = gettext_lazy("Model")
    empty = {
        "text": gettext_lazy("No manual is kept yet"),
        "hint": gettext_lazy(
            "Whoever runs this installation keeps them here; each device's page then leads to its "
            "own."
        ),
        "icon": "books",
    }

    def rows(self) -> QuerySet[Manual]:
        return Manual.objects.visible_to(self.actor).select_related("file")

    def search(self, rows: QuerySet[Manual], words: str) -> QuerySet[Manual]:
        return rows.filter(model__icontains=words)

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.CHANGE_MANUAL):
            return None
        return _("Add a manual"), reverse("manual-new")

    def context(self) -> Context:
        return {**super().context(), "may_remove": self.actor.may(Can.CHANGE_MANUAL)}


class ManualNew(FormPage):
    """One of a model that has one takes its place."""

    title = gettext_lazy("Add a manual")
    template = "helpdesk/manual_new.html"
    needs = Can.CHANGE_MANUAL
    form_class = forms.ManualFields
    deed = gettext_lazy("Keep the manual")
    done = gettext_lazy("The manual is kept. Devices of this model lead to it.")

    def subjects(self) -> Iterable[Any]:
        return [Node.root()]

    def crumbs(self) -> Iterable[Crumb]:
        return [(_TITLE, reverse("manuals")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("manuals")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        told = form.cleaned_data
        actions.put_manual(self.actor, told["model"], told["file"].read())
        return self.way_back()


class ManualPage(Page):
    """A page about one manual."""

    def prepare(self) -> None:
        self.manual = Manual.objects.select_related("file").find(self.actor, self.kwargs["pk"])

    def way_back(self) -> str:
        return reverse("manuals")


class ManualFetch(ManualPage):
    """The file, by a link of the moment, however old the page is."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        session = request.session.session_key
        return self.go(links.link_for(self.manual.file_id, self.actor, session=session))


class ManualDelete(ManualPage, DeedPage):
    needs = Can.CHANGE_MANUAL
    done = gettext_lazy("The manual is deleted.")

    def subjects(self) -> Iterable[Any]:
        return [Node.root()]

    def act(self) -> None:
        actions.remove_manual(self.actor, self.manual)
