"""What the deeds of the API share: rows done one by one, pages, and what is shown of records."""

import time
from collections.abc import Callable, Mapping, Sequence

from doorward.emulator.device import Device
from doorward.emulator.fields import items_of, number_of
from doorward.emulator.profile import Row
from doorward.emulator.quirks import Quirk
from doorward.emulator.refusal import Rejected

ROWS_A_PAGE = 10

Data = Mapping[str, object]
Answer = tuple[int, Data]
Deed = Callable[[Device, Data], Answer]
Rows = Sequence[Row]


def held(device: Device, target: str) -> object:
    """Return all that a target holds, as it is now; None for one that does not settle."""
    if settled_as(target) == "config":
        return dict(device.settings)
    return _ROWS[target](device) if target in _ROWS else None


def settled_as(target: str) -> str:
    """Return the name under which a target settles; relay/set writes settings too."""
    return "config" if target == "relay" else target


def shown_rows(device: Device, target: str) -> Rows:
    """Return the rows that a device shows, which may be those of a moment ago."""
    return device.settling.shown(target, _ROWS[target](device), time.monotonic())


def each(deed: Callable[[object], None], data: Data) -> Answer:
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


def doing(deed: Callable[[Device], Callable[[object], None]], *, adds: bool = False) -> Deed:
    """Return a write of rows; an add prints 1 however many rows came [D]."""

    def done(device: Device, data: Data) -> Answer:
        retcode, results = each(deed(device), data)
        return (min(retcode, 1) if adds else retcode), results

    return done


def clearing(deed: Callable[[Device], Callable[[], None]]) -> Deed:
    def done(device: Device, _data: Data) -> Answer:
        deed(device)()
        return 0, {}

    return done


def page(device: Device, rows: Rows, data: Data) -> Data:
    """Return one page of ten rows, or everything where no page is asked for [F]."""
    shown = rows
    if "page" in data and Quirk.PAGING_IGNORED not in device.quirks:
        number = number_of(data["page"])
        if number < 1:
            raise Rejected
        shown = rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
    return {"num": len(rows), "curPageNum": len(shown), "item": list(shown)}


_ROWS: Mapping[str, Callable[[Device], Rows]] = {
    "user": lambda device: device.users.rows(),
    "schedule": lambda device: device.schedules.rows(),
    "group": lambda device: device.groups.rows(),
    "contact": lambda device: device.contacts.rows(),
}
