"""Opening by HTTP without the API: the older and the newer form, and their return codes."""

import re
from urllib.parse import quote

from doorward.protocols.akuvox.local_api import Garbled

# Firmware of this third number and above wants the newer form, signed in to by digest [D].
_NEW_FORM_BRANCH = 10
_RESULT = re.compile(rb"""hcSingleResult["'][^>]{0,200}?value\s*=\s*["']?\s*(-?[0-9]{1,4})\b""")

DONE = 0
WRONG_ACCOUNT = -1
SWITCHED_OFF = -3
NOT_SAFE = -4


def wants_new_form(firmware: str) -> bool:
    """Tell which form a firmware such as 320.30.11.63 wants."""
    numbers = firmware.split(".")
    branch = numbers[2] if len(numbers) > 2 else ""
    return branch.isascii() and branch.isdigit() and int(branch[:9]) >= _NEW_FORM_BRANCH


def new_form(relay: int) -> str:
    """Return the path that opens a relay for whoever signs in by digest."""
    return f"/fcgi/OpenDoor?action=OpenDoor&DoorNum={relay}"


def old_form(relay: int, user: str, password: str) -> str:
    """Return the path that opens a relay, with the account in it: it is a secret."""
    account = f"UserName={quote(user, safe='')}&Password={quote(password, safe='')}"
    return f"/fcgi/do?action=OpenDoor&{account}&DoorNum={relay}"


def result(body: bytes) -> int:
    """Return the code in the page; raise `Garbled` where there is none."""
    found = _RESULT.search(body)
    if found is None:
        raise Garbled("a page without a result")
    return int(found[1])
