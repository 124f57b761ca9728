"""The library of MAC addresses that an installer may deploy."""

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from doorward.devices import macs
from doorward.kit import clock
from doorward.kit.rows import among_found
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can
from doorward.tenancy.sight import TenantQuerySet

if TYPE_CHECKING:
    from doorward.tenancy.actor import Actor


def by_mac(words: str) -> Q:
    """Say which rows have a MAC with these digits in it, whatever stands between them."""
    digits = macs.part(words)
    return Q(mac__contains=digits) if digits else Q(pk__in=())


class MacEntries(TenantQuerySet["MacEntry"]):
    sees = Can.VIEW_MAC

    def about(self, words: str, actor: "Actor") -> "MacEntries":
        """Return those with these digits, or that a device with these words, or its site, uses.

        Of devices, those in the actor's view: whoever sees the MACs of a place sees its devices.
        """
        # Any: devices, whose model knows this module. They are looked for by themselves, so that
        # an entry is looked up once it is found, and once.
        link: Any = self.model._meta.get_field("device")
        used = link.related_model.objects.visible_to(actor).exclude(mac_entry=None)
        fields = ("name", "site__name")
        keys = [used.filter(**{f"{f}__icontains": words}).values_list("mac_entry") for f in fields]
        own = by_mac(words)
        ways = [*(Q(pk__in=some) for some in keys), own]
        return self.filter(among_found([*keys, self.filter(own).values_list("pk")], otherwise=ways))

    def free(self) -> "MacEntries":
        """Return the entries that no device uses."""
        return self.filter(in_use=False)

    def hold(self) -> "list[MacEntry]":
        """Lock these entries until the transaction ends, in an order without deadlock; return them.

        Whoever binds or frees MACs does so before a device is locked: the database writes in their
        entries as it writes each device, in whatever order that is.
        """
        return list(self.select_for_update(no_key=True, of=("self",)).order_by("pk"))


class MacEntry(models.Model):
    """A registered MAC: twelve upper-case hex digits, unique in the installation."""

    # Found by `mac_of_node`, which begins with it.
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="macs", db_index=False)
    mac = models.CharField(
        _("MAC"), max_length=12, unique=True, validators=[RegexValidator(r"^[0-9A-F]{12}$")]
    )
    registered_at = models.DateTimeField(default=clock.now)
    # Whether a device uses it. The database keeps it itself, by a trigger on devices: what is free
    # is found by an index, without a look at all devices. Never written from here, and each entry
    # that is written so is held first; see `hold`.
    in_use = models.BooleanField(default=False, db_default=False, editable=False)

    objects = MacEntries.as_manager()

    class Meta:
        indexes = [
            GinIndex(OpClass("mac", "gin_trgm_ops"), name="mac_by_digits"),
            models.Index(fields=["registered_at", "id"], name="mac_by_age"),
            models.Index(fields=["in_use", "registered_at", "id"], name="mac_by_use"),
            models.Index(fields=["node", "in_use", "registered_at", "id"], name="mac_of_node"),
        ]
        verbose_name = _("MAC")
        verbose_name_plural = "MACs"

    def __str__(self) -> str:
        return self.mac
