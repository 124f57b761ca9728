"""Deeds on devices: adding, changing, and what their connector finds out about them."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from doorward.devices import findings, macs
from doorward.devices.actions import releasing, shelf, timeline
from doorward.devices.actions.connectors import MOST
from doorward.devices.events import DeviceBound
from doorward.devices.models import Connector, Device, MacEntry, Moment, ShelfHead
from doorward.kit import clock, live, rows
from doorward.kit.errors import Hidden, Invalid, InvalidRows, Refused, Text, for_one
from doorward.kit.events import announce
from doorward.protocols import neutral
from doorward.protocols.link.frames import DeviceState
from doorward.protocols.wire import pack
from doorward.sites.models import Site
from doorward.tenancy import audit, limits
from doorward.tenancy.actor import Actor
from doorward.tenancy.limits import Limit
from doorward.tenancy.permissions import Can

DEVICE_FIELDS = (
    *("name", "kind", "connector", "address", "auth_mode", "user", "relay_user"),
    *("certificate", "legacy_tls"),
)
STATE_FIELDS = (
    *("reachable", "reachable_since", "seen_at", "problem", "clock_skew"),
    *("findings", "profile", "tied_to", "certificate"),
)
_IDENTITY = ("binding", "stated_mac", "model", "firmware", "hardware", "seen_at")
# Asking for each of these would be a query for each device.
_ROWS = frozenset({"node", "site", "connector", "home", "mac_entry"})
_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?(:[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class DeviceForm:
    """What people say of a device. `address` is host or host:port as the connector reaches it."""

    name: str
    mac: str
    connector: Connector
    address: str
    kind: str = Device.Kind.MULTI_TENANT_DOOR_PHONE
    auth_mode: str = Device.AuthMode.DIGEST
    user: str = ""
    # Empty keeps the password that is known; a new device starts with none.
    password: str = ""
    # For opening without the API; a user who is left out takes the password along.
    relay_user: str = ""
    relay_password: str = ""
    # SHA-256 of the only certificate to trust; empty trusts the next that is seen.
    certificate: str = ""
    legacy_tls: bool = False


def create_device(actor: Actor, site: Site, form: DeviceForm) -> Device:
    """Add a device; it is bound once it states the MAC itself. Raise `Invalid`."""
    with for_one():
        (device,) = create_devices(actor, site, [form])
    return device


@transaction.atomic
def create_devices(actor: Actor, site: Site, told: Sequence[DeviceForm]) -> list[Device]:
    """Add all devices or none; raise `InvalidRows` with the places and fields at fault."""
    actor.require(Can.CHANGE_DEVICE, site)
    # Whoever deletes the site holds it before counting what is bound there.
    there = Site.objects.select_for_update(no_key=True).filter(pk=site.pk, deleted_at=None)
    if not list(there.values_list("pk", flat=True)):
        raise Hidden
    if (most := limits.most_of(Limit.DEVICES, site.node)) is not None:
        count = Device.objects.filter(site=site).count() + len(told)
        limits.refuse_beyond(Limit.DEVICES, most, count, site)
    devices = _checked(site, told)
    try:
        with transaction.atomic():
            rows.insert_many(devices)
    except IntegrityError:
        # Somebody else was faster.
        _checked(site, told)
        raise
    ShelfHead.objects.bulk_create(ShelfHead(device=device) for device in devices)
    releasing.give_up([device.mac for device in devices])
    deeds = (audit.Deed(one, one.node, after=audit.facts(one, *DEVICE_FIELDS)) for one in devices)
    audit.record_many(actor, "create", deeds)
    _tell_connectors({device.connector_id for device in devices}, *devices)
    return devices


def _checked(site: Site, told: Sequence[DeviceForm]) -> list[Device]:
    """Return devices as they would be added, their MACs held; raise `InvalidRows`."""
    entries, unusable = _library_entries(site, [form.mac for form in told])
    names = Device.objects.filter(site=site, name__in={form.name for form in told})
    taken = set(names.values_list("name", flat=True))
    devices = []
    wrong: dict[int, dict[str, Text]] = {}
    for place, form in enumerate(told):
        device = Device(node=site.node, site=site, password=form.password)
        faults = _fill(device, form, entries.get(place))
        device.relay_password = form.relay_password if form.relay_user else ""
        faults = {**_misshapen(device), **faults}
        if place in unusable:
            faults["mac"] = unusable[place]
        if form.name in taken:
            faults["name"] = _("This site already has a device of this name. Choose another.")
        taken.add(form.name)
        devices.append(device)
        if faults:
            wrong[place] = faults
    if wrong:
        raise InvalidRows(wrong, name="devices")
    return devices


@transaction.atomic
def change_device(actor: Actor, device: Device, form: DeviceForm) -> Device:
    """Change a device. With another MAC or address it must state its MAC anew."""
    actor.require(Can.CHANGE_DEVICE, device)
    entries, unusable = _library_entries(device.site, [form.mac], of=device)
    device = _locked(device.pk)
    before = {**audit.facts(device, *DEVICE_FIELDS), "mac": device.mac}
    was_at, was_behind, was_mac = device.address, device.connector_id, device.mac_entry_id
    was_spoken_to = _spoken_to(device)
    faults = _fill(device, form, entries.get(0))
    if unusable:
        faults["mac"] = unusable[0]
    if faults:
        raise Invalid(faults)
    if (device.address, device.connector_id, device.mac_entry_id) != (was_at, was_behind, was_mac):
        device.binding, device.stated_mac = Device.Binding.WAITING, ""
        device.tied_to = ""
        if form.certificate == before["certificate"]:
            # It was another one's.
            device.certificate = ""
    if form.password:
        device.password = form.password
    elif device.password and _spoken_to(device) != was_spoken_to:
        # Or whoever changes the address has the password sent to them.
        message = _("Enter the API password again: it is now sent to another place.")
        raise Invalid({"password": message})
    _keep_relay_password(device, form, moved=_spoken_to(device) != was_spoken_to)
    rows.store(device)
    if device.mac_entry_id != was_mac:
        releasing.give_up([device.mac])
    if device.mac_entry_id != was_mac or device.connector_id != was_behind:
        # Another device, or a connector that has received nothing yet.
        shelf.begin_epoch(device.pk)
        device.strangers.all().delete()
    after = {
        **audit.facts(device, *DEVICE_FIELDS),
        "mac": device.mac,
        **({"password": "changed"} if form.password else {}),
        **({"relay_password": "changed"} if form.relay_password else {}),
    }
    audit.record(actor, "change", device, device.node, before=before, after=after)
    _tell_connectors({was_behind, device.connector_id}, device)
    return device


@transaction.atomic
def delete_device(actor: Actor, device: Device) -> None:
    """Delete a device without doors; its MAC is free again. What it holds stays on it."""
    actor.require(Can.CHANGE_DEVICE, device)
    audit.record(actor, "delete", device, device.node, before=audit.facts(device, *DEVICE_FIELDS))
    connector = device.connector_id
    MacEntry.objects.filter(device=device).hold()
    # Nobody writes entries meanwhile that would stay behind.
    shelf.lock_heads([device.pk])
    try:
        device.delete()
    except ProtectedError as protest:
        raise Refused("in_use", _("The device still moves doors. Delete those first.")) from protest
    live.wake("roster", [connector])


@transaction.atomic
def resync_device(actor: Actor, device: Device) -> None:
    """Give a device everything anew."""
    actor.require(Can.CHANGE_DEVICE, device)
    audit.record(actor, "resync", device, device.node)
    shelf.begin_epoch(device.pk)


@transaction.atomic
def identify_device(actor: Actor, device: Device, stated: neutral.DeviceIdentified) -> None:
    """Take what a device says of itself: bound if it states the registered MAC, else refused."""
    device = _locked(device.pk)
    before = audit.facts(device, "binding", "stated_mac", "model", "firmware")
    try:
        device.stated_mac = macs.canonical(stated.mac)
    except ValueError:
        device.stated_mac = ""
    match = device.stated_mac == device.mac
    device.binding = Device.Binding.BOUND if match else Device.Binding.REFUSED
    device.model, device.firmware = stated.model[:32], stated.firmware[:32]
    device.hardware, device.seen_at = stated.hardware[:32], clock.now()
    device.save(update_fields=_IDENTITY)
    after = audit.facts(device, "binding", "stated_mac", "model", "firmware")
    if after == before:
        return
    audit.record(actor, "identify", device, device.node, before=before, after=after)
    _note_identity(device, before, stated.at)
    if match:
        announce(DeviceBound(device=device.pk))
        shelf.tell([device.pk])
    live.publish(topics_of(device))


def _note_identity(device: Device, before: audit.Facts, at: datetime) -> None:
    """Note another firmware or MAC in the device's life; at first contact both are."""
    facts = {}
    if before["stated_mac"] != device.stated_mac:
        facts["mac"] = device.stated_mac
    if before["firmware"] != device.firmware:
        facts["firmware"] = device.firmware
    if facts:
        timeline.record([timeline.moment(device, Moment.Kind.IDENTIFIED, at, **facts)])


