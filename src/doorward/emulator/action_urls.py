"""Action URLs: what a device calls when something happens, fire and forget."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from doorward.emulator.factory import EVENT

ENABLED = f"{EVENT}Enable"
METHOD = f"{EVENT}Method"

# Variables of action URLs that have nothing to say unless an event says it [D].
UNSAID = (
    *("active_url", "active_user", "active_host", "local", "remote", "display_local"),
    *("display_remote", "call_id", "card_sn", "code", "qrcode", "userid", "user_name", "schedule"),
)

_VARIABLE = re.compile(r"\$([A-Za-z0-9_]+)")


@dataclass(frozen=True)
class HookCall:
    """One call to make; nobody waits for what comes of it."""

    event: str
    method: str
    url: str


Send = Callable[[HookCall], None]


def substituted(template: str, facts: Mapping[str, str]) -> str:
    """Put facts in the place of the `$variables`, in path and query alike [D].

    Values are percent-encoded [G]; a variable the device does not know stays as it is typed [G].
    """

    def value(found: re.Match[str]) -> str:
        known = facts.get(found[1])
        return found[0] if known is None else quote(known, safe="", errors="replace")

    return _VARIABLE.sub(value, template)


def hook_call(settings: Mapping[str, str], event: str, facts: Mapping[str, str]) -> HookCall | None:
    """Return the call that an event makes, None where the model or the settings have none."""
    template = settings.get(f"{EVENT}{event}", "")
    if settings.get(ENABLED) != "1" or not template.lower().startswith(("http://", "https://")):
        return None
    # An empty method is GET [D].
    method = "POST" if settings.get(METHOD, "").strip().upper() in ("POST", "1") else "GET"
    return HookCall(event, method, substituted(template, facts))
