"""Messages: what levels above have to say, and what one says to those below."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doorward.files.lists import ListPage
from doorward.kit import offers
from doorward.kit.errors import Forbidden, Invalid, Refused, Text
from doorward.kit.pages import Context, Crumb, DeedPage, FormPage, Page, words_of
from doorward.notices import filters, forms, reach, tables
from doorward.notices.actions import announcements as actions
from doorward.notices.models import Announcement, Announcements
from doorward.tenancy.actor import Actor
from doorward.tenancy.editing import EditPage
from doorward.tenancy.permissions import Role
from doorward.tenancy.places import own_places

_TITLE = gettext_lazy("Message")
_FIELDS = ("kind", "title", "text", "targets", "by_mail", "send_at")


def _require_writer(actor: Actor) -> None:
    if not reach.writing_places(actor):
        raise reach.nobody_below()


class _Messages(ListPage):
    """A list of messages."""

    template = "notices/messages.html"
    search_hint = gettext_lazy("Words")
    filters_shown = 1

    # Any: rows that know how they are searched.
    def search(self, rows: Any, words: str) -> Announcements:
        found: Announcements = rows.about(words)
        return found

    def action(self) -> Crumb | None:
        if not reach.writing_places(self.actor):
            return None
        return _("New message"), reverse("message-new")

    def context(self) -> Context:
        received, written = reverse("messages"), reverse("messages-written")
        tabs = [
            (_("Received"), received, self.request.path == received),
            (_("Written"), written, self.request.path == written),
        ]
        writes = bool(reach.writing_places(self.actor))
        return {**super().context(), "tabs": tabs if writes else ()}

    def topics(self) -> Iterable[str]:
        return list(self.actor.topics)


class Messages(_Messages):
    """What was sent to one, the latest first."""

    title = _TITLE
    table = tables.Received
    filters = filters.Received
    empty = {
        "text": gettext_lazy("No messages yet"),
        "hint": gettext_lazy(
            "Messages to everybody, from whoever looks after you or runs the platform, are read "
            "here."
        ),
        "icon": "speakerphone",
    }

    def rows(self) -> Announcements:
        return (
            Announcement.objects.visible_to(self.actor)
            .received(self.actor)
            .select_related("node")
            .defer("text")
        )

    # Any: a table comes without types.
    def dress(self, table: Any, records: Sequence[Announcement]) -> None:
        keys = [one.pk for one in records]
        rows = Announcement.objects.visible_to(self.actor).unread_by(self.actor)
        unread = set(rows.filter(pk__in=keys).values_list("pk", flat=True))
        for record in records:
            told: Any = record
            told.said, told.is_unread = record.title, record.pk in unread


class MessagesWritten(_Messages):
    """What one's own level wrote, and how many have read it."""

    title = gettext_lazy("Written messages")
    table = tables.Written
    filters = filters.Written
    empty = {
        "text": gettext_lazy("Nothing written yet"),
        "hint": gettext_lazy("A message goes to all who hold the chosen roles below you."),
        "icon": "speakerphone",
    }

    def prepare(self) -> None:
        _require_writer(self.actor)

    def crumbs(self) -> Iterable[Crumb]:
        return [(_TITLE, reverse("messages")), (self.title, "")]

    def rows(self) -> Announcements:
        return (
            Announcement.objects.visible_to(self.actor)
            .written(self.actor)
            .select_related("node")
            .defer("text")
        )

    # Any: a table comes without types.
    def dress(self, table: Any, records: Sequence[Announcement]) -> None:
        reads = reach.read_counts(records)
        for record in records:
            told: Any = record
            told.said, told.is_unread = record.title, False
            told.reads = reads.get(record.pk, 0)


class _Writing(FormPage):
    """The form of a message."""

    form_class = forms.MessageFields
    deed = gettext_lazy("Save the draft")
    done = gettext_lazy("The draft is saved. Nobody has it yet.")

    def prepare(self) -> None:
        _require_writer(self.actor)
        self.places = reach.writing_places(self.actor)

    def crumbs(self) -> Iterable[Crumb]:
        return [(_TITLE, reverse("messages")), (self.title, "")]

    def form_options(self) -> Context:
        names = {node.pk: str(node) for node in own_places(self.actor)}
        offered = [(str(p.node), f"{names[p.node]} ({p.role.label})") for p in self.places]
        reached = {role for place in self.places for role in reach.roles_from(place)}
        roles = [role for role in Role if role in reached]
        return {
            **super().form_options(),
            "places": offered,
            "roles": roles,
            "sites": reach.sites_to_name(self.actor, self.places).order_by("name", "pk"),
            "sites_url": reverse("message-site-choices"),
        }

    def way_back(self) -> str:
        return reverse("messages-written")

    # Any: a form's fields are of every type.
    def typed(self, form: Any) -> actions.MessageForm:
        told = {name: form.cleaned_data[name] for name in _FIELDS}
        # Of whom nobody stands at a site, none can be named.
        sites = [site.pk for site in form.cleaned_data.get("sites", ())]
        return actions.MessageForm(**told, sites=sites)