def _spoken_to(device: Device) -> tuple[object, ...]:
    """Return everything that decides to whom the password is told, and how.

    A unit is signed in to before it states its MAC: another MAC tells it to nobody else.
    """
    place = (device.address, device.connector_id)
    return (*place, device.auth_mode, device.user, device.certificate, device.legacy_tls)


def _keep_relay_password(device: Device, form: DeviceForm, *, moved: bool) -> None:
    if not form.relay_user:
        device.relay_password = ""
    elif form.relay_password:
        device.relay_password = form.relay_password
    elif device.relay_password and moved:
        message = _("Enter the password for opening again: it is now sent to another place.")
        raise Invalid({"relay_password": message})


def hold_device(actor: Actor, key: str, *, mac: str | None = None) -> Device:
    """Return a device that nobody else changes until the transaction ends; raise `Hidden`.

    `mac` is the one that it is to have. The library is held before it.
    """
    seen = Device.objects.select_related("site").find(actor, key)
    _library_entries(seen.site, [] if mac is None else [mac], of=seen)
    return Device.objects.select_for_update(no_key=True, of=("self",)).find(actor, key)


def _locked(key: int) -> Device:
    """Return a device that nobody else changes until the transaction ends."""
    rows_of_device = Device.objects.select_for_update(of=("self",))
    return rows_of_device.select_related("site", "node", "mac_entry").get(pk=key)


