"""Deeds on the MAC library."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from doorward.devices import macs
from doorward.devices.models import MacEntry
from doorward.kit import rows
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can, Role


@transaction.atomic
def register_mac(actor: Actor, installer: Node, *, mac: str) -> MacEntry:
    """Put a MAC into an installer's library; any notation is taken. Raise `Invalid`."""
    actor.require(Can.REGISTER_MAC, installer)
    if installer.kind != Node.Kind.INSTALLER:
        raise Refused("mac.owner", _("A MAC is registered for an installer."))
    if actor.roles <= {Role.INSTALLER, Role.SUB_INSTALLER} and not actor.is_system:
        _require_own_registration(installer)
    try:
        entry = MacEntry(node=installer, mac=macs.canonical(mac))
    except ValueError as fault:
        message = _("Enter the twelve hex digits from the device's label, such as 0C11050B9814.")
        raise Invalid({"mac": message}) from fault
    if MacEntry.objects.filter(mac=entry.mac).exists():
        raise Invalid({"mac": _("This MAC is registered already. Check the label.")})
    rows.store(entry)
    audit.record(actor, "register", entry, installer)
    return entry


@transaction.atomic
def remove_macs(actor: Actor, entries: Collection[MacEntry]) -> None:
    """Take MACs out of the library, all or none; refused while a device uses one of them."""
    rows = MacEntry.objects.filter(pk__in=[entry.pk for entry in entries])
    actor.require_all(Can.REGISTER_MAC, rows)
    for entry in entries:
        audit.record(actor, "remove", entry, entry.node)
    try:
        rows.delete()
    except ProtectedError as protest:
        raise Refused(
            "mac.in_use", _("A device uses this MAC. Delete the device first.")
        ) from protest


def remove_mac(actor: Actor, entry: MacEntry) -> None:
    """Take a MAC out of the library; refused while a device uses it."""
    remove_macs(actor, [entry])


def _require_own_registration(installer: Node) -> None:
    if not installer.registers_macs:
        raise Forbidden("mac.distributor", _("Your distributor registers MACs for you. Ask there."))
