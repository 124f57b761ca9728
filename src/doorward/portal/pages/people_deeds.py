"""Deeds on many people at once."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.access import consequences
from doorward.access.models import Credential
from doorward.access.previewing import look_of
from doorward.kit.errors import Text
from doorward.kit.pages import BulkDeed, Done, Look
from doorward.kit.pages.bulk import AT_ONCE
from doorward.people import actions
from doorward.people.forms import MoveFields
from doorward.people.models import Person
from doorward.people.pages import person_choices
from doorward.tenancy.permissions import Can


class _PeopleDeed(BulkDeed):
    needs = Can.CHANGE_PERSON

    def people(self) -> list[Person]:
        return list(self.rows.select_related("node", "company", "group"))

    def keys(self) -> list[int]:
        return list(self.rows.order_by().values_list("pk", flat=True))

    def losses(self) -> Iterable[Text]:
        """Say which doors these people lose if they count no more."""
        # Any: the page of the list is one within a site.
        page: Any = self.page
        return consequences.of_removal(self.actor, page.site, self.keys()).sentences()


class Move(_PeopleDeed):
    """To another group, and to another company if that is chosen."""

    name = "move"
    label = gettext_lazy("Move")
    icon = "users-group"
    form_class = MoveFields

    def question(self, count: int) -> Text:
        return ngettext("Move %(count)d person", "Move %(count)d people", count) % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield _("Who changes company leaves the access groups of the company before.")
        yield _("Cards and PINs go with them. The doors are told.")

    def form_options(self) -> dict[str, Any]:
        # Any: the page of the list is one within a site.
        page: Any = self.page
        homes = set(self.rows.order_by().values_list("company", flat=True).distinct()[:2])
        return {"initial": {"company": min(homes, default="")}, **person_choices(page)}

    def look(self, form: MoveFields) -> Look:
        company, group = form.cleaned_data["company"], form.cleaned_data["group"]
        return look_of(consequences.of_moving(self.actor, self.keys(), company, group))

    def act(self, form: MoveFields) -> Done:
        company, group = form.cleaned_data["company"], form.cleaned_data["group"]
        moved = actions.move_people(self.actor, self.people(), company, group)
        words = ngettext("%(count)d person was moved.", "%(count)d people were moved.", len(moved))
        return Done(words % {"count": len(moved)})


class Suspend(_PeopleDeed):
    name = "suspend"
    label = gettext_lazy("Suspend")
    icon = "player-pause"

    def question(self, count: int) -> Text:
        words = ngettext("Suspend %(count)d person", "Suspend %(count)d people", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield _("They open no door any more. What they hold and their access groups are kept.")
        yield from self.losses()

    def act(self, form: forms.Form | None) -> Done:
        done = actions.suspend_people(self.actor, self.people())
        words = ngettext(
            "%(count)d person was suspended.", "%(count)d people were suspended.", len(done)
        )
        return Done(words % {"count": len(done)}, undo="resume" if done else "")


class Resume(_PeopleDeed):
    name = "resume"
    label = gettext_lazy("Resume")
    icon = "player-play"

    def question(self, count: int) -> Text:
        words = ngettext("Resume %(count)d person", "Resume %(count)d people", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield _("They may open again what their access groups say.")

    def act(self, form: forms.Form | None) -> Done:
        done = actions.resume_people(self.actor, self.people())
        words = ngettext(
            "%(count)d person counts again.", "%(count)d people count again.", len(done)
        )
        return Done(words % {"count": len(done)}, undo="suspend" if done else "")


class Delete(_PeopleDeed):
    name = "delete"
    label = gettext_lazy("Delete")
    icon = "trash"
    danger = True
    counts_as = "deleted"

    def question(self, count: int) -> Text:
        words = ngettext("Delete %(count)d person", "Delete %(count)d people", count)
        return words % {"count": count}

    def consequences(self) -> Iterable[Text]:
        chosen = self.rows.order_by().values("pk")
        held = Credential.objects.visible_to(self.actor).filter(person__in=chosen).count()
        if held:
            words = ngettext(
                "%(count)d card or PIN opens nothing any more.",
                "%(count)d cards and PINs open nothing any more.",
                held,
            )
            yield words % {"count": held}
        yield from self.losses()
        yield _("The door log and the audit trail stay.")

    def act(self, form: forms.Form | None) -> Done:
        people = self.people()
        removed = actions.delete_people(self.actor, people)
        words = ngettext(
            "%(count)d person was deleted.", "%(count)d people were deleted.", len(people)
        ) % {"count": len(people)}
        if removed is None or len(people) > AT_ONCE:
            return Done(words)
        site = people[0].site_id
        context = {"text": words, "path": reverse("person-restore", args=[site, removed.pk])}
        return Done(render_to_string("kit/put_back.html", context, self.page.request))


DEEDS = (Move, Suspend, Resume, Delete)
