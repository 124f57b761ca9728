"""Deeds on many people of a list: into an access group, and out of it."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from doorward.access import consequences
from doorward.access.actions import members
from doorward.access.consequences import Preview
from doorward.access.models import AccessGroup, Member
from doorward.access.openable import named_among
from doorward.access.previewing import look_of
from doorward.kit.errors import Text
from doorward.kit.pages import BulkDeed, Done, Look
from doorward.kit.widgets import Picker
from doorward.people.models import Person
from doorward.tenancy.actor import Actor
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


class Naming(BulkDeed):
    """People are named in one access group, or named no more; `undo` is the deed that does it back.

    `asks` and `tells` are said with a `count`, `tells` with the `group` as well.
    """

    needs = Can.CHANGE_ACCESS
    form_class: ClassVar[type[forms.Form] | None] = GroupChoice
    # Any: a text that waits for its number.
    asks: ClassVar[Any]
    tells: ClassVar[Any]
    move: ClassVar[Callable[[Actor, AccessGroup, Collection[Person]], int]]
    weigh: ClassVar[Callable[[Actor, AccessGroup, Iterable[int]], Preview]]
    undo: ClassVar[str] = ""

    def question(self, count: int) -> Text:
        text: str = self.asks % {"count": count}
        return text

    def form_options(self) -> dict[str, Any]:
        # Any: the page of the list is one within a site.
        page: Any = self.page
        seen = AccessGroup.objects.visible_to(self.actor).filter(site=page.site)
        return {"groups": self.actor.within(self.needs, seen).order_by("name")}

    def group(self, form: Any) -> AccessGroup:
        group: AccessGroup = form.cleaned_data["group"]
        return group

    def look(self, form: Any) -> Look | None:
        group, keys = self.group(form), self.keys()
        preview = type(self).weigh(self.actor, group, keys)
        return look_of(preview, self.remarks(group, keys))

    def remarks(self, group: AccessGroup, keys: Collection[int]) -> Iterable[Text]:
        """Say what the preview does not."""
        return ()

    def act(self, form: Any) -> Done:
        group = self.group(form)
        moving = sorted(self.moving(group))
        count = type(self).move(self.actor, group, list(self.rows.order_by("pk")))
        return Done(
            self.tells % {"count": count, "group": group},
            undo=self.undo if moving else "",
            keys=moving,
            fields={"group": group.pk},
            **self.places(group),
        )

    def moving(self, group: AccessGroup) -> set[int]:
        """Return for whom of the chosen the deed changes anything."""
        raise NotImplementedError

    def places(self, group: AccessGroup) -> dict[str, str]:
        """Return where the deed leads and where it is undone, if not on the same list."""
        return {}

    def keys(self) -> list[int]:
        return list(self.rows.order_by().values_list("pk", flat=True))


class Join(Naming):
    name = "join"
    label = gettext_lazy("Add to access group")
    icon = "shield-check"
    asks = ngettext_lazy(
        "Add %(count)d person to an access group",
        "Add %(count)d people to an access group",
        "count",
    )
    tells = ngettext_lazy(
        "%(count)d person was added to %(group)s.",
        "%(count)d people were added to %(group)s.",
        "count",
    )
    move = members.add_people
    weigh = consequences.of_joining
    undo = "leave-again"

    def moving(self, group: AccessGroup) -> set[int]:
        keys = self.keys()
        return {*keys} - named_among(group, keys)


class Leave(Naming):
    name = "leave"
    label = gettext_lazy("Remove from access group")
    icon = "shield-x"
    danger = True
    asks = ngettext_lazy(
        "Remove %(count)d person from an access group",
        "Remove %(count)d people from an access group",
        "count",
    )
    tells = ngettext_lazy(
        "%(count)d person was removed from %(group)s.",
        "%(count)d people were removed from %(group)s.",
        "count",
    )
    move = members.remove_people
    weigh = consequences.of_leaving
    undo = "join-again"

    def moving(self, group: AccessGroup) -> set[int]:
        return named_among(group, self.keys())

    def remarks(self, group: AccessGroup, keys: Collection[int]) -> Iterable[Text]:
        """Say who stays in the group all the same."""
        within = Member.objects.filter(accessgroup=group, person__in=keys).count()
        if staying := within - len(self.moving(group)):
            words = ngettext(
                "%(count)d of them is in it by a group of people alone, and stays.",
                "%(count)d of them are in it by a group of people alone, and stay.",
                staying,
            )
            yield words % {"count": staying}


class _Again(Naming):
    """Takes another one back, at one click."""

    in_bar = False

    def look(self, form: Any) -> Look | None:
        return None


class LeaveAgain(_Again, Leave):
    name = "leave-again"


class JoinAgain(_Again, Join):
    name = "join-again"


# --- On pages of one access group ---------------------------------------------------------------


class _OfPage(Naming):
    """The group is the one that the page is about; one list has who is named, another the rest."""

    form_class = None

    @classmethod
    def offered_on(cls, page: Any) -> bool:
        offered: bool = page.actor.may(cls.needs, page.group.node)
        return offered

    def question(self, count: int) -> Text:
        # It is the title of long work as well, which stands beside that on other groups.
        text: str = self.asks % {"count": count, "group": self.group(None)}
        return text

    def group(self, form: Any) -> AccessGroup:
        # Any: the page is one of an access group.
        page: Any = self.page
        group: AccessGroup = page.group
        return group


class Add(_OfPage, Join):
    name = "add"
    label = gettext_lazy("Add to the group")
    asks = ngettext_lazy(
        "Add %(count)d person to %(group)s", "Add %(count)d people to %(group)s", "count"
    )
    undo = "remove-again"

    def places(self, group: AccessGroup) -> dict[str, str]:
        page = reverse("group", args=[group.site_id, group.pk])
        return {"path": page, "leads_to": page}


class Remove(_OfPage, Leave):
    name = "remove"
    label = gettext_lazy("Remove from the group")
    asks = ngettext_lazy(
        "Remove %(count)d person from %(group)s", "Remove %(count)d people from %(group)s", "count"
    )
    undo = "add-again"

    def places(self, group: AccessGroup) -> dict[str, str]:
        return {"path": reverse("group-people", args=[group.site_id, group.pk])}


class AddAgain(_Again, Add):
    name = "add-again"


class RemoveAgain(_Again, Remove):
    name = "remove-again"


DEEDS = (Join, Leave, JoinAgain, LeaveAgain)
# Who is in a group is removed, who is not is added; each takes the other back.
IN_GROUP = (Remove, RemoveAgain)
INTO_GROUP = (Add, AddAgain)
