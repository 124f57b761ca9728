"""The local API's targets and actions, as a table from words to deeds."""

import time
from collections.abc import Callable, Mapping, Sequence

from doorward.emulator.device import RELAY, Device
from doorward.emulator.envelope import Call, Reply
from doorward.emulator.fault import Mode
from doorward.emulator.fields import items_of, number_of, text_of
from doorward.emulator.profile import Row
from doorward.emulator.refusal import ERROR_PARAM, UNSUPPORTED, Rejected
from doorward.emulator.relays import letter_of

ROWS_A_PAGE = 10
LONGEST_PULSE = 65_535
AUTO_CLOSE = 0
MANUAL = 1

# A pulse is counted, but no door waits for a disk.
_UNLOCK = ("relay", "trig")

Data = Mapping[str, object]
Answer = tuple[int, Data]
Deed = Callable[[Device, Data], Answer]


def answer(device: Device, call: Call) -> Reply:
    """Do what a call asks and return what the device says to it; never raises `Rejected`."""
    wanted = (call.target, call.action)
    deed = _READS.get(wanted) or (_WRITES.get(wanted) if call.writes else None)
    if deed is None:
        return Reply(call.action, -1, UNSUPPORTED)
    try:
        retcode, data = deed(device, call.data)
    except Rejected as refusal:
        return Reply(call.action, refusal.retcode, refusal.message)
    if wanted in _WRITES and wanted != _UNLOCK:
        device.store.sync()
    return Reply(call.action, retcode, "OK" if retcode >= 0 else ERROR_PARAM, data)


def rebooting(call: Call) -> bool:
    """Tell whether a call sends the device into a restart once it is answered."""
    return (call.target, call.action) == ("system", "reboot")


# --- system -----------------------------------------------------------------------------------


def _system_info(device: Device, _data: Data) -> Answer:
    other = device.fault.mode is Mode.OTHER_MAC
    mac = device.fault.mac if other else device.spec.mac
    status = {
        "Model": device.spec.model,
        "MAC": ":".join(mac[place : place + 2] for place in range(0, 12, 2)),
        "FirmwareVersion": device.firmware,
        "HardwareVersion": device.profile.hardware,
        "Uptime": str(int(time.monotonic() - device.booted_at)),
        "WebLang": "0",
    }
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
    return 0, {"Status": status, "Lan": lan, "Account1": account, "Account2": account}


def _system_status(device: Device, _data: Data) -> Answer:
    up = int(time.monotonic() - device.booted_at)
    return 0, {"SystemTime": int(device.clock().timestamp()), "UpTime": up}


def _nothing(_device: Device, _data: Data) -> Answer:
    return 0, {}


# --- config -----------------------------------------------------------------------------------


def _config_get(device: Device, data: Data) -> Answer:
    if "item" in data:
        return 0, device.settings.printed(_texts(data["item"]))
    if "filter" in data:
        return 0, device.settings.under(_texts(data["filter"]))
    return 0, device.settings.printed(device.settings)


def _config_set(device: Device, data: Data) -> Answer:
    device.settings.set(data)
    return 0, {}


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        raise Rejected
    return [text_of(item) for item in value]


# --- relay, input -----------------------------------------------------------------------------


def _relay_get(device: Device, _data: Data) -> Answer:
    return 0, device.settings.under([f"{RELAY}."])


def _relay_set(device: Device, data: Data) -> Answer:
    device.settings.set(data, within=f"{RELAY}.")
    return 0, {}


def _relay_status(device: Device, _data: Data) -> Answer:
    relays = device.relays
    return 0, {
        f"Relay{letter_of(number)}": int(relays.is_open(number)) for number in relays.numbers
    }


def _relay_trig(device: Device, data: Data) -> Answer:
    number, mode = number_of(data.get("num")), number_of(data.get("mode", AUTO_CLOSE))
    level, delay = number_of(data.get("level", 0)), number_of(data.get("delay", 0))
    known = number in device.relays.numbers
    if not known or mode not in (AUTO_CLOSE, MANUAL) or level > 1 or delay > LONGEST_PULSE:
        raise Rejected
    if mode == AUTO_CLOSE:
        device.relays.pulse(number, delay)
    elif level:
        device.relays.hold(number)
    else:
        device.relays.release(number)
    return 0, {}


