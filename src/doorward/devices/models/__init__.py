"""The room's models, one module a noun."""

from doorward.devices.models.commands import Command
from doorward.devices.models.connectors import Connector
from doorward.devices.models.devices import Device
from doorward.devices.models.doors import Door
from doorward.devices.models.drift import Drift, Stranger
from doorward.devices.models.macs import MacEntry
from doorward.devices.models.shelf import ShelfEntry, ShelfHead
from doorward.devices.models.timeline import Moment

__all__ = [
    "Command",
    "Connector",
    "Device",
    "Door",
    "Drift",
    "MacEntry",
    "Moment",
    "ShelfEntry",
    "ShelfHead",
    "Stranger",
]
