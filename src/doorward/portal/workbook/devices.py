"""The devices of a workbook."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from doorward.devices import macs
from doorward.devices.actions.devices import DeviceForm, create_devices
from doorward.devices.models import Connector, Device
from doorward.devices.sheets import DEVICES
from doorward.kit.errors import InvalidRows
from doorward.kit.sheets import Line, Table
from doorward.portal.importing.roll import plain
from doorward.portal.workbook.parts import Part, take_up, told
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor


def create(actor: Actor, site: Site, table: Table, lines: Sequence[Line]) -> Part[DeviceForm]:
    """Add the devices that are not there; nothing where one of them cannot be added."""
    part: Part[DeviceForm] = Part(table)
    _Reading(actor, site, part, lines).read()
    try:
        if part.new:
            create_devices(actor, site, list(part.new.values()))
    except InvalidRows as fault:
        part.object_to(list(part.new), fault.rows)
    for row in part.faulty_rows:
        part.new.pop(row, None)
    return part


class _Reading:
    """Reads rows beside what the site has."""

    def __init__(
        self, actor: Actor, site: Site, part: Part[DeviceForm], lines: Sequence[Line]
    ) -> None:
        self._part, self._lines = part, lines
        connectors = Connector.objects.seen_at(actor, site)
        self._connectors = {plain(connector.name): connector for connector in connectors}
        there = Device.objects.seen_at(actor, site).select_related("mac_entry", "connector")
        bound = there.filter(mac_entry__mac__in={_mac(line) for line in lines})
        self._there = {device.mac: device for device in bound}
        self._rows: dict[str, int] = {}

    def read(self) -> None:
        for line in self._lines:
            take_up(self._part, line, DEVICES)
            self._take(line)

    def _take(self, line: Line) -> None:
        """Take a row up, also one with a fault: what else is wrong with it is said at once."""
        mac = _mac(line)
        if mac and mac in self._rows:
            words = _("Row %(row)d has this MAC too.") % {"row": self._rows[mac]}
            self._part.object(line.number, "mac", words, _("Leave one of the two out."))
            return
        self._rows[mac] = line.number
        device = self._there.get(mac)
        if device is not None and self._differs(line, device):
            return
        connector = device.connector if device else self._connector(line)
        # Where it is a wrong one, any will do to look at the rest.
        connector = connector or next(iter(self._connectors.values()), None)
        if connector is not None:
            form = _form(line, connector)
            (self._part.same if device else self._part.new)[line.number] = form

    def _differs(self, line: Line, device: Device) -> bool:
        """Object to what a row says of a device otherwise than it is."""
        for column in DEVICES.columns:
            if column.name == "password":
                # It is told to nobody, so nobody can say whether this is another one.
                continue
            says, is_now = told(line, column.name), str(column.value(device))
            if column.name == "mac":
                says = _mac(line)
            if says and plain(says) != plain(is_now):
                words = _("The site has the device with this MAC already, with another entry here.")
                mend = _("Change it on the device's page, or write here what stands there.")
                self._part.object(line.number, column.name, words, mend)
                return True
        return False

    def _connector(self, line: Line) -> Connector | None:
        name = told(line, "connector")
        if not name and len(self._connectors) == 1:
            return next(iter(self._connectors.values()))
        found = self._connectors.get(plain(name))
        if found is None:
            self._part.object(line.number, "connector", *self._objection(name))
        return found

    def _objection(self, name: str) -> tuple[str, str]:
        if not self._connectors:
            return _("The site has no connector yet."), _("Add one first.")
        known = ", ".join(sorted(one.name for one in self._connectors.values())[:10])
        mend = _("Write one of: %(names)s.") % {"names": known}
        if not name:
            return _("The site has several connectors."), mend
        return _("The site has no connector “%(name)s”.") % {"name": name[:64]}, mend


def _mac(line: Line) -> str:
    """Return a row's MAC one way, or as it stands where it is none."""
    try:
        return macs.canonical(told(line, "mac"))
    except ValueError:
        return told(line, "mac")


def _form(line: Line, connector: Connector) -> DeviceForm:
    return DeviceForm(
        name=told(line, "name"),
        mac=_mac(line),
        connector=connector,
        address=told(line, "address"),
        kind=told(line, "kind"),
        auth_mode=told(line, "auth_mode") or Device.AuthMode.DIGEST,
        user=told(line, "user"),
        password=told(line, "password"),
    )