def _input_status(device: Device, _data: Data) -> Answer:
    return 0, {f"Input{letter_of(number)}": 0 for number in range(1, device.profile.relays + 1)}


# --- user, schedule ---------------------------------------------------------------------------


def _user_get(device: Device, data: Data) -> Answer:
    name_or_id = text_of(data.get("NameOrPerID", ""))
    rows = device.users.search(name_or_id, text_of(data.get("SourceType", "")))
    return 0, _page(rows, data)


def _user_add(device: Device, data: Data) -> Answer:
    retcode, results = _each(device.users.add, data)
    # The manual prints 1 however many rows came [D].
    return min(retcode, 1), results


def _user_set(device: Device, data: Data) -> Answer:
    return _each(device.users.replace, data)


def _user_del(device: Device, data: Data) -> Answer:
    return _each(device.users.remove, data)


def _user_clear(device: Device, _data: Data) -> Answer:
    device.users.clear()
    return 0, {}


def _schedule_get(device: Device, data: Data) -> Answer:
    return 0, _page(device.schedules.rows(), data)


def _schedule_add(device: Device, data: Data) -> Answer:
    retcode, results = _each(device.schedules.add, data)
    return min(retcode, 1), results


def _schedule_set(device: Device, data: Data) -> Answer:
    return _each(device.schedules.replace, data)


def _schedule_del(device: Device, data: Data) -> Answer:
    return _each(device.schedules.remove, data)


def _schedule_clear(device: Device, _data: Data) -> Answer:
    device.schedules.clear()
    return 0, {}


def _each(deed: Callable[[object], None], data: Data) -> Answer:
    """Do a deed to every row; the retcode is the number of rows done, -1 for none [D]."""
    results: list[dict[str, int]] = []
    for item in items_of(data):
        try:
            deed(item)
        except Rejected as refusal:
            results.append({"Ret": refusal.retcode})
        else:
            results.append({"Ret": 0})
    return sum(result["Ret"] == 0 for result in results) or -1, {"item": results}


# --- logs and lists ---------------------------------------------------------------------------


def _door_log_get(device: Device, data: Data) -> Answer:
    rows = device.log.newest_first()
    if device.fault.mode is Mode.REPEAT_LOG:
        rows = [row for row in rows for _ in range(2)]
    return 0, _page(rows, data)


def _door_log_del(device: Device, data: Data) -> Answer:
    return _each(device.log.remove, data)


def _door_log_clear(device: Device, _data: Data) -> Answer:
    device.log.clear()
    return 0, {}


def _empty_list(_device: Device, data: Data) -> Answer:
    return 0, _page([], data)


def _page(rows: Sequence[Row], data: Data) -> Data:
    """Return one page of ten rows, or everything where no page is asked for [F]."""
    shown = rows
    if "page" in data:
        page = number_of(data["page"])
        if page < 1:
            raise Rejected
        shown = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    return {"num": len(rows), "curPageNum": len(shown), "item": list(shown)}


# What GET and POST may ask, and what only POST may [G].
_READS: Mapping[tuple[str, str], Deed] = {
    ("system", "info"): _system_info,
    ("system", "status"): _system_status,
    ("system", "reboot"): _nothing,
    ("config", "get"): _config_get,
    ("relay", "get"): _relay_get,
    ("relay", "status"): _relay_status,
    ("input", "status"): _input_status,
    ("user", "get"): _user_get,
    ("schedule", "get"): _schedule_get,
    ("doorlog", "get"): _door_log_get,
    ("calllog", "get"): _empty_list,
    ("contact", "get"): _empty_list,
    ("group", "get"): _empty_list,
}
_WRITES: Mapping[tuple[str, str], Deed] = {
    ("config", "set"): _config_set,
    ("relay", "set"): _relay_set,
    _UNLOCK: _relay_trig,
    ("user", "add"): _user_add,
    ("user", "set"): _user_set,
    ("user", "del"): _user_del,
    ("user", "clear"): _user_clear,
    ("schedule", "add"): _schedule_add,
    ("schedule", "set"): _schedule_set,
    ("schedule", "del"): _schedule_del,
    ("schedule", "clear"): _schedule_clear,
    ("doorlog", "del"): _door_log_del,
    ("doorlog", "clear"): _door_log_clear,
}
