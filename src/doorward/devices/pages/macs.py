"""Pages of the MAC library."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from doorward.devices import filters, tables
from doorward.devices.actions.macs import (
    is_installer,
    move_macs,
    register_mac,
    registers_for,
    remove_mac,
    remove_macs,
)
from doorward.devices.forms import MacFields, OwnerFields
from doorward.devices.models import MacEntry
from doorward.files.lists import ListPage
from doorward.kit.errors import Text
from doorward.kit.offers import FOUND, begun
from doorward.kit.pages import (
    BulkDeed,
    Context,
    Crumb,
    DeedPage,
    Done,
    FormPage,
    Page,
    words_of,
)
from doorward.tenancy.installers import installers_for, installers_in_view
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can

_TITLE = _("MAC Library")


class _OfFree(BulkDeed):
    """A deed on those that no device uses; the others stay as they are."""

    needs = Can.REGISTER_MAC

    def free(self) -> list[MacEntry]:
        return list(self.rows.filter(in_use=False).select_related("node"))

    def consequences(self) -> Iterable[Text]:
        if used := self.rows.filter(in_use=True).count():
            words = ngettext(
                "%(count)d is in use by a device and stays in the library.",
                "%(count)d are in use by devices and stay in the library.",
                used,
            )
            yield words % {"count": used}


class Move(_OfFree):
    """To another installer's library."""

    name = "move"
    label = _("Move")
    icon = "arrow-right"
    form_class = OwnerFields

    # Any: a list of rows of every kind.
    @classmethod
    def offered_on(cls, page: Any) -> bool:
        moves = not is_installer(page.actor) and page.has_several
        return super().offered_on(page) and moves

    def form_options(self) -> dict[str, Any]:
        return {"installers": installers_for(self.actor, Can.REGISTER_MAC)}

    def question(self, count: int) -> Text:
        return ngettext("Move %(count)d MAC", "Move %(count)d MACs", count) % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield gettext("Only the installer whom you choose can then add devices with them.")
        yield from super().consequences()

    def act(self, form: OwnerFields) -> Done:
        installer = form.installer()
        moved = move_macs(self.actor, self.free(), installer)
        words = ngettext(
            "%(count)d MAC was moved to %(installer)s.",
            "%(count)d MACs were moved to %(installer)s.",
            len(moved),
        )
        return Done(words % {"count": len(moved), "installer": installer})


class Remove(_OfFree):
    name = "remove"
    label = _("Remove")
    icon = "trash"
    danger = True
    counts_as = "deleted"

    def question(self, count: int) -> Text:
        return ngettext("Remove %(count)d MAC", "Remove %(count)d MACs", count) % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield gettext(
            "A device with one of these MACs cannot be added until it is registered again."
        )
        yield from super().consequences()

    # Any: a deed without a form.
    def act(self, form: Any) -> Done:
        free = self.free()
        remove_macs(self.actor, free)
        words = ngettext("%(count)d MAC was removed.", "%(count)d MACs were removed.", len(free))
        return Done(words % {"count": len(free)})


class Macs(ListPage):
    title = _TITLE
    template = "devices/macs.html"
    table = tables.Macs
    filters = filters.Library
    search_hint = _("MAC, device or site")
    empty = {
        "text": _("No MAC is registered"),
        "hint": _("A device can be added once the MAC on its label is registered here."),
        "icon": "barcode",
    }
    deeds = (Move, Remove)

    @cached_property
    def installers(self) -> QuerySet[Node]:
        """Return the installers whose library the reader sees, by name."""
        return installers_in_view(self.actor, Can.VIEW_MAC)

    @cached_property
    def first_installers(self) -> Sequence[Node]:
        return list(self.installers[:2])

    @property
    def has_several(self) -> bool:
        return len(self.first_installers) > 1

    @cached_property
    def may_register(self) -> bool:
        # Whoever stands above installers registers for any of them; who is one, has few.
        some = self.installers if is_installer(self.actor) else self.first_installers
        return bool(registers_for(self.actor, some))

    def rows(self) -> QuerySet[MacEntry]:
        return MacEntry.objects.visible_to(self.actor).select_related("node", "device__site")

    # Any: rows that know how they are searched.
    def search(self, rows: Any, words: str) -> QuerySet[MacEntry]:
        found: QuerySet[MacEntry] = rows.about(words, self.actor)
        return found

    def action(self) -> Crumb | None:
        return (_("Register a MAC"), reverse("mac-new")) if self.may_register else None

    def context(self) -> Context:
        return {
            **super().context(),
            "may_remove": self.actor.may(Can.REGISTER_MAC),
            "may_register": self.may_register,
        }


class MacInstallerChoices(Page):
    """What the picker of an installer offers for what was typed, as JSON."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = installers_in_view(self.actor, Can.VIEW_MAC).filter(
            begun(words_of(request), "name")
        )
        told = found.values_list("pk", "name")[:FOUND]
        return JsonResponse([{"value": key, "label": name} for key, name in told], safe=False)


class MacNew(FormPage):
    title = _("Register a MAC")
    needs = Can.REGISTER_MAC
    form_class = MacFields
    deed = _("Register MAC")
    done = _("The MAC is registered. A device may now be added with it.")

    def prepare(self) -> None:
        installers = installers_for(self.actor, Can.REGISTER_MAC)
        self.installers = registers_for(self.actor, installers)

    def subjects(self) -> Iterable[Any]:
        return self.installers

    def form_options(self) -> Context:
        return {"installers": self.installers}

    def crumbs(self) -> Iterable[Crumb]:
        return [(_TITLE, reverse("macs")), (self.title, "")]

    def way_back(self) -> str:
        return reverse("macs")

    # Any: a form's fields are of every type.
    def save(self, form: Any) -> str:
        register_mac(self.actor, form.installer(), mac=form.cleaned_data["mac"])
        return self.way_back()


class MacDelete(DeedPage):
    title = _("Remove MAC")
    needs = Can.REGISTER_MAC
    done = _("The MAC is removed.")

    def prepare(self) -> None:
        self.entry = MacEntry.objects.find(self.actor, self.kwargs["pk"])

    def subjects(self) -> Iterable[Any]:
        return [self.entry]

    def act(self) -> None:
        remove_mac(self.actor, self.entry)

    def way_back(self) -> str:
        return reverse("macs")
