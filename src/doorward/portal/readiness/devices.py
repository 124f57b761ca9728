"""Lines about devices: their MACs, firmware, ties and power, and the doors that they move."""

from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from doorward.devices import findings
from doorward.devices.models import Device
from doorward.portal.readiness.facts import Facts
from doorward.portal.readiness.lines import Case, Check, Level
from doorward.protocols.neutral import Fitness
from doorward.tenancy.permissions import Can


class DeviceLines:
    """The lines of a site's devices; of what fails one, at most so many are named."""

    def __init__(self, facts: Facts, most: int) -> None:
        self._facts = facts
        self._tally = facts.tally
        self._most = most
        self._args = [facts.site.pk]
        self._may_change = facts.actor.may(Can.CHANGE_DEVICE, facts.site.node)

    def __iter__(self) -> Iterator[Check]:
        yield self._macs()
        yield self._firmware()
        yield self._tie()
        yield self._power()
        if self._facts.actor.sees_below(Can.VIEW_DOOR, self._facts.site.node):
            yield self._doors()

    def _macs(self) -> Check:
        name, title, count = "macs", _("MACs are registered"), self._tally.refused
        if not self._tally.total:
            return self._no_device(name, title)
        if self._tally.macless:
            return self._macless(name, title)
        if not count:
            told = ngettext(
                "The MAC of %(count)d device is in the library.",
                "The MACs of all %(count)d devices are in the library.",
                self._tally.total,
            ) % {"count": self._tally.total}
            return Check(name, title, Level.GOOD, told)
        told = ngettext(
            "%(count)d device states another MAC than the one that it was added with.",
            "%(count)d devices state another MAC than the one that they were added with.",
            count,
        ) % {"count": count}
        mend = _("Register the MAC that it states, or correct the device's address.")
        url = f"{reverse('devices', args=self._args)}?binding=refused"
        cases = self._named("refused", lambda device: device.stated_mac)
        return Check(name, title, Level.BAD, told, mend, url, _("See them"), cases)

    def _macless(self, name: str, title: str) -> Check:
        """Tell of those that had to leave their MAC to somebody while their site was deleted."""
        told = ngettext(
            "%(count)d device has no MAC any more: another one uses it.",
            "%(count)d devices have no MAC any more: others use them.",
            self._tally.macless,
        ) % {"count": self._tally.macless}
        mend = _("Enter the MAC on its label in its form, or delete it.")
        cases = self._named("macless", lambda device: device.mac)
        return Check(name, title, Level.BAD, told, mend, cases=cases)

    def _no_device(self, name: str, title: str) -> Check:
        facts = self._facts
        told = _("No device is added here yet.")
        if not facts.actor.may(Can.VIEW_MAC, facts.site.installer) or facts.free_macs:
            mend = _("Add the first one by the MAC on its label.")
            url = reverse("device-new", args=self._args) if self._may_change else ""
            return Check(name, title, Level.WARN, told, mend, url, _("Add a device"))
        told = _("No device is added here yet, and no MAC is free for one.")
        if facts.actor.may(Can.REGISTER_MAC, facts.site.installer):
            mend = _("Register the MAC on its label.")
            return Check(name, title, Level.BAD, told, mend, reverse("mac-new"), _("Register"))
        return Check(name, title, Level.BAD, told, _("Ask your distributor to register its MAC."))

    def _firmware(self) -> Check:
        name, title, tally = "firmware", _("Firmware is known and new enough"), self._tally
        if not tally.total:
            return _later(name, title)
        if tally.unfit:
            told = ngettext(
                "%(count)d device has firmware that cannot do all that is needed, or is older "
                "than any that is known to.",
                "%(count)d devices have firmware that cannot do all that is needed, or is older "
                "than any that is known to.",
                tally.unfit,
            ) % {"count": tally.unfit}
            mend = _("Bring it up to date on the device's own web page.")
            return Check(name, title, Level.BAD, told, mend, cases=self._named("unfit", _version))
        if tally.unread:
            told = ngettext(
                "%(count)d device has not said which it has.",
                "%(count)d devices have not said which they have.",
                tally.unread,
            ) % {"count": tally.unread}
            mend = _("It is read as soon as its connector reaches the device.")
            cases = self._named("unread")
            return Check(name, title, Level.WARN, told, mend, cases=cases)
        told = ngettext(
            "Known of %(count)d device.", "Known of all %(count)d devices.", tally.total
        ) % {"count": tally.total}
        if tally.fit < tally.total:
            # Nobody says how old it may be: none is made up.
            told += " " + ngettext(
                "For %(count)d of them no oldest version is known.",
                "For %(count)d of them no oldest version is known.",
                tally.total - tally.fit,
            ) % {"count": tally.total - tally.fit}
        return Check(name, title, Level.GOOD, told)

    def _tie(self) -> Check:
        name, title, tally = "tie", _("None is tied to the on-premise manager"), self._tally
        if not tally.total:
            return _later(name, title)
        if tally.tied:
            told = ngettext(
                "%(count)d device is tied to the on-premise manager (SDMC), which may undo what "
                "it is told from here.",
                "%(count)d devices are tied to the on-premise manager (SDMC), which may undo what "
                "they are told from here.",
                tally.tied,
            ) % {"count": tally.tied}
            mend = _(
                "Remove it there, and set its server mode (CONNECT.ServerMode) to none. That is "
                "seen here within a minute or two."
            )
            return Check(name, title, Level.BAD, told, mend, cases=self._named("tied"))
        if tally.untold:
            told = ngettext(
                "%(count)d device has not said whether it is.",
                "%(count)d devices have not said whether they are.",
                tally.untold,
            ) % {"count": tally.untold}
            mend = _("It is asked once it is online; an older connector or firmware never says.")
            cases = self._named("untold")
            return Check(name, title, Level.WARN, told, mend, cases=cases)
        told = ngettext(
            "%(count)d device says that it is not.",
            "All %(count)d devices say that they are not.",
            tally.total,
        ) % {"count": tally.total}
        if tally.clouded:
            told += " " + ngettext(
                "%(count)d of them serves the vendor's cloud too.",
                "%(count)d of them serve the vendor's cloud too.",
                tally.clouded,
            ) % {"count": tally.clouded}
        return Check(name, title, Level.GOOD, told)

    def _power(self) -> Check:
        name, title, tally = "online", _("Devices are powered and online"), self._tally
        if not tally.total:
            return self._no_connector(name, title)
        if tally.online == tally.total:
            told = ngettext(
                "%(count)d device is online.", "All %(count)d devices are online.", tally.total
            ) % {"count": tally.total}
            return Check(name, title, Level.GOOD, told)
        counts = {"online": tally.online, "total": tally.total}
        told = _("%(online)d of %(total)d are online.") % counts
        if tally.never:
            told += " " + ngettext(
                "%(count)d has never been.", "%(count)d have never been.", tally.never
            ) % {"count": tally.never}
        mend = _("Check power, network and address, and that their connector is online.")
        state = "offline" if tally.away else "never"
        url = f"{reverse('devices', args=self._args)}?state={state}"
        cases = self._named("away" if tally.away else "never", _why_away)
        return Check(name, title, Level.BAD, told, mend, url, _("See them"), cases)

    def _no_connector(self, name: str, title: str) -> Check:
        actor, node = self._facts.actor, self._facts.site.node
        if not actor.sees_below(Can.VIEW_CONNECTOR, node) or self._facts.has_connectors:
            return _later(name, title)
        told = _("No connector is here yet.")
        mend = _("Add one and start it on site: it is what reaches the devices.")
        may = actor.may(Can.CHANGE_CONNECTOR, node)
        url = reverse("connector-new", args=self._args) if may else ""
        return Check(name, title, Level.BAD, told, mend, url, _("Add a connector"))

    def _doors(self) -> Check:
        name, title, facts = "doors", _("Devices and doors are complete"), self._facts
        if not self._tally.total:
            return _later(name, title)
        if self._tally.doorless:
            told = ngettext(
                "%(count)d device moves no door.",
                "%(count)d devices move no door.",
                self._tally.doorless,
            ) % {"count": self._tally.doorless}
            mend = _("Name the door that its relay releases.")
            return Check(name, title, Level.WARN, told, mend, cases=self._named("doorless"))
        if unopened := facts.unopened.count():
            told = ngettext(
                "%(count)d door is in no access group.",
                "%(count)d doors are in no access group.",
                unopened,
            ) % {"count": unopened}
            shown = facts.unopened.order_by("name")[: self._most]
            cases = [Case(one.name, reverse("door", args=[*self._args, one.pk])) for one in shown]
            mend = _("Nobody opens it by card or PIN before it is in one.")
            return Check(name, title, Level.WARN, told, mend, cases=cases)
        told = _("Every device moves a door, and every door is in an access group.")
        return Check(name, title, Level.GOOD, told)

    def _named(
        self, condition: str, more: Callable[[Device], str] = lambda _device: ""
    ) -> list[Case]:
        """Name some of the devices of which a condition holds."""
        shown = self._facts.devices(condition)[: self._most]
        return [
            Case(one.name, reverse("device", args=[*self._args, one.pk]), more(one))
            for one in shown
        ]


def _later(name: str, title: str) -> Check:
    return Check(name, title, Level.LATER, _("Seen once a device is added."))


def _version(device: Device) -> str:
    profile = findings.profile_of(device.profile)
    if profile is None or profile.fitness != Fitness.TOO_OLD:
        return device.firmware
    versions = {"firmware": device.firmware, "oldest": profile.oldest_fit}
    return _("%(firmware)s, needs %(oldest)s or newer") % versions


def _why_away(device: Device) -> str:
    return str(device.get_problem_display()) if device.problem else ""
