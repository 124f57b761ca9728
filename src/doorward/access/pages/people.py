"""Forms that move people, and so change what they may open: seen before it is saved."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.access import consequences
from doorward.access.consequences import Preview
from doorward.access.previewing import PreviewedDeed, PreviewedPage
from doorward.kit.errors import Text
from doorward.kit.pages import Context
from doorward.people import actions
from doorward.people.forms import GroupFields, PersonFields
from doorward.people.models import Person
from doorward.people.pages import PersonPart, person_choices, person_url
from doorward.people.pages.groups import PeopleGroupPage, choices_url, parents_at
from doorward.tenancy.editing import EditPage
from doorward.tenancy.permissions import Can


class PersonEdit(PersonPart, EditPage, PreviewedPage):
    title = gettext_lazy("Edit person")
    needs = Can.CHANGE_PERSON
    panel_title = gettext_lazy("What company and group change")
    fields_template = "people/person_fields.html"
    form_class = PersonFields
    deed = gettext_lazy("Save person")
    done = gettext_lazy("Saved. The doors are told.")

    def form_options(self) -> dict[str, Any]:
        return {"initial": self.initial(), **person_choices(self)}

    def initial(self) -> dict[str, Any]:
        return {name: getattr(self.person, name) for name in (*actions.PERSON_FIELDS, "company")}

    def preview(self, form: PersonFields) -> Preview:
        company, group = form.cleaned_data["company"], form.cleaned_data["group"]
        return consequences.of_moving(self.actor, [self.person.pk], company, group)

    def save(self, form: PersonFields) -> str:
        company = form.cleaned_data["company"]
        actions.change_person(self.actor, self.person, company, form.told())
        return person_url(self.person)


class PeopleGroupEdit(PeopleGroupPage, EditPage, PreviewedPage):
    """Name, floors and place in the tree."""

    title = gettext_lazy("Edit group")
    needs = Can.CHANGE_PERSON
    panel_title = gettext_lazy("What another parent group changes")
    form_class = GroupFields
    deed = gettext_lazy("Save group")
    done = gettext_lazy("Saved.")

    def form_options(self) -> Context:
        parents = parents_at(self, self.group.company)
        return {
            "initial": {name: getattr(self.group, name) for name in ("name", "parent", "floors")},
            # Nothing lies within itself.
            "parents": parents.exclude(ancestors__contains=[self.group.pk]),
            "groups_url": choices_url(self.site),
        }

    def lock(self) -> None:
        # Whoever moves or deletes a group holds the tree first.
        actions.take_turns(self.group.company_id)
        super().lock()

    def preview(self, form: GroupFields) -> Preview:
        return consequences.of_rehanging(self.actor, self.group, form.cleaned_data["parent"])

    def save(self, form: GroupFields) -> str:
        told = form.cleaned_data
        if told["parent"] != self.group.parent:
            self.group = actions.move_group(self.actor, self.group, told["parent"])
        actions.change_group(self.actor, self.group, name=told["name"], floors=told["floors"])
        return self.way_back()


class PeopleGroupDelete(PeopleGroupPage, PreviewedDeed):
    title = gettext_lazy("Delete group")
    needs = Can.CHANGE_PERSON
    done = gettext_lazy("The group was deleted. Nobody was deleted with it.")

    def question(self) -> Text:
        return _("Delete the group %(name)s?") % {"name": self.group}

    def preview(self) -> Preview:
        return consequences.of_ungrouping(self.actor, self.group)

    def consequences(self) -> Iterable[Text]:
        people = Person.objects.visible_to(self.actor).filter(group=self.group).count()
        if people and self.group.parent:
            words = ngettext(
                "%(count)d person moves up to %(parent)s.",
                "%(count)d people move up to %(parent)s.",
                people,
            )
            yield words % {"count": people, "parent": self.group.parent}
        elif people:
            words = ngettext(
                "%(count)d person is left ungrouped.",
                "%(count)d people are left ungrouped.",
                people,
            )
            yield words % {"count": people}
        else:
            yield _("Nobody is in it.")
        if below := self.group.children.count():
            words = ngettext(
                "%(count)d group below moves up by one level.",
                "%(count)d groups below move up by one level.",
                below,
            )
            yield words % {"count": below}

    def hold(self) -> None:
        actions.take_turns(self.group.company_id)

    def act(self) -> str:
        back = self.way_back()
        actions.delete_group(self.actor, self.group)
        return back
