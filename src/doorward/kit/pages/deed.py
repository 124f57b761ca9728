"""A deed by one click."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from doorward.kit.pages.doing import DoingPage


class DeedPage(DoingPage):
    """A deed by one click: POST only."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.finish(self.once(self.acted))

    def acted(self) -> str:
        """Do the deed; return where to go next."""
        self.act()
        return self.way_back()

    def act(self) -> None:
        raise NotImplementedError
