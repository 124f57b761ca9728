"""Storing what connectors report: a burst is one transaction, a repeated report counts once."""

import json
import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import get_args

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q

from doorward.access import cards
from doorward.access.actions import badges
from doorward.activity.actions import log as activity
from doorward.activity.actions.alarms import record_signals
from doorward.devices.actions import devices, drift, shelf
from doorward.devices.actions.doors import settle_command
from doorward.devices.models import Command, Connector, Device
from doorward.gateway.sessions import LinkCut
from doorward.kit import clock
from doorward.kit.rows import key_of
from doorward.protocols import neutral
from doorward.protocols.link.frames import ReportFrame
from doorward.protocols.wire import pack
from doorward.tenancy.actor import Actor

logger = logging.getLogger(__name__)

# What a single report can be guilty of; anything else is the database's trouble or a bug of
# ours, and then nothing is acknowledged.
BELIEVED_AGE = timedelta(days=400)
BELIEVED_AHEAD = timedelta(days=1)
_BAD_ROW = (DataError, IntegrityError, ValidationError, ValueError, OverflowError)


class _Unknown(ValueError):
    """A report about a device that this connector does not have."""


@transaction.atomic
def store(connector_id: int, spool: str, reports: Sequence[ReportFrame]) -> int:
    """Store a burst; return the last sequence that is now stored for good.

    What was stored before, or comes twice, is dropped. Raise `LinkCut` for a gap, so that the
    connector sends again from where we stand.
    """
    # Not the key: an unlock of this connector must not wait for a burst.
    held = Connector.objects.live().select_for_update(no_key=True)
    connector = held.filter(pk=connector_id).first()
    if connector is None or connector.spool != spool:
        raise LinkCut("link.revoked", "This connector is no longer welcome.")
    fresh: list[ReportFrame] = []
    for frame in reports:
        due = connector.committed + len(fresh) + 1
        if frame.seq > due:
            raise LinkCut("link.gap", f"Report {due} is missing.")
        if frame.seq == due:
            fresh.append(frame)
    if not fresh:
        return connector.committed
    _store_all(connector, [frame.body for frame in fresh])
    connector.committed = fresh[-1].seq
    connector.save(update_fields=["committed"])
    return connector.committed


def _store_all(connector: Connector, reports: Sequence[neutral.Report]) -> None:
    owned = _devices_of(connector, reports)
    for (kind, device), group in groupby(reports, key=lambda r: (_kind_of(r), _device_of(r))):
        burst = list(group)
        if kind is neutral.BadgeScanned and device in owned:
            _store_badges(connector, owned[device], burst)
            continue
        if kind is neutral.Signal and device in owned:
            signals = [one for one in burst if isinstance(one, get_args(neutral.Signal))]
            _store_signals(connector, owned[device], signals)
            continue
        for report in burst:
            _store_one(connector, owned, report)


def _store_badges(connector: Connector, device: Device, burst: Sequence[neutral.Report]) -> None:
    """Store rows together; where one spoils it, one by one, so that only that one is set apart."""
    scanned = []
    for report in burst:
        if isinstance(report, neutral.BadgeScanned):
            if report.at < clock.now() - BELIEVED_AGE:
                _quarantine(connector, device, report, _Unknown("is older than any spool"))
            else:
                scanned.append(report)
    try:
        with transaction.atomic():
            badges.record_badges(device, scanned)
    except _BAD_ROW as fault:
        if len(scanned) == 1:
            _quarantine(connector, device, scanned[0], fault)
            return
        for report in scanned:
            _store_badges(connector, device, [report])


def _store_signals(connector: Connector, device: Device, burst: Sequence[neutral.Signal]) -> None:
    """Store what a device told of itself together, or where one spoils it one by one."""
    told = []
    for report in burst:
        if clock.now() - BELIEVED_AGE < report.at < clock.now() + BELIEVED_AHEAD:
            told.append(report)
        else:
            _quarantine(connector, device, report, _Unknown("is of no time that can be"))
    try:
        with transaction.atomic():
            record_signals(device, told)
    except _BAD_ROW as fault:
        if len(told) == 1:
            _quarantine(connector, device, told[0], fault)
            return
        for report in told:
            _store_signals(connector, device, [report])


def _store_one(connector: Connector, owned: dict[str, Device], report: neutral.Report) -> None:
    device = owned.get(_device_of(report))
    try:
        with transaction.atomic():
            _take(connector, device, report)
    except _BAD_ROW as fault:
        _quarantine(connector, device, report, fault)


def _take(connector: Connector, device: Device | None, report: neutral.Report) -> None:
    if isinstance(report, neutral.OrderSettled):
        _settle(connector, report)
        return
    if device is None:
        raise _Unknown("names a device that this connector does not look after")
    if device.connector_id != connector.pk and not isinstance(report, neutral.LogUnreadable):
        # Another has the device by now, and says how it stands.
        return
    if isinstance(report, neutral.DeviceIdentified):
        devices.identify_device(Actor.system(f"connector {connector.pk}"), device, report)
    elif isinstance(report, neutral.ChangesApplied):
        shelf.confirm(
            device.pk,
            epoch=report.epoch,
            revision=report.revision,
            failures=report.failures,
            complete=report.complete,
        )
        drift.note_mended(device.pk)
    elif isinstance(report, neutral.DriftFound):
        drift.take_drift(Actor.system(f"connector {connector.pk}"), device, report)
    elif isinstance(report, neutral.StrangersSeen):
        drift.take_strangers(device, report)
    elif isinstance(report, neutral.LogUnreadable):
        activity.quarantine(connector, device, kind="door log", raw=report.raw, why=report.why)


def _settle(connector: Connector, report: neutral.OrderSettled) -> None:
    """Settle an unlock; other orders are settled by what devices then report."""
    order = key_of(report.order)
    if order is None:
        return
    try:
        settled = settle_command(connector.pk, order, report)
    except Command.DoesNotExist as absence:
        raise _Unknown("settles an order that this connector was not given") from absence
    if settled is not None and settled.status == Command.Status.DONE:
        badges.record_unlock(settled)


def _quarantine(
    connector: Connector, device: Device | None, report: neutral.Report, fault: Exception
) -> None:
    logger.warning(
        "set a %s of connector %s apart: %s",
        type(report).__name__,
        connector.pk,
        type(fault).__name__,
    )
    body = pack(report)
    # A card number must not stand in clear where somebody reads what went wrong, nor any of a PIN.
    if isinstance(report, neutral.BadgeScanned):
        is_pin = report.method is neutral.Method.PIN
        body["code"] = "…" if is_pin else f"…{cards.tail(report.code)}"
    why = str(fault) if isinstance(fault, _Unknown) else f"could not be stored: {fault}"
    activity.quarantine(
        connector, device, kind=type(report).__name__, raw=json.dumps(body), why=why
    )


def _devices_of(connector: Connector, reports: Sequence[neutral.Report]) -> dict[str, Device]:
    named = {key for report in reports if (key := key_of(_device_of(report))) is not None}
    # What a connector read before its device went to another is still to be told.
    theirs = Q(connector=connector) | Q(site=connector.site_id, term__gt=0)
    found = Device.objects.filter(theirs, pk__in=named)
    return {str(device.pk): device for device in found.select_related("site", "mac_entry")}


def _kind_of(report: neutral.Report) -> object:
    return neutral.Signal if isinstance(report, get_args(neutral.Signal)) else type(report)


def _device_of(report: neutral.Report) -> str:
    return "" if isinstance(report, neutral.OrderSettled) else report.device
