"""What connectors find to be mended about devices, as sentences with the mend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from doorward.protocols.neutral import AuthMode, CapabilityProfile, FindingCode
from doorward.protocols.neutral import Finding as Told
from doorward.protocols.wire import WireError, unpack

# What a connector may say of one device: more would be a device gone mad.
_MOST, _FACTS, _LENGTH = 16, 4, 200

# What needs somebody though the device works; the others come with a problem or are as they are.
NEEDY = (FindingCode.OPEN_API, FindingCode.NO_WAY_TO_OPEN, FindingCode.ACTION_URL_TAKEN)
_QUIET = frozenset({FindingCode.HTTPS_ONLY, FindingCode.SELF_SIGNED})


@dataclass(frozen=True)
class Finding:
    """One finding. `level` is as in <c-notice>; `message` says what to do."""

    code: str
    facts: tuple[str, ...]
    level: str
    title: str
    message: str

    @property
    def is_quiet(self) -> bool:
        """True for what is only worth knowing."""
        return self.code in _QUIET


# Any: rows of a JSON column.
def kept(told: Iterable[Told]) -> list[dict[str, Any]]:
    """Return findings as a device's row keeps them."""
    return [
        {"code": one.code[:32], "facts": [fact[:_LENGTH] for fact in one.facts[:_FACTS]]}
        for one in list(told)[:_MOST]
    ]


def shown(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """Return what a device's row keeps, in words of today's language."""
    return [_worded(str(row["code"]), tuple(map(str, row["facts"]))) for row in rows]


def advice(rows: Sequence[Mapping[str, Any]], otherwise: str) -> str:
    """Return the mend of what was found, or what is said where nothing was."""
    loud = [one.message for one in shown(rows) if not one.is_quiet]
    return loud[0] if loud else otherwise


def title_of(code: str) -> str:
    """Return a finding's title alone."""
    return _worded(code, ()).title


def profile_of(kept_profile: object) -> CapabilityProfile | None:
    """Return the profile that a device's row keeps, None where there is none."""
    try:
        return unpack(CapabilityProfile, kept_profile)
    except WireError:
        return None


def _worded(code: str, facts: tuple[str, ...]) -> Finding:
    level, title, mend = _WORDS.get(code, _LATER)
    fact = {"fact": _SIGN_INS.get(facts[0], facts[0]) if facts else _("the connector's address")}
    return Finding(code, facts, level, str(title) % {"code": code}, str(mend) % fact)


_SIGN_INS = {AuthMode.BASIC.value: "Basic", AuthMode.DIGEST.value: "Digest"}
# Level, title and mend by code.
_WORDS = {
    FindingCode.SHUT_OUT.value: (
        "bad",
        _lazy("The device's HTTP API does not let the connector in"),
        _lazy(
            "It is off, or in white-list mode with a list that lacks the connector; an empty list "
            "refuses everybody. On the device's web page, under Security, HTTP API: switch it on "
            "and choose Digest, or add %(fact)s to the white list."
        ),
    ),
    FindingCode.API_MISSING.value: (
        "bad",
        _lazy("What answers there has no HTTP API"),
        _lazy(
            "Check the address. If it is the device's, switch its HTTP API on, or bring its "
            "firmware up to date."
        ),
    ),
    FindingCode.WRONG_PASSWORD.value: (
        "bad",
        _lazy("The device refuses the API account"),
        _lazy(
            "It asks for %(fact)s sign-in and does not take this user and password. Enter the "
            "account from Security, HTTP API; it is another one than for the web page."
        ),
    ),
    FindingCode.LOCKED_OUT.value: (
        "bad",
        _lazy("The device is locked after wrong passwords"),
        _lazy(
            "It refuses %(fact)s for a while. Correct the API password here first; the lock ends "
            "by itself, or with a restart of the device."
        ),
    ),
    FindingCode.OPEN_API.value: (
        "warn",
        _lazy("Anybody on its network can open the device's doors"),
        _lazy(
            "Its HTTP API asks for no password: the mode is None. Choose Digest on the device "
            "under Security, HTTP API, then enter the account here."
        ),
    ),
    FindingCode.NO_WAY_TO_OPEN.value: (
        "warn",
        _lazy("Its doors cannot be opened from here"),
        _lazy(
            "The firmware refuses to move relays by the API. Switch on Open Relay via HTTP on the "
            "device and enter that account here."
        ),
    ),
    FindingCode.ACTION_URL_TAKEN.value: (
        "warn",
        _lazy("Some of its alarms go elsewhere"),
        _lazy(
            "Its action URLs already call another system, which is left as it is: %(fact)s. On the "
            "device's web page, under Setting, Action URL, empty those; its connector then fills "
            "them within the hour."
        ),
    ),
    FindingCode.HTTPS_ONLY.value: (
        "info",
        _lazy("The device speaks HTTPS only"),
        _lazy("Nothing needs to be done: its connector follows."),
    ),
    FindingCode.SELF_SIGNED.value: (
        "info",
        _lazy("Nobody vouches for the device's certificate"),
        _lazy("The connector trusts the one that it saw first, and no other: %(fact)s"),
    ),
    FindingCode.CERTIFICATE_CHANGED.value: (
        "bad",
        _lazy("The device shows another certificate than before"),
        _lazy(
            "It is told nothing, because somebody may stand in between. If it was reset or "
            "replaced, enter the new fingerprint in its form: %(fact)s"
        ),
    ),
    FindingCode.LEGACY_TLS.value: (
        "bad",
        _lazy("The device speaks only an old TLS"),
        _lazy(
            "Bring its firmware up to date. Where there is none, allow the old TLS in its form: "
            "others on its network may then read along."
        ),
    ),
}
# A connector may know more than we do.
_LATER = ("info", _lazy("The connector reports %(code)s"), "")
