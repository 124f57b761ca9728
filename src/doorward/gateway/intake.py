"""Storing what connectors report: a burst is one transaction, a repeated report counts once."""

import json
import logging
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import get_args

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from doorward.access import cards
from doorward.access.actions import badges
from doorward.activity.actions import log as activity
from doorward.activity.actions.alarms import record_signals
from doorward.devices.actions import devices, drift, shelf
from doorward.devices.actions.connectors import MOST
from doorward.devices.actions.orders import settle_command
from doorward.devices.models import Command, Connector, Device
from doorward.gateway.sessions import LinkCut
from doorward.kit import clock, rows
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
# What of a connector reports have to do with.
_OF_LINKS = ("node", "site", "spool", "committed")
_BAD_ROW = (DataError, IntegrityError, ValidationError, ValueError, OverflowError)


class _Unknown(ValueError):
    """A report about a device that this connector does not have."""


@dataclass(frozen=True)
class Burst:
    """Reports of one connector, in sequence, and the spool they come from."""

    connector: int
    spool: str
    reports: Sequence[ReportFrame]

    @property
    def urgent(self) -> bool:
        """Say whether somebody waits for one of them."""
        return any(isinstance(frame.body, neutral.OrderSettled) for frame in self.reports)


# What stands at the beginning of what is left of a connector's reports, and belongs together.
_Run = tuple[Connector, list[neutral.Report]]
# A row of a device's log, and who told it.
_Scanned = tuple[Connector, Device, neutral.BadgeScanned]


def store(connector_id: int, spool: str, reports: Sequence[ReportFrame]) -> int:
    """Store a burst; return the last sequence that is now stored for good, or raise `LinkCut`."""
    (committed,) = store_all([Burst(connector_id, spool, reports)])
    if isinstance(committed, LinkCut):
        raise committed
    return committed


@transaction.atomic
def store_all(bursts: Sequence[Burst]) -> list[int | LinkCut]:
    """Store bursts of as many connectors; return for each the last sequence stored for good.

    What was stored before, or comes twice, is dropped. `LinkCut` is the answer to a gap, so that
    the connector sends again from where we stand.
    """
    # Not the key: an unlock of these connectors must not wait for a burst.
    held = Connector.objects.live().select_for_update(no_key=True).order_by("pk").only(*_OF_LINKS)
    known = {one.pk: one for one in held.filter(pk__in={burst.connector for burst in bursts})}
    answers: list[int | LinkCut] = []
    fresh: list[_Run] = []
    for burst in bursts:
        connector = known.get(burst.connector)
        if connector is None or connector.spool != burst.spool:
            answers.append(LinkCut("link.revoked", "This connector is no longer welcome."))
            continue
        answer = _fresh(connector, burst.reports)
        if isinstance(answer, LinkCut):
            answers.append(answer)
            continue
        if answer:
            connector.committed += len(answer)
            fresh.append((connector, answer))
        answers.append(connector.committed)
    if fresh:
        _store_all(fresh)
        rows.update_many([connector for connector, _ in fresh], ["committed"])
    return answers


def _fresh(connector: Connector, reports: Sequence[ReportFrame]) -> list[neutral.Report] | LinkCut:
    fresh: list[neutral.Report] = []
    for frame in reports:
        due = connector.committed + len(fresh) + 1
        if frame.seq > due:
            return LinkCut("link.gap", f"Report {due} is missing.")
        if frame.seq == due:
            fresh.append(frame.body)
    return fresh


def _store_all(fresh: Sequence[_Run]) -> None:
    """Store in each connector's order; what comes first of all of them together where it can."""
    owned = _devices_of(fresh)
    _lock_heads(fresh, owned)
    left = [(connector, deque(_runs(reports))) for connector, reports in fresh]
    while left := [(connector, runs) for connector, runs in left if runs]:
        heads = [(connector, runs.popleft()) for connector, runs in left]
        for kind, store_runs in _STORES.items():
            if of_kind := [(one, run) for one, run in heads if _kind_of(run[0]) is kind]:
                store_runs(of_kind, owned)
        for connector, run in heads:
            if _kind_of(run[0]) not in _STORES:
                _store_run(connector, owned[connector.pk], run)


def _runs(reports: Sequence[neutral.Report]) -> list[list[neutral.Report]]:
    return [list(run) for _, run in groupby(reports, key=_kind_of)]


def _store_run(
    connector: Connector, owned: Mapping[str, Device], run: Sequence[neutral.Report]
) -> None:
    for device, group in groupby(run, key=_device_of):
        burst = list(group)
        if _kind_of(burst[0]) is neutral.Signal and device in owned:
            signals = [one for one in burst if isinstance(one, get_args(neutral.Signal))]
            _store_signals(connector, owned[device], signals)
            continue
        for report in burst:
            _store_one(connector, owned, report)


