"""The older web page's own sign-in and its form for the API, as an X916 has them [F].

It is how an owner gets back in when the API lets nobody in, and the third of three accounts.
"""

import base64
import binascii
import re
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from hmac import compare_digest
from html import escape

from doorward.emulator.device import Device
from doorward.emulator.factory import API

SIGN_IN = ["1"]
API_FORM = ["130", "16"]
# A device has room for few of them; the oldest goes first [G].
KEPT = 8

# How the page's own script writes what would break a form.
_ESCAPED = dict(
    zip("ABCDEFGHIJK", ("`", "&", "=", " ", "\r\n", "'", "%", "/", "$", "#", "+"), strict=True)
)
_ESCAPE = re.compile("`([A-K])")
_ADDRESSES = {f"IP_0{number}": f"{API}.WhiteListIP0{number}" for number in range(1, 6)}
# Fields of the form, and the settings behind them.
FIELDS: Mapping[str, str] = {
    "Enable": f"{API}.Enable",
    "AuthMode": f"{API}.AuthMode",
    "UserName": f"{API}.UserName",
    "Password": f"{API}.Password",
    **_ADDRESSES,
}


class WebPage:
    """Answers as pages of hidden fields. Sessions and nonces end with a restart."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._nonces: deque[str] = deque(maxlen=KEPT)
        self._sessions: deque[str] = deque(maxlen=KEPT)

    def forget(self) -> None:
        self._nonces.clear()
        self._sessions.clear()

    def nonce(self) -> str:
        """Return a page with the nonce that the next password is joined to."""
        self._nonces.append(secrets.token_hex(16))
        return _hidden({"hcRandom": self._nonces[-1]})

    def shown(self, page: Sequence[str], session: str) -> str:
        """Return a page; without a session all are empty."""
        if list(page) != API_FORM or session not in self._sessions:
            return _hidden({"hcSessionIdNow": ""})
        values = {f"hc{field}": self._device.settings[key] for field, key in FIELDS.items()}
        # Nobody reads a password back; that there is one can be seen.
        return _hidden(values | {"hcPassword": "******" if values["hcPassword"] else ""})

    def sent(self, page: Sequence[str], form: str, session: str) -> str:
        """Take what a form sends; return the page that comes of it."""
        fields = fields_of(form)
        if list(page) == SIGN_IN and fields.get("Operation") == "CreateSession":
            return _hidden({"hcSessionIdNow": self._session(fields)})
        known = list(page) == API_FORM and session in self._sessions
        if known and fields.get("Operation") == "Submit":
            self._submit(fields)
        return self.shown(page, session)

    def _session(self, fields: Mapping[str, str]) -> str:
        """Return a session for the right name and password, else nothing."""
        settings = self._device.settings
        user = settings["Config.Settings.WEB_LOGIN.User"]
        password = settings["Config.Settings.WEB_LOGIN.Password"]
        given = _from_base64(fields.get("Password", ""))
        nonce = next((one for one in self._nonces if given.startswith(one)), None)
        wanted = f"{user}\n{nonce}{password}"
        if nonce is None or not compare_digest(
            _bytes(f"{fields.get('UserName', '')}\n{given}"), _bytes(wanted)
        ):
            return ""
        self._nonces.remove(nonce)
        self._sessions.append(secrets.token_hex(16))
        return self._sessions[-1]

    def _submit(self, fields: Mapping[str, str]) -> None:
        wanted = {
            key: fields[f"c{field}"] for field, key in FIELDS.items() if f"c{field}" in fields
        }
        if FIELDS["Password"] in wanted:
            wanted[FIELDS["Password"]] = _from_base64(wanted[FIELDS["Password"]])
        self._device.settings.put(wanted)
        self._device.store.sync()


def fields_of(form: str) -> dict[str, str]:
    """Read what the page's script sends: `begin&name=value&…&SubmitData=end`, escaped."""
    pairs = (part.partition("=") for part in form.split("&") if "=" in part)
    return {name: _ESCAPE.sub(lambda one: _ESCAPED[one[1]], value) for name, _, value in pairs}


def _hidden(fields: Mapping[str, str]) -> str:
    inputs = (f"<input id={name} type=hidden value='{escape(fields[name])}'>" for name in fields)
    return f"<html><body>{''.join(inputs)}</body></html>"


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (ValueError, binascii.Error):
        return ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
