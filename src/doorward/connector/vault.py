"""Seals what must not lie on disk in clear: passwords, cards, names."""

import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from doorward.connector.keys import write_secret

_NONCE_BYTES = 12


class Vault:
    """AES-256-GCM under a key that lies beside the spool, readable only to its owner."""

    def __init__(self, path: Path) -> None:
        """Take the key in the file, made first where there is none."""
        if not path.exists():
            write_secret(path, os.urandom(32))
        key = path.read_bytes()
        self._seal = AESGCM(key)
        self._mark = hashlib.sha256(b"doorward-mark" + key).digest()

    def seal(self, text: str) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Return what was sealed; raise `ValueError` where another key sealed it."""
        try:
            return self._seal.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()
        except InvalidTag as refusal:
            raise ValueError("sealed with another key") from refusal

    def mark(self, text: str) -> bytes:
        """Return a keyed hash, by which a secret is found again without being kept."""
        return hmac.digest(self._mark, text.encode(), "sha256")[:16]
