"""The Notification Center: what one was told, and reading it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from doorward.files.lists import ListPage
from doorward.kit.counts import number_words
from doorward.kit.errors import Text
from doorward.kit.pages import Context, DeedPage, Page
from doorward.notices import actions, filters, objects, tables, words
from doorward.notices.models import Notice
from doorward.notices.models import Notices as Rows
from doorward.tenancy.models import NoticeKind as Kind
from doorward.tenancy.noticing import kinds_for

_TITLE = gettext_lazy("Notification Center")


class Notices(ListPage):
    """What one was told, the latest first; of what is out of sight it says no more than that."""

    title = _TITLE
    template = "notices/notices.html"
    table = tables.NoticeList
    filters = filters.NoticeChoices
    search_hint = gettext_lazy("Names in the newest notices")
    filters_shown = 2
    # Whether words were looked for in all notices that the filters leave.
    is_all_searched = True
    empty = {
        "text": gettext_lazy("Nothing to tell yet"),
        "hint": gettext_lazy(
            "Alarms, devices that go offline, answers to tickets and the like are told here. "
            "Which, and what comes by mail, is chosen in Setting, Notification."
        ),
        "icon": "inbox",
    }

    def empty_state(self, *, filtered: bool) -> Mapping[str, Text]:
        state = super().empty_state(filtered=filtered)
        if not self.is_all_searched:
            return {**state, "hint": self.how_far()}
        if filtered or Kind.ALARM in kinds_for(self.actor):
            return state
        hint = gettext(
            "Answers to your tickets and messages to everybody are told here. What of it comes by "
            "mail is chosen in Setting, Notification."
        )
        return {**state, "hint": hint}

    def end(self, counted: int) -> Text:
        return self.how_far() if counted and not self.is_all_searched else super().end(counted)

    def how_far(self) -> str:
        """Return in which of the notices names were looked for."""
        words = gettext(
            "Names are looked for in the newest %(count)s notices that the filters leave. Give a "
            "time to look further back."
        )
        return words % {"count": number_words(objects.SEARCHED)}

    def rows(self) -> Rows:
        return Notice.objects.visible_to(self.actor).select_related("site")

    # Any: rows that know how they are searched.
    def search(self, rows: Any, words: str) -> Rows:
        searched = objects.search(self.actor, rows, words)
        self.is_all_searched = searched.is_all
        found: Rows = rows.filter(searched.found)
        return found

    # Any: a table comes without types.
    def dress(self, table: Any, records: Sequence[Notice]) -> None:
        seen = objects.seen(self.actor, records)
        for record in records:
            told: Any = record
            told.is_seen = record.pk in seen
            told.said = words.sentence(record) if told.is_seen else words.hidden(record)
            told.leads = told.is_seen and bool(objects.address_of(self.actor, record))
            told.place = record.site.name if told.is_seen and record.site else "–"

    def context(self) -> Context:
        account = self.actor.account
        unread = account.unread_notices if account and not self.actor.acting else 0
        return {**super().context(), "unread": unread}

    def topics(self) -> Iterable[str]:
        return list(self.actor.topics)


class NoticesRead(DeedPage):
    """Say that one has read them all."""

    title = _TITLE

    def act(self) -> None:
        self.count = actions.read_all(self.actor)

    def said(self) -> str:
        count = getattr(self, "count", 0)
        words = ngettext("%(count)d notice is read.", "%(count)d notices are read.", count)
        return words % {"count": count}

    def way_back(self) -> str:
        return reverse("notices")


class _OfNotice(Page):
    """A page about one notice."""

    title = _TITLE

    def prepare(self) -> None:
        self.notice = Notice.objects.find(self.actor, self.kwargs["pk"])

    def way_back(self) -> str:
        return reverse("notices")


class NoticeOpen(_OfNotice):
    """Read a notice, and go to what it is about if that is in sight."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actions.read_notice(self.actor, self.notice)
        seen = objects.seen(self.actor, [self.notice])
        address = objects.address_of(self.actor, self.notice) if seen else ""
        return self.go(address or self.way_back())


class NoticeRead(_OfNotice, DeedPage):
    """Say that one has read it, without going anywhere."""

    def act(self) -> None:
        actions.read_notice(self.actor, self.notice)
