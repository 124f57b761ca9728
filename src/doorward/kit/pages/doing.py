"""What forms and deeds have in common: each is done once, however often it is sent."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from doorward.kit.errors import Refused, Text
from doorward.kit.pages.page import Page

# The field that tells one drawing of a form from another.
ONCE = "once"
_MAX_KEY = 64


class DoingPage(Page):
    """A page whose form or button does something; a second click, or a reload, does it no more."""

    done: Text = ""

    def once(self, act: Callable[[], str]) -> str:
        """Act in one transaction, or not at all if it was done before; return where to go next."""
        if not self._key():
            with transaction.atomic():
                return act()
        url: str = self.actor.once(self._key(), self._request(), act)
        return url

    def answered_before(self) -> HttpResponseBase | None:
        if self.request.method != "POST" or not self._key():
            return None
        url = self.actor.led(self._key(), self._request())
        return None if url is None else self.finish(url)

    def finish(self, url: str) -> HttpResponseBase:
        if words := self.said():
            messages.success(self.request, words)
        return self.go(url)

    def said(self) -> str:
        """Return what is said of the deed once it is done."""
        return str(self.done)

    def _key(self) -> str:
        return self.request.POST.get(ONCE, "").replace("\x00", "")[:_MAX_KEY]

    def _request(self) -> bytes:
        typed: QueryDict = self.request.POST.copy()
        # The same form bears another one each time it is drawn.
        typed.pop("csrfmiddlewaretoken", None)
        sent = self.request.FILES.lists()
        files = [f"{name}:{file.name}:{file.size}" for name, some in sent for file in some]
        return "\n".join([self.request.path, typed.urlencode(), *files]).encode()


class ActingPage(DoingPage):
    """A page that acts at its own address, and then shows itself again."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Do what the form says; what nobody has taken up is no deed of this page."""
        return self.http_method_not_allowed(request)

    def refuse(self, refusal: Refused) -> HttpResponseBase:
        if self.request.method == "GET" or self.request.htmx:  # type: ignore[attr-defined]
            return super().refuse(refusal)
        messages.error(self.request, str(refusal.message))
        return self.go(self.request.get_full_path())
