"""Who a device is and how it is."""

import time
from collections.abc import Mapping

from doorward.emulator.api.deeds import Answer, Data, Deed
from doorward.emulator.device import Device
from doorward.emulator.fault import Mode


def identity(device: Device) -> dict[str, str]:
    """Return the Status block that names a device."""
    other = device.fault.mode is Mode.OTHER_MAC
    mac = device.fault.mac if other else device.mac
    return {
        "Model": device.spec.model,
        "MAC": ":".join(mac[place : place + 2] for place in range(0, 12, 2)),
        "FirmwareVersion": device.firmware,
        "HardwareVersion": device.profile.hardware,
        "Uptime": str(int(time.monotonic() - device.booted_at)),
        "WebLang": "0",
    }


def _info(device: Device, _data: Data) -> Answer:
    lan = {
        "PortType": "0",
        "LinkStatus": "1",
        "IPAddress": "127.0.0.1",
        "SubnetMask": "255.0.0.0",
        "Gateway": "",
        "DNS1": "",
        "DNS2": "",
    }
    account = {"UserName": "", "SipServer": "", "Status": "0"}
    accounts = {"Account1": account, "Account2": account} if device.profile.calls else {}
    return 0, {"Status": identity(device), "Lan": lan, **accounts}


def _status(device: Device, _data: Data) -> Answer:
    up = int(time.monotonic() - device.booted_at)
    return 0, {"SystemTime": int(device.clock().timestamp()), "UpTime": up}


def _reboot(_device: Device, _data: Data) -> Answer:
    return 0, {}


READS: Mapping[tuple[str, str], Deed] = {
    ("system", "info"): _info,
    ("system", "status"): _status,
    ("system", "reboot"): _reboot,
}