def _store_badges(runs: Sequence[_Run], owned: "_Owned") -> None:
    """Store rows of logs together, but for those that can be nobody's or of no time."""
    rows_of: list[_Scanned] = []
    oldest = clock.now() - BELIEVED_AGE
    for connector, run in runs:
        for report in run:
            device = owned[connector.pk].get(_device_of(report))
            if device is None or not isinstance(report, neutral.BadgeScanned):
                _store_one(connector, owned[connector.pk], report)
            elif report.at < oldest:
                _quarantine(connector, device, report, _Unknown("is older than any spool"))
            else:
                rows_of.append((connector, device, report))
    if rows_of:
        _record(rows_of)


def _record(scanned: Sequence["_Scanned"]) -> None:
    """Store rows together; where one spoils it, by halves, so that only that one is set apart."""
    devices = {device.pk: device for _, device, _ in scanned}
    bursts: dict[int, list[neutral.BadgeScanned]] = {key: [] for key in devices}
    for _, device, row in scanned:
        bursts[device.pk].append(row)
    try:
        with transaction.atomic():
            badges.record_bursts({devices[key]: told for key, told in bursts.items()})
    except _BAD_ROW as fault:
        if len(scanned) == 1:
            _quarantine(*scanned[0], fault)
            return
        middle = len(scanned) // 2
        _record(scanned[:middle])
        _record(scanned[middle:])


def _store_applied(runs: Sequence[_Run], owned: "_Owned") -> None:
    """Note what devices hold, together for all that never had trouble with anything."""
    told = [
        (connector, report, owned[connector.pk].get(report.device))
        for connector, run in runs
        for report in run
        if isinstance(report, neutral.ChangesApplied)
    ]
    keys = [device.pk for _, _, device in told if device is not None]
    alone = shelf.troubled(keys) | drift.drifted(keys)
    plain: dict[int, neutral.ChangesApplied] = {}
    for connector, report, device in told:
        # What another connector has by now, fails or comes twice is looked at by itself.
        if (
            device is None
            or device.connector_id != connector.pk
            or report.failures
            or not report.complete
            or device.pk in alone
            or device.pk in plain
            or not _fits(report)
        ):
            _store_one(connector, owned[connector.pk], report)
        else:
            plain[device.pk] = report
    if plain:
        shelf.confirm_all(plain.values())


def _fits(report: neutral.ChangesApplied) -> bool:
    return 0 <= report.epoch <= MOST and 0 <= report.revision <= MOST


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


def _store_one(connector: Connector, owned: Mapping[str, Device], report: neutral.Report) -> None:
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
    """Settle an unlock or a reboot; other orders are settled by what devices then report."""
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


def _devices_of(fresh: Sequence[_Run]) -> "_Owned":
    """Return by connector which of the devices that are named it may speak of."""
    named: dict[int, set[int]] = {}
    for connector, reports in fresh:
        keys = (key_of(name) for name in {_device_of(report) for report in reports})
        named.setdefault(connector.pk, set()).update(key for key in keys if key is not None)
    wanted = set().union(*named.values())
    if not wanted:
        # Outcomes of orders name none, and somebody waits for them.
        return {connector: {} for connector in named}
    found = (
        Device.objects.filter(pk__in=wanted)
        .select_related("site", "mac_entry")
        .defer("password", "relay_password")
    )
    devices = {device.pk: device for device in found}
    sites = {connector.pk: connector.site_id for connector, _ in fresh}
    return {
        connector: {
            str(key): device
            for key in keys
            if (device := devices.get(key)) is not None
            # What a connector read before its device went to another is still to be told.
            and (
                device.connector_id == connector
                or (device.site_id == sites[connector] and device.term > 0)
            )
        }
        for connector, keys in named.items()
    }


def _lock_heads(fresh: Sequence[_Run], owned: "_Owned") -> None:
    """Hold all heads that will be moved, in an order without deadlock."""
    moved = {
        device.pk
        for connector, reports in fresh
        for report in reports
        if isinstance(report, neutral.ChangesApplied | neutral.DriftFound)
        and (device := owned[connector.pk].get(report.device)) is not None
    }
    if moved:
        shelf.lock_heads(moved)


def _kind_of(report: neutral.Report) -> object:
    return neutral.Signal if isinstance(report, get_args(neutral.Signal)) else type(report)


def _device_of(report: neutral.Report) -> str:
    return "" if isinstance(report, neutral.OrderSettled) else report.device


# By connector, and by the name that it has for a device.
_Owned = Mapping[int, Mapping[str, Device]]
# What is stored for many connectors at once; all else is stored one by one.
_STORES: Mapping[object, Callable[[Sequence[_Run], _Owned], None]] = {
    neutral.BadgeScanned: _store_badges,
    neutral.ChangesApplied: _store_applied,
}
