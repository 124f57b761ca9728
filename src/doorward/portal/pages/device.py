"""The device's own page: who it is, what it holds, what was asked of it."""

from collections.abc import Iterable

from doorward.activity.models import Alarm, QuarantinedReport
from doorward.devices import findings, operations
from doorward.devices.actions.reboots import objections
from doorward.devices.inputs import inputs_of
from doorward.devices.models import Command, Device, Door, Moment
from doorward.devices.pages.devices import DevicePage, devices_crumb
from doorward.devices.pages.reboots import doors_shut
from doorward.helpdesk.models import Manual
from doorward.kit.pages import Context, Crumb
from doorward.portal import drifting, holdings, reboots
from doorward.tenancy.permissions import Can

_LATEST = 10


class DeviceShow(DevicePage):
    template = "portal/device.html"

    def prepare(self) -> None:
        super().prepare()
        self.title = self.device.name

    def trail(self) -> Iterable[Crumb]:
        return [devices_crumb(self.site)]

    def topics(self) -> Iterable[str]:
        device = self.device
        return [f"device:{device.pk}", f"connector:{device.connector_id}"]

    def context(self) -> Context:
        device, node = self.device, self.site.node
        doors = Door.objects.visible_to(self.actor).filter(device=device)
        orders = Command.objects.visible_to(self.actor).filter(device=device)
        apart = QuarantinedReport.objects.visible_to(self.actor).filter(device=device)
        manuals = Manual.objects.visible_to(self.actor)
        tallied = holdings.tallies(device)
        drifts = drifting.found(self.actor, device)
        latest = list(orders.select_related("door", "account").order_by("-pk")[:_LATEST])
        return {
            **super().context(),
            "device": device,
            "is_bound": device.binding == Device.Binding.BOUND,
            "doors": doors.order_by("relay"),
            "tallies": tallied,
            "total": holdings.total(tallied),
            "failures": holdings.failures(self.actor, device),
            "drifts": drifts,
            "drifts_unseen": any(one.drift.seen_at is None for one in drifts),
            "strangers": drifting.strangers(self.actor, device),
            "orders": latest,
            "reboot": reboots.lately(latest, device, self.site),
            **self._rebooting(),
            **_condition(device),
            **self._life(),
            "quarantined": apart.order_by("-pk")[:_LATEST],
            "clock_error": abs(device.clock_skew or 0),
            "clock_is_off": device.clock_is_off,
            "manual": manuals.filter(model__iexact=device.model).first(),
            "may_change": self.actor.may(Can.CHANGE_DEVICE, node),
            "may_add_doors": self.actor.may(Can.CHANGE_DOOR, node),
            "may_see_doors": self.actor.may(Can.VIEW_DOOR),
            "may_see_connectors": self.actor.may(Can.VIEW_CONNECTOR),
        }

    def _rebooting(self) -> Context:
        """Say whether the device can be rebooted, and what would follow."""
        if not self.actor.may(Can.REBOOT_DEVICE, self.site.node):
            return {"may_reboot": False}
        objection = objections([self.device]).get(self.device.pk)
        return {
            "may_reboot": True,
            "not_to_reboot": objection.message if objection else "",
            "reboot_means": list(doors_shut(self.device.doors.count())),
        }

    def _life(self) -> Context:
        """Return what happened to the device lately, and what is wrong there now."""
        moments = Moment.objects.visible_to(self.actor).filter(device=self.device)
        lately = list(moments.order_by("-at", "-pk")[: _LATEST + 1])
        alarms = Alarm.objects.visible_to(self.actor).filter(device=self.device).open()
        return {
            "moments": lately[:_LATEST],
            "has_more_moments": len(lately) > _LATEST,
            "alarms": alarms.order_by("-last_at", "-pk")[:_LATEST],
            "inputs": inputs_of(self.device),
        }


def _condition(device: Device) -> Context:
    """Say what there is to mend, and what the device is able to do."""
    problem = str(device.get_problem_display()) if device.problem else ""
    found = findings.shown(device.findings)
    profile = findings.profile_of(device.profile)
    return {
        "findings": found,
        # A finding says more than the problem that it explains.
        "is_explained": any(one.level == "bad" for one in found),
        "problem": problem,
        "profile": profile,
        "abilities": [
            (operations.LABELS.get(one.operation, one.operation), one.verdict)
            for one in (profile.capabilities if profile else ())
        ],
    }
