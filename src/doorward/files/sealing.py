"""Bytes at rest: sealed chunk by chunk, so that a file of any size is read in little memory.

A file is a head of 36 bytes (magic, salt) and chunks of 64 KiB, each sealed with AES-256-GCM under
a key that is derived for this file alone (HKDF over the salt and the file's name). A chunk's nonce
is its place and whether it is the last one, as in the STREAM construction (Hoang, Reyhanitabar,
Rogaway, Vizár, CRYPTO 2015): a chunk that is changed, moved, left out or borrowed from another
file does not open, nor does a file that ends too early.
"""

import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
MAGIC = b"DWF1"
_SALT = 32
_HEAD = len(MAGIC) + _SALT
_TAG = 16
_SEALED_CHUNK = CHUNK + _TAG


class Damaged(Exception):
    """The bytes are not those that were sealed under this name with this key."""


class Sealer:
    """Seals what is written to it into `target`; `finish` marks the end, without which it is none.

    `name` is what the bytes belong to: under another name they do not open.
    """

    def __init__(self, target: BinaryIO, key: bytes, name: bytes) -> None:
        salt = os.urandom(_SALT)
        self._target = target
        self._cipher = _cipher(key, salt, name)
        self._waiting = bytearray()
        self._place = 0
        target.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        self._waiting += data
        # The last chunk is known only at the end, so a whole one may have to wait for it.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._place, last=last), chunk, None))
        self._place += 1


class Unsealed(io.RawIOBase):
    """Sealed bytes as they were: to read from any place, one chunk in memory at a time.

    Raise `Damaged` for what was changed, on opening for a file without its end.
    """

    def __init__(self, source: BinaryIO, key: bytes, name: bytes) -> None:
        self._source = source
        head = source.read(_HEAD)
        if len(head) < _HEAD or not head.startswith(MAGIC):
            raise Damaged("no head")
        self._cipher = _cipher(key, head[len(MAGIC) :], name)
        sealed = source.seek(0, io.SEEK_END) - _HEAD
        self._chunks = -(-sealed // _SEALED_CHUNK)
        if self._chunks == 0 or sealed - (self._chunks - 1) * _SEALED_CHUNK < _TAG:
            raise Damaged("no end")
        self.size = sealed - self._chunks * _TAG
        self._at = 0
        self._open_place = -1
        self._open = b""
        # The end first: whatever is read from then on is part of a whole file.
        self._chunk(self._chunks - 1)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        if self._at >= self.size:
            return 0
        place, offset = divmod(self._at, CHUNK)
        part = self._chunk(place)[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    def _chunk(self, place: int) -> bytes:
        if place != self._open_place:
            self._source.seek(_HEAD + place * _SEALED_CHUNK)
            sealed = self._source.read(_SEALED_CHUNK)
            try:
                nonce = _nonce(place, last=place == self._chunks - 1)
                self._open = self._cipher.decrypt(nonce, sealed, None)
            except InvalidTag as fault:
                raise Damaged(f"chunk {place}") from fault
            self._open_place = place
        return self._open


def _cipher(key: bytes, salt: bytes, name: bytes) -> AESGCM:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"doorward file " + name)
    return AESGCM(kdf.derive(key))


def _nonce(place: int, *, last: bool) -> bytes:
    return place.to_bytes(11, "big") + bytes([last])
