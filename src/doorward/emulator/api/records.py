"""People, schedules, contacts and groups."""

from collections.abc import Mapping

from doorward.emulator.api.deeds import Answer, Data, Deed, clearing, doing, page, shown_rows
from doorward.emulator.device import Device
from doorward.emulator.fields import text_of
from doorward.emulator.roster import found_in

KEPT_AS = "ScheduleRelay"


def _user_get(device: Device, data: Data) -> Answer:
    name_or_id = text_of(data.get("NameOrPerID", ""))
    source_type = text_of(data.get("SourceType", ""))
    found = found_in(shown_rows(device, "user"), name_or_id, source_type)
    name = device.profile.user_schedule
    if name != KEPT_AS:
        # The model has another name for a person's schedules.
        found = [{(name if key == KEPT_AS else key): row[key] for key in row} for row in found]
    return 0, page(device, found, data)


def _rows(target: str) -> Deed:
    return lambda device, data: (0, page(device, shown_rows(device, target), data))


READS: Mapping[tuple[str, str], Deed] = {
    ("user", "get"): _user_get,
    ("schedule", "get"): _rows("schedule"),
    ("contact", "get"): _rows("contact"),
    ("group", "get"): _rows("group"),
}
WRITES: Mapping[tuple[str, str], Deed] = {
    ("user", "add"): doing(lambda device: device.users.add, adds=True),
    ("user", "set"): doing(lambda device: device.users.replace),
    ("user", "del"): doing(lambda device: device.users.remove),
    ("user", "clear"): clearing(lambda device: device.users.clear),
    ("schedule", "add"): doing(lambda device: device.schedules.add, adds=True),
    ("schedule", "set"): doing(lambda device: device.schedules.replace),
    ("schedule", "del"): doing(lambda device: device.schedules.remove),
    ("schedule", "clear"): clearing(lambda device: device.schedules.clear),
    ("contact", "add"): doing(lambda device: device.contacts.add, adds=True),
    ("contact", "set"): doing(lambda device: device.contacts.replace),
    ("contact", "del"): doing(lambda device: device.contacts.remove),
    ("contact", "clear"): clearing(lambda device: device.contacts.clear),
    ("group", "add"): doing(lambda device: device.groups.add, adds=True),
    ("group", "set"): doing(lambda device: device.groups.replace),
    ("group", "del"): doing(lambda device: device.groups.remove),
    ("group", "clear"): clearing(lambda device: device.groups.clear),
}