def take_condition(device: Device, state: DeviceState) -> bool:
    """Put what there is to mend, and what a device can do, into the row; return as `take_state`.

    The first certificate that is seen is the one to trust from then on.
    """
    found = findings.kept(state.findings)
    profile = device.profile if state.profile is None else pack(state.profile)
    signed = [one.facts for one in state.findings if one.code == neutral.FindingCode.SELF_SIGNED]
    if not device.certificate and signed and signed[0] and _FINGERPRINT.fullmatch(signed[0][0]):
        device.certificate = signed[0][0]
        live.wake("roster", [device.connector_id])
    # A connector that has not asked the device yet says nothing of it.
    tie = state.tie if state.tie in Device.Tie.values else device.tied_to
    if (device.findings, device.profile, device.tied_to) == (found, profile, tie):
        return False
    device.findings, device.profile, device.tied_to = found, profile, tie
    return True


def take_state(device: Device, *, online: bool, problem: str, clock_skew: int | None) -> bool:
    """Put what the connector says of a device into the row; return whether anything changed.

    The caller saves `STATE_FIELDS`.
    """
    if clock_skew is not None:
        clock_skew = max(-MOST, min(clock_skew, MOST))
    if (device.reachable, device.problem, device.clock_skew) == (online, problem, clock_skew):
        return False
    now = clock.now()
    if device.reachable != online:
        device.reachable, device.reachable_since = online, now
    if online:
        device.seen_at = now
    device.problem, device.clock_skew = problem, clock_skew
    return True


