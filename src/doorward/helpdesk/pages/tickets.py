"""Pages of tickets: the list, a new one, the thread of one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.devices.models import Device
from doorward.files import links
from doorward.files.lists import ListPage
from doorward.helpdesk import actions, desks, filters, forms, tables
from doorward.helpdesk.models import Message, Picture, Ticket
from doorward.helpdesk.models import Tickets as Rows
from doorward.helpdesk.origins import Origin, origin_of, path_of
from doorward.kit.counts import count_up_to
from doorward.kit.errors import Forbidden
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page
from doorward.tenancy.actor import Place
from doorward.tenancy.places import own_places

_TITLE = gettext_lazy("Tickets")


class Tickets(ListPage):
    """What one has asked, and what one is asked, the last word first."""

    title = _TITLE
    table = tables.TicketList
    filters = filters.TicketChoices
    search_hint = gettext_lazy("Words or number")
    filters_shown = 3
    empty = {
        "text": gettext_lazy("No tickets yet"),
        "hint": gettext_lazy(
            "Whatever you cannot solve, ask whoever looks after you: they answer here, and you are "
            "told by mail."
        ),
        "icon": "lifebuoy",
    }

    def rows(self) -> Rows:
        return Ticket.objects.visible_to(self.actor).select_related("node", "desk", "opened_by")

    # Any: rows that know how they are searched.
    def search(self, rows: Any, words: str) -> Rows:
        found: Rows = rows.about(words)
        return found

    # Any: a table comes without types.
    def dress(self, table: Any, records: Sequence[Ticket]) -> None:
        rows = Ticket.objects.visible_to(self.actor).unread_by(self.actor.account)
        unread = set(rows.filter(pk__in=[one.pk for one in records]).values_list("pk", flat=True))
        for record in records:
            record.is_unread = record.pk in unread  # type: ignore[attr-defined]

    def action(self) -> Crumb | None:
        if not desks.may_ask(self.actor):
            return None
        return _("Contact support"), reverse("ticket-new")

    def topics(self) -> Iterable[str]:
        return list(self.actor.topics)


class TicketsNow(Page):
    """The number beside the menu's entry; fetched once a page is there, so none waits for it."""

    template = "helpdesk/now.html"

    def context(self) -> Context:
        waiting = Ticket.objects.visible_to(self.actor).to_answer(self.actor)
        return {
            "count": count_up_to(waiting) if desks.answers(self.actor) else 0,
            "topic": " ".join(self.actor.topics),
        }


class TicketNew(FormPage):
    """A question to the level above; page and device are filled in from where one was."""

    title = gettext_lazy("Contact support")
    template = "helpdesk/ticket_new.html"
    form_class = forms.TicketFields
    deed = gettext_lazy("Send")
    done = gettext_lazy("It was sent. You are told by mail when there is an answer.")

    def prepare(self) -> None:
        self.places = desks.asking_places(self.actor)
        if not self.places:
            words = _("Nobody is above you here: what others ask stands in the list of tickets.")
            raise Forbidden("ticket.nobody", words)
        told = self.request.POST.get("page") if self.request.method == "POST" else None
        path = path_of(self.request) if told is None else told
        self.origin = origin_of(self.actor, path) if path != self.request.path else Origin()

    def crumbs(self) -> Iterable[Crumb]:
        return [(_TITLE, reverse("tickets")), (self.title, "")]

    def carried(self) -> Mapping[str, str]:
        return {"page": self.origin.path}

    def form_options(self) -> Context:
        names = {node.pk: str(node) for node in own_places(self.actor)}
        offered = [(str(p.node), f"{names[p.node]} ({p.role.label})") for p in self.places]
        return {**super().form_options(), "places": offered}

    def initial(self) -> Context:
        near = self._near()
        return {"place": str(near.node)} if near else {}

    def context(self) -> Context:
        desk = desks.desk_above(self.places[0].path) if len(self.places) == 1 else None
        return {**super().context(), "origin": self.origin, "desk": desk}

    def way_back(self) -> str:
        return self.origin.path or reverse("tickets")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        told = form.cleaned_data
        chosen = told.get("place") or str(self.places[0].node)
        place = next(one for one in self.places if str(one.node) == chosen)
        asked = actions.TicketForm(
            subject=told["subject"],
            text=told["text"],
            pictures=form.contents(),
            page=self.origin.path,
            device=self.origin.device,
        )
        ticket = actions.open_ticket(self.actor, place, asked)
        return reverse("ticket", args=[ticket.pk])

    def _near(self) -> Place | None:
        """Return from which of several places it is asked: the one where the page lies."""
        if self.origin.site is None:
            return None
        path = self.origin.site.node.path
        near = (p for p in self.places if path.startswith(p.path) or p.path.startswith(path))
        return next(near, None)


class TicketPage(Page):
    """A page about one ticket."""

    def prepare(self) -> None:
        rows = Ticket.objects.select_related("node", "desk", "opened_by")
        self.case = rows.find(self.actor, self.kwargs["pk"])
        self.title = self.case.subject

    def way_back(self) -> str:
        return reverse("ticket", args=[self.case.pk])


class TicketShow(TicketPage, FormPage):
    """The thread of a ticket, and what one answers."""

    template = "helpdesk/ticket.html"
    form_class = forms.AnswerFields
    deed = gettext_lazy("Answer")
    done = gettext_lazy("Your answer was sent.")

    def crumbs(self) -> Iterable[Crumb]:
        return [(_TITLE, reverse("tickets")), (self.title, "")]

    def topics(self) -> Iterable[str]:
        return [self.case.topic]

    def context(self) -> Context:
        actions.note_read(self.actor, self.case)
        seen = Device.objects.visible_to(self.actor).select_related("site")
        return {
            **super().context(),
            "ticket": self.case,
            "thread": self._thread(),
            "device": seen.filter(pk=self.case.device_id or 0).first(),
        }

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        told = form.cleaned_data
        actions.answer_ticket(self.actor, self.case, told["text"], form.contents())
        return self.way_back()

    def _thread(self) -> list[tuple[Message, list[tuple[str, int, int]]]]:
        """Return what was said, each with its pictures: address and size in pixels."""
        messages = self.case.messages.order_by("pk").prefetch_related("pictures")
        return [(one, [self._shown(picture) for picture in one.pictures.all()]) for one in messages]

    def _shown(self, picture: Picture) -> tuple[str, int, int]:
        session = self.request.session.session_key
        address = links.link_for(picture.file_id, self.actor, session=session)
        return address, picture.width, picture.height


class TicketSolve(TicketPage, DeedPage):
    done = gettext_lazy("The ticket is solved. An answer reopens it.")

    def act(self) -> None:
        actions.solve_ticket(self.actor, self.case)
