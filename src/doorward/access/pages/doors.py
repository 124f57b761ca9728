"""Forms and deeds that take a door from somebody: seen before they are done."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from doorward.access import consequences
from doorward.access.consequences import Preview
from doorward.access.models import AccessGroup
from doorward.access.previewing import PreviewedDeed, PreviewedPage
from doorward.devices.actions import doors as actions
from doorward.devices.pages.doors import DoorFormPage, DoorPage, doors_url
from doorward.kit.errors import Text
from doorward.tenancy.editing import EditPage
from doorward.tenancy.permissions import Can


class DoorEdit(DoorPage, EditPage, PreviewedPage, DoorFormPage):
    title = gettext_lazy("Edit door")
    template = PreviewedPage.template
    panel_title = gettext_lazy("What the companies change")
    deed = gettext_lazy("Save door")
    done = gettext_lazy("The door is saved.")

    def initial(self) -> dict[str, Any]:
        names = actions.DOOR_FIELDS
        told = {name: getattr(self.door, name) for name in names}
        return {**told, "companies": self.door.companies.all()}

    # Any: a form's fields are of every type.
    def preview(self, form: Any) -> Preview:
        companies = {company.pk for company in form.cleaned_data["companies"]}
        return consequences.of_granting(self.actor, self.door, companies)

    def save(self, form: Any) -> str:
        actions.change_door(self.actor, self.door, form.told())
        return self.way_back()


class DoorDelete(DoorPage, PreviewedDeed):
    title = gettext_lazy("Delete door")
    needs = Can.CHANGE_DOOR
    done = gettext_lazy("The door is deleted.")

    def question(self) -> Text:
        return _("Delete %(door)s?") % {"door": self.door}

    def preview(self) -> Preview:
        return consequences.of_closing(self.actor, self.door)

    def consequences(self) -> Iterable[Text]:
        if groups := AccessGroup.objects.visible_to(self.actor).filter(doors=self.door).count():
            words = ngettext(
                "It is taken out of %(count)d access group.",
                "It is taken out of %(count)d access groups.",
                groups,
            )
            yield words % {"count": groups}
        yield _("What happened here stays in the door log.")

    def act(self) -> str:
        actions.delete_door(self.actor, self.door)
        return doors_url(self.site)
