"""What every page is: for someone who signed in, about something that exists for them."""

from collections.abc import Iterable
from enum import StrEnum
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.generic import View
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from doorward.kit import clock, live
from doorward.kit.errors import Forbidden, Hidden, Refused, Text

# Any: what templates are given may be anything they can show.
Context = dict[str, Any]
Crumb = tuple[Text, str]


class Page(View):
    """A page for someone who has signed in. `topics` are what it wants to hear of live.

    `needs` is what one must be allowed to do to what the page is about (`subjects`): who sees
    that without the right is refused as by the action that the page is for. `in_person` is for
    pages of deeds that nobody does while they act for another.
    """

    title: Text = ""
    template: ClassVar[str] = ""
    needs: ClassVar[StrEnum | None] = None
    in_person: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.page = self  # type: ignore[attr-defined]
        # Before anything is looked at: what changes from here on, the page is told.
        self.begun = clock.now()
        self.actor = request.actor  # type: ignore[attr-defined]
        if self.actor is None:
            return redirect_to_login(request.get_full_path())
        try:
            if (answer := self.answered_before()) is not None:
                return answer
            self.enter(self.actor)
            response = super().dispatch(request, *args, **kwargs)
            # What a page showed must not come back by the Back button after signing out.
            response.setdefault("Cache-Control", "no-store")
            return response
        except Hidden as absence:
            raise Http404 from absence
        except Forbidden as refusal:
            raise PermissionDenied(str(refusal.message)) from refusal
        except Refused as refusal:
            return self.refuse(refusal)

    # Any: whoever acts; the kit knows no accounts.
    def enter(self, actor: Any) -> None:
        """Find what the page is about, for somebody who may be here."""
        self.actor = actor
        self.request.page = self  # type: ignore[attr-defined]
        self.prepare()
        if self.in_person:
            self.actor.require_in_person()
        if self.needs is not None:
            self.actor.require_any(self.needs, self.subjects())

    def answered_before(self) -> HttpResponseBase | None:
        """Return the answer to a request that was sent again, before anything is looked for."""
        return None

    def prepare(self) -> None:
        """Find what the page is about; raise `Hidden` where that does not exist for the actor."""

    # Any: things of every kind belong to a node of the tree, which the kit does not know.
    def subjects(self) -> Iterable[Any]:
        """Return what the page is about; the right that it needs to one of them will do."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.show()

    def show(self, *, status: int = HTTPStatus.OK, **extra: Any) -> HttpResponse:
        context = self.context()
        context.update(extra)
        return render(self.request, self.template, context, status=status)

    def context(self) -> Context:
        topics = list(self.topics())
        return {
            "page": self,
            "page_title": self.title,
            "crumbs": list(self.crumbs()),
            # Wherever somebody is, they hear of what they are waiting for.
            "live_ticket": self.ticket([*topics, *self.actor.topics]),
            "live_topics": " ".join(topics),
        }

    def ticket(self, topics: Iterable[str]) -> str:
        topics = [*topics, *self.actor.bounds]
        session = self.request.session.session_key or ""
        return live.ticket(topics, session=session, since=self.begun)

    def crumbs(self) -> Iterable[Crumb]:
        """Return where the page lies: labels with their addresses, this page last."""
        return [(self.title, "")]

    def topics(self) -> Iterable[str]:
        return ()

    def refuse(self, refusal: Refused) -> HttpResponseBase:
        """Say no in a sentence: as a toast, on the page one came from."""
        if self.request.htmx:  # type: ignore[attr-defined]
            response = HttpResponse(status=HTTPStatus.CONFLICT)
            note = {"message": str(refusal.message), "level": "error"}
            return trigger_client_event(response, "toast", note)
        messages.error(self.request, str(refusal.message))
        return HttpResponseRedirect(self.way_back())

    def way_back(self) -> str:
        """Return the address to return to after a deed or a refusal."""
        return "/"

    def go(self, url: str) -> HttpResponseBase:
        if self.request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(url)
        return HttpResponseRedirect(url)
