"""Columns of the lists of MACs, connectors and devices."""

from copy import copy
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from doorward.devices import moments
from doorward.kit.tables import NUMBER, NUMBER_ON_PHONES, ON_PHONES, Cell, Moment

_CELLS = "devices/cells"


class Happening(Cell):
    """A cell that says what happened; in a file it is the sentence alone."""

    # Any: what a table passes on.
    def value(self, record: Any, **details: Any) -> str:
        return moments.sentence(record)


class Macs(tables.Table):
    """The library; it is sorted by what stands in it, not by the devices of each entry."""

    mac = Cell(template_name=f"{_CELLS}/mac.html", verbose_name=_("MAC"))
    state = Cell(
        template_name=f"{_CELLS}/mac_state.html",
        verbose_name=_("State"),
        orderable=False,
        attrs=ON_PHONES,
    )
    model = tables.Column(
        accessor="device__model", verbose_name=_("Model"), default="", orderable=False
    )
    installer = tables.Column(accessor="node__name", verbose_name=_("Installer"), orderable=False)
    registered_at = Moment(
        template_name=f"{_CELLS}/registered.html", verbose_name=_("Registered"), attrs=ON_PHONES
    )
    deed = Cell(
        template_name=f"{_CELLS}/mac_deed.html",
        verbose_name="",
        orderable=False,
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "-registered_at"


class Connectors(tables.Table):
    name = Cell(template_name=f"{_CELLS}/connector.html", verbose_name=_("Name"))
    state = Cell(
        template_name=f"{_CELLS}/state.html",
        verbose_name=_("State"),
        order_by="last_seen_at",
        attrs=ON_PHONES,
    )
    online_since = Moment(template_name=f"{_CELLS}/online_since.html", verbose_name=_("Connected"))
    version = tables.Column(verbose_name=_("Version"), default="")
    spool_depth = tables.Column(verbose_name=_("Reports waiting"), attrs=NUMBER)
    device_count = tables.Column(
        verbose_name=_("Devices"),
        attrs=NUMBER_ON_PHONES,
    )

    class Meta:
        order_by = "name"


class Devices(tables.Table):
    name = Cell(template_name=f"{_CELLS}/device.html", verbose_name=_("Name"))
    state = Cell(
        template_name=f"{_CELLS}/device_state.html",
        verbose_name=_("State"),
        order_by=("reachable", "seen_at"),
        attrs=ON_PHONES,
    )
    sync = Cell(
        template_name=f"{_CELLS}/sync.html",
        verbose_name=_("Sync"),
        order_by="shelf__confirmed_at",
        attrs=ON_PHONES,
    )
    model = Cell(template_name=f"{_CELLS}/model.html", verbose_name=_("Model"))
    address = Cell(
        template_name=f"{_CELLS}/address.html",
        verbose_name=_("MAC and address"),
        order_by="mac_entry__mac",
    )
    connector = Cell(
        template_name=f"{_CELLS}/device_connector.html",
        verbose_name=_("Connector"),
        order_by="connector__name",
    )
    door_count = tables.Column(verbose_name=_("Doors"), attrs=NUMBER)

    class Meta:
        order_by = "name"


def _unsorted(name: str) -> tables.Column:
    column = copy(Devices.base_columns[name])
    column.orderable = False
    return column


class AllDevices(Devices):
    """Devices of every site that the actor sees.

    By what changes all the time they are sorted within a site only: no index of all is kept of it.
    """

    state, sync = map(_unsorted, ("state", "sync"))
    # Sorted by MAC there is the library.
    address, door_count = map(_unsorted, ("address", "door_count"))
    site = Cell(template_name=f"{_CELLS}/site.html", verbose_name=_("Site"), order_by="site__name")
    installer = tables.Column(
        accessor="site__installer__name", verbose_name=_("Installer"), orderable=False
    )
    kind = tables.Column(verbose_name=_("Type"))
    seen_at = Moment(
        template_name=f"{_CELLS}/seen.html", verbose_name=_("Last connected"), orderable=False
    )

    class Meta(Devices.Meta):
        exclude = ("connector",)
        sequence = ("name", "site", "...")


class Moments(tables.Table):
    """What happened to a device."""

    at = Moment(
        template_name=f"{_CELLS}/moment_at.html", verbose_name=_("Time"), order_by=("at", "pk")
    )
    what = Happening(
        template_name=f"{_CELLS}/moment.html",
        verbose_name=_("What happened"),
        accessor="kind",
        orderable=False,
        attrs=ON_PHONES,
    )

    class Meta:
        order_by = "-at"
