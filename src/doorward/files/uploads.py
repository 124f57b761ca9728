"""What somebody sends: sealed on its way in, so that nothing of it ever lies on disk in clear."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from doorward.files import folder
from doorward.files.folder import Bytes, Draft, too_large
from doorward.files.sealing import CHUNK

# The most bytes of one file; the front refuses a body that is larger altogether.
LARGEST = 20 << 20


class SealedUpload(UploadedFile):
    """A file that was sent: to read from any place, or to be kept as it is (`actions.store`).

    Its `size` is what was sent; of more than is taken nothing is there to be read.
    """

    def __init__(self, kept: Bytes | None, *, name: str, content_type: str, size: int) -> None:
        self.kept = kept
        self._given_away = False
        content = folder.read(kept.key) if kept else None
        super().__init__(content, name, content_type, size)

    # Any: as a file on disk could be opened.
    def open(self, *args: Any, **kwargs: Any) -> "SealedUpload":
        self.reader().seek(0)
        return self

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        content = self.reader()
        content.seek(0)
        while part := content.read(chunk_size or CHUNK):
            yield part

    def reader(self) -> BinaryIO:
        """Return the content; raise `Invalid` at the field "file" where it was too large."""
        if self.kept is None:
            raise too_large(LARGEST)
        content: BinaryIO = self.file  # type: ignore[assignment]
        return content

    def give_away(self) -> Bytes:
        """Return the sealed bytes to whoever keeps them from now on."""
        if self.kept is None:
            raise too_large(LARGEST)
        self._given_away = True
        return self.kept

    def close(self) -> None:
        """Forget it, unless somebody keeps it."""
        if self.kept is not None:
            super().close()
            if not self._given_away:
                folder.remove(self.kept.key)


class SealingHandler(FileUploadHandler):
    """Takes what comes in a form chunk by chunk, and seals it at once."""

    # By this name Django closes what it breaks off.
    file: Draft | None = None

    # Any: what Django tells of a part.
    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._size = 0
        self.file = Draft()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.file is not None
        self._size += len(raw_data)
        if self._size > LARGEST:
            self.file.close()
        else:
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> SealedUpload:
        assert self.file is not None
        kept = None if self.file.closed else self.file.finish()
        return SealedUpload(
            kept,
            name=self.file_name or "",
            content_type=self.content_type or "application/octet-stream",
            size=self._size,
        )

    def upload_interrupted(self) -> None:
        if self.file is not None:
            self.file.close()
