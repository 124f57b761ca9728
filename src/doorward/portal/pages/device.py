"""The device's own page: who it is, what it holds, what was asked of it."""

from collections.abc import Iterable

from doorward.activity.models import QuarantinedReport
from doorward.devices import findings, operations
from doorward.devices.models import Command, Device, Door
from doorward.devices.pages.devices import DevicePage, devices_crumb
from doorward.kit.pages import Context, Crumb
from doorward.portal import holdings
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
        return [f"device:{self.device.pk}", f"connector:{self.device.connector_id}"]

    def context(self) -> Context:
        device, node = self.device, self.site.node
        doors = Door.objects.visible_to(self.actor).filter(device=device)
        orders = Command.objects.visible_to(self.actor).filter(device=device)
        apart = QuarantinedReport.objects.visible_to(self.actor).filter(device=device)
        tallied = holdings.tallies(device)
        return {
            **super().context(),
            "device": device,
            "is_bound": device.binding == Device.Binding.BOUND,
            "doors": doors.order_by("relay"),
            "tallies": tallied,
            "total": holdings.total(tallied),
            "failures": holdings.failures(self.actor, device),
            "orders": orders.select_related("door", "account").order_by("-pk")[:_LATEST],
            **_condition(device),
            "quarantined": apart.order_by("-pk")[:_LATEST],
            "clock_error": abs(device.clock_skew or 0),
            "clock_is_off": device.clock_is_off,
            "may_change": self.actor.may(Can.CHANGE_DEVICE, node),
            "may_add_doors": self.actor.may(Can.CHANGE_DOOR, node),
            "may_see_doors": self.actor.may(Can.VIEW_DOOR),
            "may_see_connectors": self.actor.may(Can.VIEW_CONNECTOR),
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
