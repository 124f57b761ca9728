"""MACs and devices on paper: the sheets that are filled in, and what became of rows."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from doorward.devices.models import Device
from doorward.kit.sheets import Column, Kind, Sheet


@dataclass(frozen=True)
class Registered:
    """A row of a sheet that was taken: its number and its MAC; `is_new` unless it was there."""

    row: int
    mac: str
    is_new: bool


MACS: Sheet[Registered] = Sheet(
    _("MACs"),
    (
        Column(
            "mac",
            _("MAC"),
            value=lambda line: line.mac,
            kind=Kind.CODE,
            mandatory=True,
            example="0C11050B9814",
            help=_("Twelve hex digits from the device's label, with or without : - . or spaces."),
            width=24,
        ),
    ),
    about=(
        _("Fill in the sheet “MACs”, one MAC a row. Leave its first row."),
        _("A MAC that is in the library already is left as it is."),
        _("The example in row 2 is no device: it is skipped as long as it is left as it is."),
    ),
)

RESULT: Sheet[Registered] = Sheet(
    _("Result"),
    (
        Column("row", _("Row"), value=lambda line: line.row, kind=Kind.NUMBER, width=8),
        Column("mac", _("MAC"), value=lambda line: line.mac, kind=Kind.CODE, width=24),
        Column(
            "outcome",
            _("Outcome"),
            value=lambda line: (
                gettext("Registered") if line.is_new else gettext("Was there already")
            ),
        ),
    ),
)

DEVICES: Sheet[Device] = Sheet(
    _("Devices"),
    (
        Column(
            "name",
            _("Name"),
            value=lambda device: device.name,
            mandatory=True,
            example="Main entrance",
            help=_("At most 64 characters, once at the site."),
            width=24,
        ),
        Column(
            "kind",
            _("Type"),
            value=lambda device: device.kind,
            kind=Kind.CHOICE,
            choices=dict(Device.Kind.choices),
            mandatory=True,
            help=_("One of the types that the cell offers."),
            width=26,
        ),
        Column(
            "mac",
            _("MAC"),
            value=lambda device: device.mac,
            kind=Kind.CODE,
            mandatory=True,
            example="0C11050B9814",
            help=_("From the device's label, in any notation. It must be in the MAC library."),
        ),
        Column(
            "address",
            _("Address"),
            value=lambda device: device.address,
            kind=Kind.CODE,
            mandatory=True,
            example="192.168.1.20",
            help=_("As the connector reaches it: host or IP address, with :port if it is not 80."),
            width=24,
        ),
        Column(
            "connector",
            _("Connector"),
            value=lambda device: device.connector.name,
            help=_("The name of a connector of the site. Empty: the only one there is."),
        ),
        Column(
            "auth_mode",
            _("API sign-in"),
            value=lambda device: device.auth_mode,
            kind=Kind.CHOICE,
            choices=dict(Device.AuthMode.choices),
            help=_("As set on the device under Security, HTTP API. Empty: digest."),
        ),
        Column("user", _("API user"), value=lambda device: device.user, kind=Kind.CODE),
        Column(
            "password",
            _("API password"),
            value=lambda _device: "",
            kind=Kind.CODE,
            help=_("No file ever tells it. The workbook is kept sealed once it is sent."),
        ),
    ),
)
