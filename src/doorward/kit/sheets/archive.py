"""A zip file opened with care: what it claims is checked, what it gives is counted."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from doorward.kit.sheets.faults import Unreadable, damaged, too_large

# A workbook of 20,000 rows and 30 columns unpacks to about 40 MB; this leaves room for as much
# formatting again and again, and is read in a few seconds.
MAX_UNPACKED = 200 * 1024 * 1024
_MAX_ENTRIES = 500
_MAX_DIRECTORY = 256 * 1024
_CHUNK = 64 * 1024

# The end of a zip's directory and its longest comment (APPNOTE.TXT 4.3.16).
_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_ENCRYPTED = 0x1
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_BREAKAGE = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError)


class Archive:
    """The parts of a zip file; nothing is ever written anywhere by their names."""

    def __init__(self, file: BinaryIO) -> None:
        _check_directory(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (*_BREAKAGE, ValueError, UnicodeDecodeError) as breakage:
            raise damaged() from breakage
        self.names = frozenset(self._zip.namelist())
        self._left = MAX_UNPACKED
        _check_entries(self._zip.infolist())

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part's bytes; raise `Unreadable` once all parts together are too many."""
        if name not in self.names:
            raise damaged()
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise too_large()
                    yield chunk
        except (*_BREAKAGE, RuntimeError) as breakage:
            raise damaged() from breakage

    def beginning(self, name: str) -> bytes:
        """Return some first bytes of a part, none where there is no such part."""
        return next(self.chunks(name), b"") if name in self.names else b""


def _check_directory(file: BinaryIO) -> None:
    """Bound the directory before it is read: it costs memory for every entry."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_SIZE - _LONGEST_COMMENT))
    tail = file.read()
    file.seek(0)
    place = len(tail) - _END_SIZE
    if tail[place:].startswith(_END) and tail.endswith(b"\0\0"):
        found = place
    else:
        found = tail.rfind(_END)
    if found < 0 or len(tail) - found < _END_SIZE:
        raise damaged()
    entries, length = struct.unpack_from("<10xHL", tail, found)
    if entries > _MAX_ENTRIES or length > _MAX_DIRECTORY:
        raise too_large()


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise too_large()
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        message = _("The file is locked with a password. Save it without one and try again.")
        raise Unreadable("sheet.encrypted", message)
    names = [entry.filename for entry in entries]
    strange = any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names)
    packed = any(entry.compress_type not in _METHODS for entry in entries)
    if strange or packed or len(set(names)) < len(names):
        raise damaged()
