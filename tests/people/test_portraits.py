"""Photos as they come in: what is kept of them, and what is refused before it does harm."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from PIL import Image

from doorward.people import portraits
from doorward.people.portraits import PortraitError

RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(
    size: tuple[int, int] = (400, 500), form: str = "JPEG", mode: str = "RGB", **options: object
) -> bytes:
    written = BytesIO()
    Image.new(mode, size, RED if mode == "RGB" else None).save(written, form, **options)
    return written.getvalue()


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(content)).size


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG (W3C, PNG, section 5.3)."""
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def forged_png(width: int, height: int) -> bytes:
    """Return a small PNG whose header tells of any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 1_000_000)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_two_sizes_are_kept(form: str) -> None:
    kept = portraits.read(picture((1600, 1200), form))
    assert size_of(kept.large) == (800, 600)
    assert size_of(kept.small) == (96, 96)
    assert {Image.open(BytesIO(one)).format for one in (kept.large, kept.small)} == {"JPEG"}


def test_a_small_photo_is_not_blown_up() -> None:
    assert size_of(portraits.read(picture((250, 250))).large) == (250, 250)


def test_what_the_camera_wrote_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture(exif=exif, comment=b"SecretNote")
    assert b"SecretCam" in sent
    assert b"SecretNote" in sent
    kept = portraits.read(sent)
    for one in (kept.large, kept.small):
        assert b"Secret" not in one
        assert not Image.open(BytesIO(one)).getexif()


def test_a_photo_taken_upright_stands_upright() -> None:
    lying = Image.new("RGB", (600, 300), RED)
    lying.paste(BLUE, (300, 0, 600, 300))
    exif = Image.Exif()
    # Turned by a quarter, clockwise (CIPA DC-008, Orientation).
    exif[0x0112] = 6
    written = BytesIO()
    lying.save(written, "JPEG", exif=exif, quality=95)
    kept = Image.open(BytesIO(portraits.read(written.getvalue()).large))
    assert kept.size == (300, 600)
    top, bottom = kept.getpixel((150, 50)), kept.getpixel((150, 550))
    assert top[0] > top[2]  # type: ignore[index]
    assert bottom[2] > bottom[0]  # type: ignore[index]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_any_kind_of_png_becomes_plain(mode: str) -> None:
    kept = portraits.read(picture(form="PNG", mode=mode))
    assert Image.open(BytesIO(kept.large)).mode == "RGB"


def test_what_lets_through_lies_on_white() -> None:
    kept = Image.open(BytesIO(portraits.read(picture(form="PNG", mode="RGBA")).large))
    assert kept.getpixel((10, 10)) == (255, 255, 255)


def test_a_cmyk_jpeg_is_taken() -> None:
    assert portraits.read(picture(mode="CMYK")).large


def test_a_phone_s_picture_with_a_second_behind_it_is_taken() -> None:
    written = BytesIO()
    front, behind = Image.new("RGB", (400, 500), RED), Image.new("RGB", (400, 500), BLUE)
    front.save(written, "MPO", save_all=True, append_images=[behind])
    kept = Image.open(BytesIO(portraits.read(written.getvalue()).large))
    assert kept.format == "JPEG"
    left, _, right = kept.getpixel((10, 10))  # type: ignore[misc]
    assert left > right


def test_a_progressive_jpeg_is_taken() -> None:
    assert portraits.read(picture(progressive=True)).large


def test_a_jpeg_of_countless_scans_is_refused_before_it_is_decoded() -> None:
    plain = picture(progressive=True)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    with pytest.raises(PortraitError, match="damaged"):
        portraits.read(plain[:-2] + last * 2_000 + plain[-2:])


@pytest.mark.parametrize("kind", range(14))
def test_a_forged_orientation_breaks_nothing(kind: int) -> None:
    # An Exif block of three tags, one of a wrong kind and with an offset to nowhere (TIFF 6.0).
    tags = ((0x0112, 3, 1, 6 << 16), (0x010F, kind, 9, 0xFFFF_FF00), (0x8825, kind, 1, 8))
    entries = b"".join(struct.pack(">HHII", *tag) for tag in tags)
    exif = b"Exif\x00\x00MM\x00*" + struct.pack(">IH", 8, len(tags)) + entries + b"\x00" * 4
    with suppress(PortraitError):
        assert portraits.read(picture(exif=exif)).large


def test_what_hangs_on_behind_is_cut_off() -> None:
    polyglot = picture() + b"PK\x03\x04<script>alert(1)</script>"
    kept = portraits.read(polyglot)
    assert b"script" not in kept.large + kept.small


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" width="300" height="300"/>'


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\x00", SVG, b"%PDF-1.7", b"GIF89a" + b"\x00" * 800, b"MZ" + b"\x00" * 800),
        *(picture(form=form) for form in ("GIF", "BMP", "TIFF", "WEBP")),
    ],
    ids=["empty", "nul", "svg", "pdf", "gif head", "exe", "gif", "bmp", "tiff", "webp"],
)
def test_another_kind_of_file_is_refused(content: bytes) -> None:
    with pytest.raises(PortraitError, match="no JPEG or PNG"):
        portraits.read(content)


@pytest.mark.parametrize("size", [(249, 400), (400, 249), (1, 1)])
def test_too_small_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PortraitError, match="at least 250"):
        portraits.read(picture(size))


@pytest.mark.parametrize(
    ("width", "height"),
    [(20_000, 20_000), (60_000, 60_000), (5_000, 5_000), (12_001, 300), (2**31 - 1, 2**31 - 1)],
)
def test_a_bomb_is_refused_by_its_header(width: int, height: int) -> None:
    with pytest.raises(PortraitError):
        portraits.read(forged_png(width, height))


def test_a_large_file_is_refused() -> None:
    with pytest.raises(PortraitError, match="5 MB"):
        portraits.read(picture() + b"\x00" * portraits.LARGEST_FILE)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_that_is_cut_off_is_refused(form: str, share: float) -> None:
    noise = Image.effect_noise((400, 400), 80).convert("RGB")
    written = BytesIO()
    noise.save(written, form)
    content = written.getvalue()
    with pytest.raises(PortraitError):
        portraits.read(content[: int(len(content) * share)])


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_no_forged_byte_breaks_anything(form: str) -> None:
    content = picture((260, 260), form)
    for place in range(0, min(len(content), 900), 3):
        forged = bytearray(content)
        forged[place] ^= 0xFF
        try:
            portraits.read(bytes(forged))
        except PortraitError:
            continue


def test_a_text_that_unpacks_without_end_is_refused() -> None:
    # A megabyte and more of text from some kilobytes.
    text = chunk(b"zTXt", b"k\x00\x00" + zlib.compress(b"a" * 80_000_000))
    plain = picture(form="PNG")
    end_of_header = 8 + 25
    with pytest.raises(PortraitError):
        portraits.read(plain[:end_of_header] + text + plain[end_of_header:])
