"""Files as somebody sends them, each as often as a test likes."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

MANUAL = b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF\n"


class PeopleFile(SimpleUploadedFile):
    """A sheet with one person of Acme; it can be sent again and again."""

    def __init__(self) -> None:
        super().__init__("people.csv", b"First name,Last name,Company\nNils,New,Acme\n", "text/csv")

    def read(self, size: int = -1) -> bytes:
        self.file.seek(0)
        return bytes(self.file.read(size))


class MacFile(PeopleFile):
    """A sheet with one MAC; it can be sent again and again."""

    def __init__(self) -> None:
        SimpleUploadedFile.__init__(self, "macs.csv", b"MAC\n0c:11:05:aa:bb:0a\n", "text/csv")


class FaceFile(PeopleFile):
    """A photo; it can be sent again and again."""

    def __init__(self) -> None:
        drawn = io.BytesIO()
        Image.new("RGB", (400, 400), (10, 90, 10)).save(drawn, "JPEG")
        SimpleUploadedFile.__init__(self, "face.jpg", drawn.getvalue(), "image/jpeg")


class ManualFile(PeopleFile):
    """A manual; it can be sent again and again."""

    def __init__(self) -> None:
        SimpleUploadedFile.__init__(self, "x916.pdf", MANUAL, "application/pdf")