class MessageNew(_Writing):
    """A draft, which is looked at before it is sent."""

    title = gettext_lazy("New message")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        chosen = form.cleaned_data.get("place") or str(self.places[0].node)
        place = next(one for one in self.places if str(one.node) == chosen)
        message = actions.write_message(self.actor, place, self.typed(form))
        return reverse("message", args=[message.pk])


class MessageSiteChoices(Page):
    """What the picker of a message's sites offers for what was typed, as JSON."""

    def prepare(self) -> None:
        _require_writer(self.actor)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sites = reach.sites_to_name(self.actor, reach.writing_places(self.actor))
        found = sites.filter(offers.begun(words_of(request), "name", "city"))
        told = found.order_by("name", "pk").values_list("pk", "name", "city")[: offers.FOUND]
        return JsonResponse(
            [{"value": key, "label": name, "hint": city} for key, name, city in told], safe=False
        )


class _OfMessage(Page):
    """A page about one message."""

    title: Text = _TITLE

    def prepare(self) -> None:
        rows = Announcement.objects.select_related("node", "author")
        self.message = rows.find(self.actor, self.kwargs["pk"])
        written = Announcement.objects.visible_to(self.actor).written(self.actor)
        self.is_ours = written.filter(pk=self.message.pk).exists()

    def way_back(self) -> str:
        return reverse("message", args=[self.message.pk])


class _OfOurs(_OfMessage):
    """A page for whoever writes for the same level."""

    def prepare(self) -> None:
        super().prepare()
        if not self.is_ours:
            raise Forbidden("permission.missing", _("Your role does not allow this here."))


class MessageShow(_OfMessage):
    """A message: to its reader what it says, to its author also who has read it."""

    template = "notices/message.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = self.message.title

    def crumbs(self) -> Iterable[Crumb]:
        home = [(_TITLE, reverse("messages"))]
        ours = [(gettext_lazy("Written messages"), reverse("messages-written"))]
        return [*home, *(ours if self.is_ours else []), (self.title, "")]

    def topics(self) -> Iterable[str]:
        return [self.message.topic]

    def context(self) -> Context:
        # Whoever writes for the level may have got it, too, by another role.
        actions.read_message(self.actor, self.message)
        reads = reach.read_counts([self.message]).get(self.message.pk, 0) if self.is_ours else 0
        return {
            **super().context(),
            "message": self.message,
            "is_ours": self.is_ours,
            "reads": reads,
            "share": round(100 * reads / self.message.recipients) if self.message.recipients else 0,
            **(self._readers() if self.is_ours else {}),
        }

    def _readers(self) -> Context:
        """Return what whoever writes is told of those it goes to, or went."""
        said = {"sites": list(reach.sites_of(self.actor, self.message).order_by("name", "pk"))}
        if self.message.is_open:
            return {**said, "would": reach.reach_of(self.message)}
        return {**said, "mails": reach.mail_count(self.message)}


class MessageEdit(EditPage, _Writing, _OfOurs):
    """Change what nobody has got."""

    title = gettext_lazy("Edit message")

    def prepare(self) -> None:
        _OfOurs.prepare(self)
        if not self.message.is_open:
            raise Refused("message.sent", _("This message was sent. Write another one."))
        here = (self.message.node_id, self.message.written_as)
        places = reach.writing_places(self.actor)
        self.places = [place for place in places if (place.node, place.role) == here]

    def edited(self) -> Announcement:
        return self.message

    def initial(self) -> Context:
        return {name: getattr(self.message, name) for name in (*_FIELDS, "sites")}

    def way_back(self) -> str:
        return reverse("message", args=[self.message.pk])

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        typed = self.typed(form)
        named = reach.sites_of(self.actor, self.message)
        if self.message.sites and not typed.sites and not named.exists():
            # They could not be chosen again: what was for a few must not go to all by that.
            fault = _("The sites that it was for are gone. Name others, or write a new message.")
            raise Invalid({"sites": fault})
        actions.change_message(self.actor, self.message, typed)
        return self.way_back()


class MessageSend(_OfOurs, DeedPage):
    def act(self) -> None:
        self.sent = actions.send_message(self.actor, self.message)

    def said(self) -> str:
        sent = getattr(self, "sent", None)
        if sent is not None and sent.state == Announcement.State.PLANNED:
            return _("It is planned, and goes by itself.")
        return _("It was sent.")


class MessageRecall(_OfOurs, DeedPage):
    done = gettext_lazy("It is taken back.")

    def act(self) -> None:
        actions.recall_message(self.actor, self.message)


class MessageDelete(_OfOurs, DeedPage):
    done = gettext_lazy("The message is deleted.")

    def act(self) -> None:
        actions.delete_message(self.actor, self.message)
        self.message.pk = None

    def way_back(self) -> str:
        if self.message.pk is None:
            return reverse("messages-written")
        return reverse("message", args=[self.message.pk])
