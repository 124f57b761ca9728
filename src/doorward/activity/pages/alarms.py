"""Pages of alarms: the list, one of them, and the deeds on them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.activity import filters, tables, wording
from doorward.activity.actions import alarms as actions
from doorward.activity.models import Alarm
from doorward.activity.topics import alarm_topics_for
from doorward.files.lists import ListPage
from doorward.kit.errors import Text
from doorward.kit.pages import BulkDeed, Context, Crumb, DeedPage, Done
from doorward.sites.models import Site
from doorward.sites.pages import SitePage
from doorward.tenancy.permissions import Can

_TITLE = gettext_lazy("Alarms")


class NoteFields(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What was found, for whoever reads this later."),
    )


class Acknowledge(BulkDeed):
    """Say that somebody has seen them."""

    name = "acknowledge"
    label = gettext_lazy("Acknowledge")
    icon = "eye"
    needs = Can.CHANGE_ALARM
    form_class = NoteFields

    def question(self, count: int) -> Text:
        words = ngettext("Acknowledge %(count)d alarm", "Acknowledge %(count)d alarms", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield _("Those that are over are closed; the others stay open until they are.")

    def act(self, form: Any) -> Done:
        found = actions.acknowledge_alarms(self.actor, self.rows, note=form.cleaned_data["note"])
        words = ngettext(
            "%(count)d alarm was acknowledged.", "%(count)d alarms were acknowledged.", len(found)
        )
        return Done(words % {"count": len(found)})


class Close(BulkDeed):
    """End them by hand."""

    name = "close"
    label = gettext_lazy("Close")
    icon = "bell-off"
    needs = Can.CHANGE_ALARM
    form_class = NoteFields

    def question(self, count: int) -> Text:
        words = ngettext("Close %(count)d alarm", "Close %(count)d alarms", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield _("They count as seen and over. The same once more is a new alarm.")

    def act(self, form: Any) -> Done:
        found = actions.close_alarms(self.actor, self.rows, note=form.cleaned_data["note"])
        words = ngettext("%(count)d alarm was closed.", "%(count)d alarms were closed.", len(found))
        return Done(words % {"count": len(found)})


class Alarms(SitePage, ListPage):
    title = _TITLE
    table = tables.Alarms
    filters = filters.Alarms
    search_hint = gettext_lazy("Door or device")
    empty = {
        "text": gettext_lazy("No alarms"),
        "hint": gettext_lazy(
            "Doors that are forced or held open, devices that are tampered with, and inputs that "
            "are triggered stand here."
        ),
        "icon": "bell",
    }
    deeds = (Acknowledge, Close)

    def rows(self) -> QuerySet[Alarm]:
        return Alarm.objects.seen_at(self.actor, self.site)

    def search(self, rows: QuerySet[Alarm], words: str) -> QuerySet[Alarm]:
        return rows.filter(Q(door_name__icontains=words) | Q(device_name__icontains=words))

    def topics(self) -> Iterable[str]:
        return alarm_topics_for(self.actor, self.site)


class AlarmPage(SitePage):
    """A page about one alarm."""

    def prepare(self) -> None:
        super().prepare()
        alarms = Alarm.objects.filter(site=self.site).select_related("node", "door", "device")
        self.alarm = alarms.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.alarm]

    def way_back(self) -> str:
        return alarm_url(self.alarm)


class AlarmShow(AlarmPage):
    template = "activity/alarm.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = wording.title(self.alarm)

    def trail(self) -> Iterable[Crumb]:
        return [alarms_crumb(self.site)]

    def topics(self) -> Iterable[str]:
        return [f"alarm:{self.alarm.pk}"]

    def context(self) -> Context:
        node = self.site.node
        return {
            **super().context(),
            "alarm": self.alarm,
            "note_form": NoteFields(),
            "may_change": self.actor.may(Can.CHANGE_ALARM, self.alarm.node),
            "may_see_devices": self.actor.may(Can.VIEW_DEVICE, node),
            "may_change_door": self.actor.may(Can.CHANGE_DOOR, node),
        }


class _AlarmDeed(AlarmPage, DeedPage):
    needs = Can.CHANGE_ALARM

    def chosen(self) -> QuerySet[Alarm]:
        return Alarm.objects.visible_to(self.actor).filter(pk=self.alarm.pk)

    def note(self) -> str:
        return self.request.POST.get("note", "").strip()[:200]


class AlarmAcknowledge(_AlarmDeed):
    title = gettext_lazy("Acknowledge")
    done = gettext_lazy("The alarm is acknowledged.")

    def act(self) -> None:
        actions.acknowledge_alarms(self.actor, self.chosen(), note=self.note())


class AlarmClose(_AlarmDeed):
    title = gettext_lazy("Close")
    done = gettext_lazy("The alarm is closed.")

    def act(self) -> None:
        actions.close_alarms(self.actor, self.chosen(), note=self.note())


def alarm_url(alarm: Alarm) -> str:
    return reverse("alarm", args=[alarm.site_id, alarm.pk])


def alarms_crumb(site: Site) -> Crumb:
    return _TITLE, reverse("alarms", args=[site.pk])