def refresh_settings(devices: Collection[int]) -> None:
    """Bring what devices should know of clocks and relays up to date."""
    shelf.refresh_settings(devices, ntp_servers=settings.NTP_SERVERS)


def topics_of(device: Device) -> list[str]:
    """Return the topics of the pages that show a device, its site and its doors."""
    return [f"device:{device.pk}", f"site:{device.site_id}:devices"]


def _fill(device: Device, form: DeviceForm, entry: MacEntry | None) -> dict[str, Text]:
    """Give a device what is told of it; return what is wrong with that."""
    faults: dict[str, Text] = {}
    if form.connector.site_id != device.site_id:
        faults["connector"] = _("Choose a connector of this site.")
    if not _ADDRESS.fullmatch(form.address):
        faults["address"] = _("Enter a host or IP address, with :port if it is not 80.")
    device.mac_entry = entry
    device.release, device.freed_mac = Device.Release.NONE, ""
    if device.connector_id != form.connector.pk:
        device.home = None
    device.name, device.kind, device.connector = form.name, form.kind, form.connector
    device.address, device.auth_mode, device.user = form.address, form.auth_mode, form.user
    fingerprint = re.sub("[: ]", "", form.certificate).casefold()
    if fingerprint and not _FINGERPRINT.fullmatch(fingerprint):
        faults["certificate"] = _("Enter the 64 hex digits of its SHA-256 fingerprint.")
    device.relay_user, device.certificate = form.relay_user, fingerprint
    device.legacy_tls = form.legacy_tls
    return faults


def _misshapen(device: Device) -> dict[str, Text]:
    """Return what fields object to, without a question to the database."""
    try:
        device.clean_fields(exclude=_ROWS)
    except ValidationError as error:
        return rows.faults_of(error)
    return {}


def _library_entries(
    site: Site, told: Sequence[str], *, of: Device | None = None
) -> tuple[dict[int, MacEntry], dict[int, Text]]:
    """Return by place the entries that MACs have, held, and what is wrong with the others.

    `of` is a device that may have one of them already; the one that it has is held as well.
    """
    read: dict[int, str] = {}
    wrong: dict[int, Text] = {}
    for place, text in enumerate(told):
        try:
            read[place] = macs.canonical(text)
        except ValueError:
            wrong[place] = _(
                "Enter the twelve hex digits from the device's label, such as 0C11050B9814."
            )
    held = _held(site, read.values(), of)
    used = Device.objects.filter(mac_entry__in=held.values())
    if of is not None:
        used = used.exclude(pk=of.pk)
    taken = {mac for mac in used.values_list("mac_entry__mac", flat=True) if mac}
    found: dict[int, MacEntry] = {}
    for place, mac in read.items():
        if mac not in held:
            wrong[place] = _("This MAC is not in the MAC library. Register it there first.")
        elif mac in taken:
            wrong[place] = _("Another device uses this MAC. Check the label.")
        else:
            found[place] = held[mac]
            taken.add(mac)
    return found, wrong


def _held(site: Site, told: Iterable[str], of: Device | None) -> dict[str, MacEntry]:
    """Return by MAC the entries of a site's library, held, and hold what a device has now.

    Otherwise they could be moved to another installer meanwhile.
    """
    wanted = Q(mac__in=[*told], node=site.installer_id)
    if of is not None and of.mac_entry_id is not None:
        wanted |= Q(pk=of.mac_entry_id)
    entries = MacEntry.objects.filter(wanted).hold()
    return {entry.mac: entry for entry in entries if entry.node_id == site.installer_id}


def _tell_connectors(connectors: set[int], *devices: Device) -> None:
    live.wake("roster", sorted(connectors))
    live.publish(topic for device in devices for topic in topics_of(device))
