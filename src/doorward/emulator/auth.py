"""Signing in to the local API: basic and digest, as pure judgements (RFC 7616, MD5)."""

import base64
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import md5
from hmac import compare_digest

REALM = "HTTP API"
# As the oldest manual prints it [D].
MANUAL_REALM = "HTTPAPI"
QOPS = ("auth", "auth-int")
# So many wrong passwords in a row from one address, and it is refused for so long [G].
WRONG_PASSWORDS = 5
LOCK_SECONDS = 60.0
# A device has room for few of them; the oldest goes first.
NONCES_KEPT = 256

_PART = re.compile(r'([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


class Verdict(StrEnum):
    WELCOME = "welcome"
    REFUSED = "refused"
    # The password was right, but the nonce is too old or its count was used before.
    STALE = "stale"


@dataclass(frozen=True)
class Account:
    user: str
    password: str


@dataclass(frozen=True)
class Request:
    """What a digest is computed over; `uri` is the request target exactly as sent."""

    method: str
    uri: str
    body: bytes
    authorization: str
    realm: str = REALM


@dataclass
class Nonces:
    """The nonces a device has given out. Times are seconds on any steady clock."""

    lifetime: float
    _given: OrderedDict[str, float] = field(default_factory=OrderedDict)
    _counts: dict[str, int] = field(default_factory=dict)

    def give(self, nonce: str, now: float) -> None:
        """Remember a nonce that is being put into a challenge."""
        self._given[nonce] = now + self.lifetime
        while len(self._given) > NONCES_KEPT:
            oldest, _ = self._given.popitem(last=False)
            self._counts.pop(oldest, None)

    def knows(self, nonce: str) -> bool:
        return nonce in self._given

    def spend(self, nonce: str, count: int, now: float) -> bool:
        """Use up a count of a nonce; False if it has expired or the count is not a new one."""
        if now >= self._given.get(nonce, now) or count <= self._counts.get(nonce, 0):
            return False
        self._counts[nonce] = count
        return True


@dataclass
class Lockout:
    """Wrong passwords by address. Times are seconds on any steady clock."""

    _wrong: dict[str, int] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    def locked(self, address: str, now: float) -> bool:
        return now < self._until.get(address, 0.0)

    def count(self, address: str, verdict: Verdict, now: float) -> None:
        """Note what became of a password that was tried; a right one forgives the wrong ones."""
        if verdict is not Verdict.REFUSED:
            self._wrong.pop(address, None)
            return
        self._wrong[address] = self._wrong.get(address, 0) + 1
        if self._wrong[address] >= WRONG_PASSWORDS:
            self._until[address] = now + LOCK_SECONDS
            self._wrong.pop(address)


def challenge(nonce: str, opaque: str, *, stale: bool, realm: str = REALM) -> str:
    """Return the WWW-Authenticate header of a digest challenge."""
    flag = ", stale=true" if stale else ""
    return (
        f'Digest realm="{realm}", qop="{",".join(QOPS)}", algorithm=MD5, '
        f'nonce="{nonce}", opaque="{opaque}"{flag}'
    )


def basic_verdict(authorization: str, account: Account) -> Verdict:
    """Judge a basic Authorization header."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "basic":
        return Verdict.REFUSED
    try:
        given = base64.b64decode(token.strip(), validate=True)
    except ValueError:
        return Verdict.REFUSED
    wanted = f"{account.user}:{account.password}".encode()
    return Verdict.WELCOME if compare_digest(given, wanted) else Verdict.REFUSED


def digest_verdict(
    request: Request, account: Account, nonces: Nonces, opaque: str, now: float
) -> Verdict:
    """Judge a digest Authorization header, body hash included where qop is auth-int."""
    scheme, _, rest = request.authorization.partition(" ")
    parts = _parts(rest) if scheme.lower() == "digest" else {}
    if not _well_formed(parts, request, account, opaque) or not nonces.knows(parts["nonce"]):
        return Verdict.REFUSED
    if not compare_digest(parts["response"].lower(), _response(parts, request, account)):
        return Verdict.REFUSED
    spent = nonces.spend(parts["nonce"], int(parts["nc"], 16), now)
    return Verdict.WELCOME if spent else Verdict.STALE


def _parts(text: str) -> dict[str, str]:
    found = _PART.findall(text)
    return {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in found}


def _well_formed(parts: dict[str, str], request: Request, account: Account, opaque: str) -> bool:
    return (
        parts.get("username") == account.user
        and parts.get("realm") == request.realm
        and parts.get("uri") == request.uri
        and parts.get("opaque") == opaque
        and parts.get("algorithm", "MD5").upper() == "MD5"
        and parts.get("qop") in QOPS
        and bool(parts.get("cnonce"))
        and "nonce" in parts
        and re.fullmatch(r"[0-9a-fA-F]{8}", parts.get("nc", "")) is not None
        and re.fullmatch(r"[0-9a-fA-F]{32}", parts.get("response", "")) is not None
    )


def _response(parts: dict[str, str], request: Request, account: Account) -> str:
    secret = _hash_text(f"{account.user}:{request.realm}:{account.password}")
    asked = f"{request.method}:{request.uri}"
    if parts["qop"] == "auth-int":
        asked += f":{_hash(request.body)}"
    chain = (secret, parts["nonce"], parts["nc"], parts["cnonce"], parts["qop"])
    return _hash_text(":".join((*chain, _hash_text(asked))))


def _hash_text(text: str) -> str:
    # A stranger may send bytes that are no UTF-8; they are hashed as they came.
    return _hash(text.encode("utf-8", "surrogateescape"))


def _hash(text: bytes) -> str:
    # MD5 is what devices speak; nothing of ours is protected by it.
    return md5(text, usedforsecurity=False).hexdigest()
