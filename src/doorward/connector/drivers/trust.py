"""Whose certificate a device shows: the first that is seen is trusted, another one never."""

import asyncio
import hashlib
import ssl
import warnings

import aiohttp
from yarl import URL

from doorward.connector.driver import DeviceFault
from doorward.protocols.neutral import Assignment, Finding, FindingCode, Problem

_SECONDS = 4.0
# OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT, which Python names from 3.12.
_LEGACY_SERVER_CONNECT = 0x4


class Trust:
    """One for all the clients of a device. Nobody signs what devices show, so it is pinned."""

    def __init__(self, assignment: Assignment) -> None:
        self._legacy = assignment.legacy_tls
        self.context = _context(legacy=self._legacy)
        # SHA-256 in hex, empty until one was seen.
        self.fingerprint = assignment.certificate.replace(":", "").casefold()

    def pinned(self) -> aiohttp.Fingerprint:
        return aiohttp.Fingerprint(bytes.fromhex(self.fingerprint))

    async def learn(self, place: URL) -> None:
        """Take the certificate that is shown there now, unless one is trusted already."""
        if self.fingerprint:
            return
        try:
            async with asyncio.timeout(_SECONDS):
                _, writer = await asyncio.open_connection(place.host, place.port, ssl=self.context)
        except (ssl.SSLError, ConnectionResetError) as refusal:
            raise self._no_tls() from refusal
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        self.fingerprint = hashlib.sha256(shown or b"").hexdigest()

    def objection(self, refusal: Exception) -> DeviceFault | None:
        """Return what a failed handshake means, None where it was none."""
        if isinstance(refusal, aiohttp.ServerFingerprintMismatch):
            finding = Finding(FindingCode.CERTIFICATE_CHANGED, (refusal.got.hex(),))
            return DeviceFault(Problem.GARBLED, "another certificate", finding=finding)
        if not isinstance(refusal, ssl.SSLError | aiohttp.ClientSSLError):
            return None
        return self._no_tls()

    def _no_tls(self) -> DeviceFault:
        older = None if self._legacy else Finding(FindingCode.LEGACY_TLS)
        return DeviceFault(Problem.GARBLED, "no TLS in common", finding=older)


def _context(*, legacy: bool) -> ssl.SSLContext:
    """Return a context that verifies no names and no signatures: the pin does that."""
    # Not the default one: that reads all authorities there are, each time, for nothing.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if legacy:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= _LEGACY_SERVER_CONNECT
        with warnings.catch_warnings():
            # Long gone, and asked for by name.
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
    return context
