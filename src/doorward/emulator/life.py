"""What happens to a device in the course of its life: resets, swaps, hands at its web page."""

import secrets
from datetime import timedelta

from doorward.emulator.device import Device
from doorward.emulator.factory import API
from doorward.emulator.fault import Fault
from doorward.emulator.profile import AUTH_MODES, Row
from doorward.emulator.quirks import Quirk
from doorward.emulator.refusal import Rejected
from doorward.emulator.store import ALL, Change

# What the vendor prints in its manual [D].
FACTORY_ACCOUNT = ("admin", "httpapi")
# Prefixes of the vendor's MACs [F].
PREFIX = "0C1105"

_FORGOTTEN = ("schedules", "groups", "contacts", "log", "calls", "counters", "backup")


def factory_reset(device: Device, *, locked: bool = False) -> None:
    """Forget people, schedules, settings and logs; pulses ever given are still counted.

    The account stays the spec's, so that a test can go on; a `locked` device has the vendor's
    own account and an empty white list, as it comes out of its box.
    """
    device.users.clear()
    device.settings.reset()
    device.store.commit(Change(table, ALL, None) for table in _FORGOTTEN)
    device.own_clock.set_skew(timedelta())
    device.fault = Fault()
    if locked:
        user, password = FACTORY_ACCOUNT
        device.settings.put(
            {
                f"{API}.AuthMode": AUTH_MODES["whitelist"],
                f"{API}.UserName": user,
                f"{API}.Password": password,
            }
        )
    device.boot()


def replace(device: Device, mac: str, *, locked: bool = False) -> None:
    """Hang a factory-fresh device of the same model in the place of this one."""
    factory_reset(device, locked=locked)
    device.store.commit(
        [
            Change("facts", "identity", {"mac": mac or f"{PREFIX}{secrets.token_hex(3).upper()}"}),
            Change("relays", ALL, None),
        ]
    )


def rebooted(device: Device) -> None:
    """Come back from a restart that was meant: what was set is saved."""
    device.settings.save()
    if Quirk.LOG_IDS_RESTART in device.quirks:
        device.log.clear()
    device.boot()


def lose_power(device: Device) -> None:
    """Lose what was not saved yet."""
    device.settings.lose_unsaved(device.save_seconds)
    device.drop()


def back_up(device: Device) -> int:
    """Keep a copy of the people, as an administrator exports them; return how many."""
    rows = device.users.rows()
    device.store.commit([Change("backup", ALL, None)])
    device.store.commit(Change("backup", row["ID"], row) for row in rows)
    return len(rows)


def restore(device: Device) -> int:
    """Put the copy back over what is there now; return how many. Raise Rejected without one."""
    rows = list(device.store.table("backup").values())
    if not rows:
        raise Rejected("no backup")
    device.users.put_back(rows)
    return len(rows)


def added_at_the_web_page(device: Device, fields: Row) -> Row:
    """Let somebody at the device's own web page add a person; return the row."""
    number = str(len(device.users) + 1)
    usual = {
        "UserID": f"local-{secrets.token_hex(2)}",
        "Name": f"Locally Added {number}",
        "CardCode": secrets.token_hex(4).upper(),
        "ScheduleRelay": "1001-1;",
    }
    device.users.add(usual | fields)
    return device.users.rows()[-1]


def changed_at_the_web_page(device: Device, user_id: str, fields: Row) -> Row:
    """Let somebody change a person, by UserID or else the first; return the row as it is now."""
    row = _person(device, user_id)
    fields = fields or {"Name": f"{row['Name']} (changed)"[:63]}
    device.users.replace(row | fields)
    return next(one for one in device.users.rows() if one["ID"] == row["ID"])


def removed_at_the_web_page(device: Device, user_id: str) -> Row:
    """Let somebody remove a person, by UserID or else the first; return the row that was."""
    row = _person(device, user_id)
    device.users.remove({"ID": row["ID"]})
    return row


def _person(device: Device, user_id: str) -> Row:
    for row in device.users.rows():
        if not user_id or row["UserID"] == user_id:
            return row
    raise Rejected("no such person")
