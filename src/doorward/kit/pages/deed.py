"""A deed by one click."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from doorward.kit.errors import Text
from doorward.kit.pages.page import Page


class DeedPage(Page):
    """A deed by one click: POST only."""

    http_method_names = ["post", "options"]
    done: Text = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.act()
        if self.done:
            messages.success(request, str(self.done))
        return self.go(self.way_back())

    def act(self) -> None:
        raise NotImplementedError
