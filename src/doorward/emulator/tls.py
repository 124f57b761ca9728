"""TLS as devices have it: a certificate nobody signed, and on old ones a protocol long gone."""

import ssl
import warnings
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from doorward.emulator.device import utc_now

LEGACY = "legacy"
_BITS = {LEGACY: 1024}
_FILE = "web.pem"


def server_context(folder: Path, kind: str) -> ssl.SSLContext:
    """Return a context with the device's own certificate, made at its first start.

    A legacy device speaks TLS 1.0 only, with a short key [F].
    """
    path = folder / _FILE
    if not path.exists():
        path.write_bytes(_certificate(_BITS.get(kind, 2048)))
        path.chmod(0o600)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if kind == LEGACY:
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            # Long gone is what it is meant to be.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
    context.load_cert_chain(path)
    return context


def _certificate(bits: int) -> bytes:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Akuvox")])
    now = utc_now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=365))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)
