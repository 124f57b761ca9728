"""Photos of people as they come in, made into what is kept: two plain pictures and nothing else.

Whatever a file has beside its picture is left behind: it is decoded and written anew. A picture is
only decoded once its header has told that it is of a bearable size. The sentences of
`PortraitError` are message ids.
"""

import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from doorward.messages import gettext_noop

LARGEST_FILE = 5 << 20
# Pixels on a side: fewer show nobody, more are no photo of a face.
SMALLEST_SIDE, LARGEST_SIDE = 250, 12_000
# What is decoded at once, in pixels: of a JPEG in several scans all is held, if in fewer bytes.
MOST_PIXELS = {"JPEG": 25_000_000, "PNG": 16_000_000}
# Each scan of a JPEG goes over the whole picture, however few bytes it has; photos have ten or so.
MOST_SCANS = 64
_SCAN = b"\xff\xda"

# What is kept, in pixels: a picture for the page and a square for lists.
LARGE, SMALL = 800, 96
_QUALITY = 85
# Where in a portrait the face is: in the middle, above the middle.
_FACE = (0.5, 0.35)
_WHITE = (255, 255, 255)


class PortraitError(ValueError):
    """A file that is no photo to keep; the message tells the mend."""


@dataclass(frozen=True)
class Portrait:
    """A photo as it is kept: two JPEG files."""

    large: bytes
    small: bytes


def read(content: bytes) -> Portrait:
    """Return the photo in a JPEG or PNG file, upright and without what else the file tells.

    Raise `PortraitError`.
    """
    if len(content) > LARGEST_FILE:
        raise PortraitError(TOO_HEAVY)
    try:
        with warnings.catch_warnings():
            # Of many pixels, and of odd Exif; the limits here are stricter.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = _decoded(content)
    except UnidentifiedImageError as fault:
        raise PortraitError(gettext_noop("This is no JPEG or PNG picture. Choose one.")) from fault
    except Image.DecompressionBombError as fault:
        raise PortraitError(_TOO_LARGE) from fault
    except PortraitError:
        raise
    except _FORGED as fault:
        raise PortraitError(_BROKEN) from fault
    return Portrait(large=_jpeg(_within(picture)), small=_jpeg(_square(picture)))


# What Pillow's decoders raise for files that are cut off or forged, Exif and all.
_FORGED = (
    *(OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError),
    *(AttributeError, struct.error, zlib.error),
)
TOO_HEAVY = gettext_noop("A photo may have at most 5 MB. Make it smaller.")
_TOO_LARGE = gettext_noop("This picture has too many pixels. Make it smaller, such as 2000 × 2000.")
_BROKEN = gettext_noop("This picture is damaged or cut off. Save it anew and try again.")


def _decoded(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=tuple(MOST_PIXELS)) as picture:
        # Phones put a second picture behind the first and call both an MPO.
        form = "PNG" if picture.format == "PNG" else "JPEG"
        _check_size(picture, MOST_PIXELS[form])
        if form == "JPEG" and content.count(_SCAN) > MOST_SCANS:
            raise PortraitError(_BROKEN)
        # Decode no more of a JPEG than is kept; other formats take no notice.
        picture.draft("RGB", (LARGE, LARGE))
        upright = ImageOps.exif_transpose(picture)
        return _opaque(upright)


def _check_size(picture: Image.Image, most_pixels: int) -> None:
    width, height = picture.size
    if min(width, height) < SMALLEST_SIDE:
        raise PortraitError(
            gettext_noop("A photo needs at least 250 × 250 pixels. Choose a larger one.")
        )
    if max(width, height) > LARGEST_SIDE or width * height > most_pixels:
        raise PortraitError(_TOO_LARGE)


def _opaque(picture: Image.Image) -> Image.Image:
    """Return the picture in plain colours, on white where it lets something through."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, _WHITE)
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _within(picture: Image.Image) -> Image.Image:
    kept = picture.copy()
    kept.thumbnail((LARGE, LARGE))
    return kept


def _square(picture: Image.Image) -> Image.Image:
    return ImageOps.fit(picture, (SMALL, SMALL), centering=_FACE)


def _jpeg(picture: Image.Image) -> bytes:
    # A comment in the file would come along otherwise.
    picture.info.clear()
    written = BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
