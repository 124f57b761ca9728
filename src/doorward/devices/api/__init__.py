"""Devices over the API, one module a noun."""

from doorward.devices.api.connectors import connectors
from doorward.devices.api.doors import doors
from doorward.devices.api.macs import macs
from doorward.devices.api.reboots import devices
from doorward.devices.api.timeline import device_moments

__all__ = ["connectors", "device_moments", "devices", "doors", "macs"]
