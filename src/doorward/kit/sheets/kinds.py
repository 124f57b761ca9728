"""What a file is, by its first bytes and not by its name."""

from typing import BinaryIO

from django.utils.translation import gettext as _

from doorward.kit.sheets.archive import Archive
from doorward.kit.sheets.faults import Unreadable

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOOKED_AT = 64 * 1024

# By first bytes: what people call it (each format's own specification).
_OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"{\\rtf", "RTF"),
    (b"PK\x05\x06", "ZIP"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
)


def workbook_in(file: BinaryIO) -> Archive | None:
    """Return the workbook that a file is, None for plain text; raise `Unreadable` otherwise."""
    file.seek(0)
    beginning = file.read(_LOOKED_AT)
    file.seek(0)
    if not beginning.strip():
        message = _("The file is empty. Fill in the template and choose it again.")
        raise Unreadable("sheet.empty", message)
    if beginning.startswith(_ZIP):
        return _workbook(Archive(file))
    if beginning.startswith(_COMPOUND):
        raise _compound(beginning)
    for magic, name in _OTHERS:
        if beginning.startswith(magic):
            raise _other(name)
    _refuse_markup(beginning)
    return None


def _workbook(archive: Archive) -> Archive:
    if "xl/workbook.bin" in archive.names:
        raise _other("XLSB")
    mimetype = archive.beginning("mimetype")
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise _other("OpenDocument (.ods)")
    if mimetype.startswith(b"application/vnd.oasis.opendocument"):
        raise _other("OpenDocument")
    if any(name.startswith("word/") for name in archive.names):
        raise _other("Word (.docx)")
    if any(name.startswith("ppt/") for name in archive.names):
        raise _other("PowerPoint (.pptx)")
    if "[Content_Types].xml" not in archive.names:
        raise _other("ZIP")
    return archive


def _compound(beginning: bytes) -> Unreadable:
    """Tell the old formats apart by the names in their directory ([MS-CFB] 2.6, UTF-16)."""
    if "EncryptedPackage".encode("utf-16-le") in beginning:
        message = _("The workbook is locked with a password. Save it without one and try again.")
        return Unreadable("sheet.encrypted", message)
    return _other(
        "Word (.doc)" if "WordDocument".encode("utf-16-le") in beginning else "Excel 97–2003 (.xls)"
    )


def _refuse_markup(beginning: bytes) -> None:
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        raise _other("HTML" if b"<html" in start[:4096].lower() else "HTML/XML")
    if start.startswith((b"{", b"[")):
        raise _other("JSON")


def _other(name: str) -> Unreadable:
    return Unreadable(
        "sheet.format",
        _(
            "This is a file of the kind %(kind)s. Open it in a spreadsheet program and save it "
            "as an Excel workbook (.xlsx) or as CSV."
        )
        % {"kind": name},
    )
