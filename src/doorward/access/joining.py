"""Deeds on many people of a list: into an access group, and out of it."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from doorward.access import consequences
from doorward.access.actions import members
from doorward.access.consequences import Preview
from doorward.access.models import AccessGroup, Member
from doorward.kit.errors import Text
from doorward.kit.pages import BulkDeed, Done, Look
from doorward.kit.widgets import Picker
from doorward.people.models import Person
from doorward.tenancy.permissions import Can


class GroupChoice(forms.Form):
    """Which access group."""

    group = forms.ModelChoiceField(
        label=gettext_lazy("Access group"),
        queryset=AccessGroup.objects.none(),
        widget=Picker(placeholder=gettext_lazy("Type to find an access group")),
    )

    # Any: a form takes whatever Django passes on.
    def __init__(self, *args: Any, groups: QuerySet[AccessGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class _Joining(BulkDeed):
    """What all of these deeds have in common: they are about one access group."""

    needs = Can.CHANGE_ACCESS
    form_class: ClassVar[type[forms.Form] | None] = GroupChoice

    def form_options(self) -> dict[str, Any]:
        # Any: the page of the list is one within a site.
        page: Any = self.page
        seen = AccessGroup.objects.visible_to(self.actor).filter(site=page.site)
        return {"groups": self.actor.within(self.needs, seen).order_by("name")}

    def group(self, form: Any) -> AccessGroup:
        group: AccessGroup = form.cleaned_data["group"]
        return group

    def keys(self) -> list[int]:
        return list(self.rows.order_by().values_list("pk", flat=True))

    def people(self) -> list[Person]:
        return list(self.rows.order_by("pk"))

    def named(self, group: AccessGroup) -> set[int]:
        """Return who of the chosen is named in a group."""
        links = AccessGroup.people.through.objects.filter(accessgroup=group, person__in=self.keys())
        return set(links.values_list("person", flat=True))


class Join(_Joining):
    name = "join"
    label = gettext_lazy("Add to access group")
    icon = "shield-check"

    def question(self, count: int) -> Text:
        words = ngettext(
            "Add %(count)d person to an access group",
            "Add %(count)d people to an access group",
            count,
        )
        return words % {"count": count}

    def look(self, form: Any) -> Look | None:
        return _look(consequences.of_joining(self.actor, self.group(form), self.keys()))

    def act(self, form: Any) -> Done:
        group, chosen = self.group(form), self.keys()
        come = sorted({*chosen} - self.named(group))
        count = members.add_people(self.actor, group, self.people())
        words = ngettext(
            "%(count)d person was added to %(group)s.",
            "%(count)d people were added to %(group)s.",
            count,
        )
        return Done(
            words % {"count": count, "group": group},
            undo="leave-again" if come else "",
            keys=come,
            fields={"group": group.pk},
        )


class Leave(_Joining):
    name = "leave"
    label = gettext_lazy("Remove from access group")
    icon = "shield-x"
    danger = True

    def question(self, count: int) -> Text:
        words = ngettext(
            "Remove %(count)d person from an access group",
            "Remove %(count)d people from an access group",
            count,
        )
        return words % {"count": count}

    def look(self, form: Any) -> Look | None:
        group, keys = self.group(form), self.keys()
        preview = consequences.of_leaving(self.actor, group, keys)
        return _look(preview, self.remarks(group, keys))

    def remarks(self, group: AccessGroup, keys: Collection[int]) -> Iterable[Text]:
        """Say who stays in the group all the same."""
        within = Member.objects.filter(accessgroup=group, person__in=keys).count()
        if staying := within - len(self.named(group)):
            words = ngettext(
                "%(count)d of them is in it by a group of people alone, and stays.",
                "%(count)d of them are in it by a group of people alone, and stay.",
                staying,
            )
            yield words % {"count": staying}

    def act(self, form: Any) -> Done:
        group = self.group(form)
        gone = sorted(self.named(group))
        count = members.remove_people(self.actor, group, self.people())
        words = ngettext(
            "%(count)d person was removed from %(group)s.",
            "%(count)d people were removed from %(group)s.",
            count,
        )
        return Done(
            words % {"count": count, "group": group},
            undo="join-again" if gone else "",
            keys=gone,
            fields={"group": group.pk},
        )


class LeaveAgain(Leave):
    """Undo of adding them."""

    name = "leave-again"
    in_bar = False

    def look(self, form: Any) -> Look | None:
        return None


class JoinAgain(Join):
    """Undo of removing them."""

    name = "join-again"
    in_bar = False

    def look(self, form: Any) -> Look | None:
        return None


class _OfPage(_Joining):
    """The group is the one whose people the page lists."""

    form_class = None

    def group(self, form: Any) -> AccessGroup:
        # Any: the page is one of an access group.
        page: Any = self.page
        group: AccessGroup = page.group
        return group


class Remove(_OfPage, Leave):
    name = "remove"
    label = gettext_lazy("Remove from the group")

    @classmethod
    def offered_on(cls, page: Any) -> bool:
        offered: bool = page.actor.may(cls.needs, page.group.node)
        return offered

    def question(self, count: int) -> Text:
        words = ngettext(
            "Remove %(count)d person from the group",
            "Remove %(count)d people from the group",
            count,
        )
        return words % {"count": count}

    def act(self, form: Any) -> Done:
        # Who is gone from this list is found in that of all people.
        everybody = reverse("people", args=[self.group(form).site_id])
        return replace(super().act(form), path=everybody)


def _look(preview: Preview, remarks: Iterable[Text] = ()) -> Look:
    return Look([*preview.sentences(), *remarks], preview.mark)


DEEDS = (Join, Leave, JoinAgain, LeaveAgain)
