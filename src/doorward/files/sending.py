"""Sending a file to a browser, so that it does no harm there and holds up nobody here."""

from collections.abc import Iterator
from typing import BinaryIO

from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from doorward.files import folder
from doorward.files.models import StoredFile
from doorward.files.sealing import CHUNK

# Pictures that a browser draws and does not run; everything else is only ever saved.
_INLINE = {"image/jpeg", "image/png", "image/webp"}
_DRAWN = {StoredFile.Kind.PHOTO, StoredFile.Kind.PICTURE}


# What stands before Django may carry the file itself: it says so in the scope (the environment's
# "asgi.scope") and is told in a header which one.
CARRIER = "doorward.carrier"
HEADER = "X-Doorward-File"


def send(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """Answer with a file; raise `Refused` where its bytes are gone."""
    content = folder.read(file.key)
    response: HttpResponseBase
    if CARRIER in request.META.get("asgi.scope", {}):
        content.close()
        response = HttpResponse(content_type=file.content_type)
        response[HEADER] = str(file.key)
    else:
        response = StreamingHttpResponse(_chunks(content), content_type=file.content_type)
    response["Content-Length"] = str(file.size)
    attached = file.content_type not in _INLINE or file.kind not in _DRAWN
    # RFC 6266, with the name in UTF-8 (RFC 8187) where it is more than ASCII.
    response["Content-Disposition"] = content_disposition_header(attached, file.name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    # A slow reader shall not keep a database connection waiting.
    if not connection.in_atomic_block:
        connection.close()
    with content:
        while chunk := content.read(CHUNK):
            yield chunk
