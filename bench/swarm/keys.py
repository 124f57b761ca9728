"""The swarm's keys: made of the connectors' ids, so that nobody has to hand them over."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def key_of(connector: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(
        hashlib.sha256(f"swarm {connector}".encode()).digest()
    )


def public_of(connector: int) -> bytes:
    return key_of(connector).public_key().public_bytes_raw()
