"""Where the bytes of files lie: one sealed file each in the data folder, named by its key.

Bytes are written before the row that names them, and go after it. So a row has its bytes at every
moment, and what a kill leaves behind are bytes without a row, which `strays` finds.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.utils.translation import gettext as _

from doorward.files.sealing import CHUNK, Damaged, Sealer, Unsealed
from doorward.kit import vault
from doorward.kit.errors import Invalid, Refused


@dataclass(frozen=True)
class Bytes:
    """What was written: under which key, how many bytes, and their SHA-256."""

    key: UUID
    size: int
    digest: bytes


class Draft(io.RawIOBase):
    """Bytes on their way to the folder; closed without `finish` they are gone.

    `limit` is the most bytes it takes; more are refused as `Invalid` at the field "file".
    """

    def __init__(self, *, limit: int | None = None) -> None:
        self.key = uuid4()
        self._limit = limit
        self._size = 0
        self._digest = hashlib.sha256()
        self._path = _drafts() / str(self.key)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._sealer = Sealer(self._file, _key(), self.key.bytes)

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | memoryview") -> int:  # type: ignore[override]
        self._size += len(data)
        if self._limit is not None and self._size > self._limit:
            raise too_large(self._limit)
        self._digest.update(data)
        return self._sealer.write(bytes(data))

    def finish(self) -> Bytes:
        """Put the bytes into their place; they are on disk when this returns."""
        self._sealer.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        place = path_of(self.key)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.rename(place)
        _sync(place.parent)
        self.close()
        return Bytes(self.key, self._size, self._digest.digest())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self._path.unlink(missing_ok=True)
        super().close()


def write(content: Iterable[bytes], *, limit: int | None = None) -> Bytes:
    """Put bytes into the folder, sealed; raise `Invalid` where they are more than `limit`."""
    with Draft(limit=limit) as draft:
        for part in content:
            draft.write(part)
        return draft.finish()


def read(key: UUID) -> BinaryIO:
    """Open bytes to read from any place; raise `Refused` where they are gone or damaged."""
    try:
        return io.BufferedReader(_unsealed(key), CHUNK)
    except (FileNotFoundError, Damaged) as fault:
        raise unreadable() from fault


def remove(key: UUID) -> None:
    path_of(key).unlink(missing_ok=True)


def scratch() -> BinaryIO:
    """Return a file without a name, which is gone once it is closed; seal what goes into it."""
    return tempfile.TemporaryFile(dir=_drafts())


def strays(before: datetime) -> Iterator[UUID]:
    """Yield the keys of bytes that were written before a time; drafts that old are removed."""
    for path in _drafts().iterdir():
        if _is_older(path, before):
            path.unlink(missing_ok=True)
    for path in _root().glob("??/*"):
        key = _key_of(path)
        if key is not None and _is_older(path, before):
            yield key


def path_of(key: UUID) -> Path:
    return _root() / key.hex[:2] / str(key)


def too_large(limit: int) -> Invalid:
    message = _("This file is too large: at most %(limit)d MB are taken. Send a smaller one.")
    return Invalid({"file": message % {"limit": limit >> 20}})


def unreadable() -> Refused:
    return Refused(
        "file.unreadable",
        _("This file cannot be read any more: it is gone or was damaged. Make or send it anew."),
    )


def _unsealed(key: UUID) -> Unsealed:
    source = path_of(key).open("rb")
    try:
        return Unsealed(source, _key(), key.bytes)
    except BaseException:
        source.close()
        raise


def _key_of(path: Path) -> UUID | None:
    """Return whose bytes lie there, or None where it is nothing of ours."""
    try:
        return UUID(path.name)
    except ValueError:
        return None


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _root() -> Path:
    root: Path = settings.FILES_FOLDER
    return root


def _drafts() -> Path:
    drafts: Path = settings.DRAFTS_FOLDER
    drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
    return drafts


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _key() -> bytes:
    return vault.derive("files")
