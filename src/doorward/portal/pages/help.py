"""The help: what each page is for, and how one goes about it."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from doorward.helpdesk.desks import may_ask
from doorward.kit.errors import Hidden
from doorward.kit.pages import Context, Crumb, Page
from doorward.portal.help import BY_NAME, SIGNING_IN, Topic, topics_for
from doorward.portal.pages.account.entrance import Entrance

TITLE = _("Help")


def words_of(topic: Topic) -> list[str]:
    """Return the templates that may say it: in the reader's language, or else in English."""
    return [f"portal/help/{language}/{topic.name}.html" for language in (get_language(), "en")]


class Help(Page):
    """All that the help speaks of."""

    title = TITLE
    template = "portal/help/contents.html"

    def context(self) -> Context:
        return {
            **super().context(),
            "topics": topics_for(self.actor),
            "may_ask": may_ask(self.actor),
        }


class HelpTopic(Page):
    template = "portal/help/topic.html"

    def prepare(self) -> None:
        self.topic = BY_NAME.get(self.kwargs["topic"])
        if self.topic is None:
            raise Hidden
        self.title = self.topic.title

    def crumbs(self) -> Iterable[Crumb]:
        return [(TITLE, reverse("help")), (self.title, "")]

    def context(self) -> Context:
        assert self.topic is not None
        return {**super().context(), "words": words_of(self.topic)}


class HelpEntrance(Entrance):
    """What whoever cannot get in may read."""

    template = "portal/help/entrance.html"
    title = BY_NAME[SIGNING_IN].title

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(words=words_of(BY_NAME[SIGNING_IN]))
