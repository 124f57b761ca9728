"""Secrets at rest: sealed with a key from outside the database, found again by keyed hash."""

import base64
import hashlib
import hmac
import os
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from doorward.kit.env import MASTER_KEY_FILE, EnvironmentFault

# What was sealed with AES-256-GCM begins so, then come 12 bytes of nonce.
_GCM = b"\x01"
_BEGIN = 13
_BLOCK = 16


class WrongKey(ValueError):
    """Sealed with another installation's key, or altered since."""


def seal(secret: str) -> bytes:
    nonce, text = os.urandom(_BEGIN - 1), secret.encode()
    # Padded as in PKCS #7: what is sealed does not tell how long a PIN is.
    missing = _BLOCK - len(text) % _BLOCK
    return _GCM + nonce + _cipher().encrypt(nonce, text + bytes([missing]) * missing, None)


def unseal(sealed: bytes) -> str:
    """Return what was sealed; raise `WrongKey`."""
    sealed = bytes(sealed)
    try:
        if sealed.startswith(_GCM):
            text = _cipher().decrypt(sealed[1:_BEGIN], sealed[_BEGIN:], None)
            return text[: -text[-1]].decode()
        # As it was sealed before: with a token of Fernet, which takes eight times as long to open.
        return _fernet().decrypt(sealed).decode()
    except (InvalidTag, InvalidToken, ValueError) as fault:
        raise WrongKey from fault


def seal_text(secret: str) -> str:
    """Seal for where only text can be kept."""
    return base64.urlsafe_b64encode(seal(secret)).decode()


def unseal_text(sealed: str) -> str:
    """Return what was sealed as text; raise `WrongKey`."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
    except ValueError as fault:
        raise WrongKey from fault
    return unseal(raw if raw.startswith(_GCM) else sealed.encode())


def lookup_hash(purpose: str, value: str) -> bytes:
    """Return 32 bytes that find a secret again without telling it."""
    return hmac.new(derive(f"lookup:{purpose}"), value.encode(), hashlib.sha256).digest()


def cache_key(key: str, prefix: str, version: int) -> str:
    """Return what a thing is cached under: nothing that can be read back."""
    return lookup_hash("cache", f"{prefix}:{version}:{key}").hex()


@cache
def derive(purpose: str) -> bytes:
    """Return a 32-byte key for one purpose, derived from the master key."""
    return derive_from(settings.MASTER_KEY, purpose)


def derive_from(master: bytes, purpose: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"doorward:{purpose}".encode())
    return kdf.derive(master)


def read_master_key(file: Path) -> bytes:
    """Return the master key; the file holds it as one line of base64."""
    try:
        return base64.b64decode(file.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError) as fault:
        raise EnvironmentFault(
            f"The master key cannot be read from {file} ({fault}): see that {MASTER_KEY_FILE} "
            "names it. For a new installation make one, once, with "
            f"`head -c 32 /dev/urandom | base64 >{file}`."
        ) from fault


@cache
def _cipher() -> AESGCM:
    return AESGCM(derive("seal with AES-GCM"))


@cache
def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive("seal")))
