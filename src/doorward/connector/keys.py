"""The connector's own key pair, made on site; the private half never leaves the folder."""

import base64
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorward.protocols.link import frames


def own_key(path: Path) -> Ed25519PrivateKey:
    """Return the key in the file, made first where there is none; raise `ValueError` on another."""
    if not path.exists():
        write_secret(path, _pem(Ed25519PrivateKey.generate()))
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")
    return key


def public_text(key: Ed25519PrivateKey) -> str:
    return base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode()


def prove(key: Ed25519PrivateKey, connector: str, nonce: str) -> frames.Proof:
    signature = key.sign(frames.proof_message(connector, nonce))
    return frames.Proof(signature=base64.urlsafe_b64encode(signature).decode())


def write_secret(path: Path, secret: bytes) -> None:
    """Write a file only its owner can read, whole or not at all, and durably."""
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
