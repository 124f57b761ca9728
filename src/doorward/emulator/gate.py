"""Who may come in: what a device's mode, accounts and white list make of a caller."""

import secrets
import time
from dataclasses import dataclass

from doorward.emulator.auth import (
    MANUAL_REALM,
    REALM,
    Account,
    Lockout,
    Request,
    Verdict,
    basic_verdict,
    challenge,
    digest_verdict,
)
from doorward.emulator.device import Device
from doorward.emulator.quirks import Quirk

WHITELIST = "2"
_BASIC = ("1", "5")
_DIGEST = ("3", "4", "5")


@dataclass(frozen=True)
class Turned:
    """A caller who is turned away, with the challenges for another try, if there may be one."""

    status: int
    challenges: tuple[str, ...] = ()


class Gate:
    def __init__(self, device: Device) -> None:
        self._device = device
        self._lockout = Lockout()

    @property
    def realm(self) -> str:
        return MANUAL_REALM if Quirk.MANUAL_REALM in self._device.quirks else REALM

    def turns_away(self, request: Request, address: str) -> Turned | None:
        """Judge a caller of the API; None is welcome."""
        device = self._device
        mode = device.auth_mode
        if not device.api_enabled:
            return Turned(403)
        if mode == WHITELIST:
            return None if device.whitelists(address) else Turned(403)
        if mode not in (*_BASIC, *_DIGEST):
            return None
        return self._judged(
            request, address, device.account, basic=mode in _BASIC, digest=mode in _DIGEST
        )

    def turns_away_from_doors(self, request: Request, address: str) -> Turned | None:
        """Judge who would open by HTTP in the new form; its account is none of the API's."""
        account = self._device.relay_account
        if account is None:
            return Turned(503)
        return self._judged(request, address, account, basic=False, digest=True)

    def _judged(
        self, request: Request, address: str, account: Account, *, basic: bool, digest: bool
    ) -> Turned | None:
        now = time.monotonic()
        locks = Quirk.LOCKS_OUT in self._device.quirks
        if locks and self._lockout.locked(address, now):
            return Turned(403)
        verdict = Verdict.REFUSED
        if basic and Quirk.BASIC_BROKEN not in self._device.quirks:
            verdict = basic_verdict(request.authorization, account)
        if digest and verdict is not Verdict.WELCOME:
            nonces, opaque = self._device.nonces, self._device.opaque
            verdict = digest_verdict(request, account, nonces, opaque, now)
        if locks and request.authorization:
            self._lockout.count(address, verdict, now)
        if verdict is Verdict.WELCOME:
            return None
        return Turned(401, self._challenges(verdict, basic=basic, digest=digest))

    def _challenges(self, verdict: Verdict, *, basic: bool, digest: bool) -> tuple[str, ...]:
        offered = []
        if digest:
            nonce = secrets.token_hex(16)
            self._device.nonces.give(nonce, time.monotonic())
            stale = verdict is Verdict.STALE
            offered.append(challenge(nonce, self._device.opaque, stale=stale, realm=self.realm))
        if basic:
            offered.append(f'Basic realm="{self.realm}"')
        return tuple(offered)
