"""Pages of the MAC library."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from doorward.devices import filters, tables
from doorward.devices.actions.macs import register_mac, remove_mac, remove_macs
from doorward.devices.forms import MacFields
from doorward.devices.models import MacEntry
from doorward.files.lists import ListPage
from doorward.kit.errors import Text
from doorward.kit.pages import BulkDeed, Context, Crumb, DeedPage, Done, FormPage
from doorward.tenancy.installers import installers_for
from doorward.tenancy.permissions import Can

_TITLE = _("MAC Library")


class Remove(BulkDeed):
    name = "remove"
    label = _("Remove")
    icon = "trash"
    needs = Can.REGISTER_MAC
    danger = True
    counts_as = "deleted"

    def question(self, count: int) -> Text:
        return ngettext("Remove %(count)d MAC", "Remove %(count)d MACs", count) % {"count": count}

    def consequences(self) -> Iterable[Text]:
        yield gettext(
            "A device with one of these MACs cannot be added until it is registered again."
        )
        if used := self.rows.exclude(device=None).count():
            words = ngettext(
                "%(count)d is in use by a device and stays in the library.",
                "%(count)d are in use by devices and stay in the library.",
                used,
            )
            yield words % {"count": used}

    # Any: a deed without a form.
    def act(self, form: Any) -> Done:
        free = list(self.rows.filter(device=None).select_related("node"))
        remove_macs(self.actor, free)
        words = ngettext("%(count)d MAC was removed.", "%(count)d MACs were removed.", len(free))
        return Done(words % {"count": len(free)})


class Macs(ListPage):
    title = _TITLE
    template = "devices/macs.html"
    table = tables.Macs
    filters = filters.Macs
    search_hint = _("MAC or device")
    empty = {
        "text": _("No MAC is registered"),
        "hint": _("A device can be added once the MAC on its label is registered here."),
        "icon": "barcode",
    }
    deeds = (Remove,)

    def rows(self) -> QuerySet[MacEntry]:
        return MacEntry.objects.visible_to(self.actor).select_related("node", "device__site")

    def search(self, rows: QuerySet[MacEntry], words: str) -> QuerySet[MacEntry]:
        return rows.filter(Q(device__name__icontains=words) | filters.by_mac(words))

    def action(self) -> Crumb | None:
        if not self.actor.may(Can.REGISTER_MAC):
            return None
        return _("Register a MAC"), reverse("mac-new")

    def context(self) -> Context:
        return {**super().context(), "may_remove": self.actor.may(Can.REGISTER_MAC)}


class MacNew(FormPage):
    title = _("Register a MAC")
    needs = Can.REGISTER_MAC
    form_class = MacFields
    deed = _("Register MAC")
    done = _("The MAC is registered. A device may now be added with it.")

    def prepare(self) -> None:
        self.installers = installers_for(self.actor, Can.REGISTER_MAC)

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
