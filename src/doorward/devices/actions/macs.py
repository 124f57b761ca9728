"""Deeds on the MAC library."""

from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from doorward.devices import macs
from doorward.devices.events import MacsRegistered
from doorward.devices.models import Device, MacEntry
from doorward.kit import rows
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.events import announce
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.audit import Deed
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Can, Role

# Rows that one question or statement is about.
_AT_ONCE = 2_000
_INSTALLERS = frozenset({Role.INSTALLER, Role.SUB_INSTALLER})


def register_mac(actor: Actor, installer: Node, *, mac: str) -> MacEntry:
    """Put a MAC into an installer's library; any notation is taken. Raise `Invalid`."""
    try:
        told = macs.canonical(mac)
    except ValueError as fault:
        require_registrar(actor, installer)
        message = _("Enter the twelve hex digits from the device's label, such as 0C11050B9814.")
        raise Invalid({"mac": message}) from fault
    (entry,) = register_macs(actor, installer, [told])
    return entry


@transaction.atomic
def register_macs(actor: Actor, installer: Node, told: Collection[str]) -> list[MacEntry]:
    """Put MACs, of twelve digits each, into an installer's library, all or none.

    Raise `Invalid` where one of them is registered already, for whomever.
    """
    require_registrar(actor, installer)
    _require_free(told)
    made = [MacEntry(node=installer, mac=mac) for mac in dict.fromkeys(told)]
    try:
        with transaction.atomic():
            rows.insert_many(made)
    except IntegrityError:
        # Somebody else was faster.
        _require_free(told)
        raise
    _note_registered(actor, installer, made)
    return made


def require_registrar(actor: Actor, installer: Node) -> None:
    """Raise what keeps an actor from registering MACs for an installer."""
    actor.require(Can.REGISTER_MAC, installer)
    if installer.kind != Node.Kind.INSTALLER:
        raise Refused("mac.owner", _("A MAC is registered for an installer."))
    if is_installer(actor) and not installer.registers_macs:
        raise Forbidden("mac.distributor", _("Your distributor registers MACs for you. Ask there."))


def is_installer(actor: Actor) -> bool:
    """Say whether somebody registers MACs as an installer, and as nothing above one."""
    registrars = {place.role for place in actor.places if place.may(Can.REGISTER_MAC)}
    return not actor.is_system and registrars <= _INSTALLERS


def registers_for(actor: Actor, installers: Iterable[Node]) -> list[Node]:
    """Return those of some installers for whom an actor may register MACs."""
    if is_installer(actor):
        installers = (node for node in installers if node.registers_macs)
    return [node for node in installers if actor.may(Can.REGISTER_MAC, node)]


def holders_of(told: Iterable[str]) -> dict[str, int]:
    """Return those of some MACs that are registered, each with whose it is."""
    held: dict[str, int] = {}
    asked = list(told)
    for begin in range(0, len(asked), _AT_ONCE):
        known = MacEntry.objects.filter(mac__in=asked[begin : begin + _AT_ONCE])
        held.update(known.values_list("mac", "node"))
    return held


@transaction.atomic
def move_macs(actor: Actor, entries: Collection[MacEntry], installer: Node) -> list[MacEntry]:
    """Give MACs to another installer, all or none; refused while a device uses one of them.

    To each of the two installers it reads as what happened in their own library.
    """
    if is_installer(actor):
        raise Forbidden("mac.distributor", _("Your distributor moves MACs. Ask there."))
    require_registrar(actor, installer)
    keys = [entry.pk for entry in entries]
    chosen = MacEntry.objects.filter(rows.any_of("pk", keys))
    actor.require_all(Can.REGISTER_MAC, chosen)
    # Whoever adds a device locks the row too, and finds it moved.
    locked = chosen.select_related("node").hold()
    moved = [entry for entry in locked if entry.node_id != installer.pk]
    if Device.objects.filter(rows.any_of("mac_entry", [entry.pk for entry in moved])).exists():
        raise Refused("mac.in_use", _("A device uses this MAC. Delete the device first."))
    audit.record_many(actor, "remove", [Deed(entry, entry.node) for entry in moved])
    MacEntry.objects.filter(rows.any_of("pk", [e.pk for e in moved])).update(node=installer)
    _note_registered(actor, installer, moved)
    return moved


@transaction.atomic
def remove_macs(actor: Actor, entries: Collection[MacEntry]) -> None:
    """Take MACs out of the library, all or none; refused while a device uses one of them."""
    chosen = MacEntry.objects.filter(rows.any_of("pk", [entry.pk for entry in entries]))
    actor.require_all(Can.REGISTER_MAC, chosen)
    audit.record_many(actor, "remove", [Deed(entry, entry.node) for entry in entries])
    # Whoever adds a device meanwhile is waited for, and their device is seen.
    chosen.hold()
    try:
        chosen.delete()
    except ProtectedError as protest:
        raise Refused(
            "mac.in_use", _("A device uses this MAC. Delete the device first.")
        ) from protest


def remove_mac(actor: Actor, entry: MacEntry) -> None:
    """Take a MAC out of the library; refused while a device uses it."""
    remove_macs(actor, [entry])


def _note_registered(actor: Actor, installer: Node, entries: Collection[MacEntry]) -> None:
    audit.record_many(actor, "register", [Deed(entry, installer) for entry in entries])
    if actor.account is not None and entries:
        announce(MacsRegistered(installer.pk, len(entries), by=actor.account.pk))


def _require_free(told: Iterable[str]) -> None:
    if holders_of(told):
        raise Invalid({"mac": _("This MAC is registered already. Check the label.")})
