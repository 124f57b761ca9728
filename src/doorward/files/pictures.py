"""Pictures as they come in: judged by their header, and written anew: plain JPEG, logos as PNG.

Whatever a file has beside its picture is left behind. A picture is only decoded once its header
has told that it is of a bearable size. The sentences of `PictureError` are message ids.
"""

import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from doorward.messages import gettext_noop

JPEG = "image/jpeg"
LARGEST_FILE = 5 << 20
# Pixels on a side: more are no picture that somebody looks at.
LARGEST_SIDE = 12_000
# What is decoded at once, in pixels: of a JPEG in several scans all is held, if in fewer bytes.
MOST_PIXELS = {"JPEG": 25_000_000, "PNG": 16_000_000}
# Each scan of a JPEG goes over the whole picture, however few bytes it has; photos have ten or so.
MOST_SCANS = 64
_SCAN = b"\xff\xda"
# What is kept of a picture that shows something, such as a screen: its words stay readable.
KEPT_SIDE = 2_400
_QUALITY = 85
_WHITE = (255, 255, 255)


class PictureError(ValueError):
    """A file that is no picture to keep; the message tells the mend."""


# What is kept of a logo, for screens that draw each of its points several times.
LOGO_WIDTH, LOGO_HEIGHT, _LOGO_SMALLEST = 480, 120, 24


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept: a JPEG file, or a PNG of a logo, and its size in pixels."""

    content: bytes
    width: int
    height: int


def read(content: bytes) -> Picture:
    """Return the picture in a JPEG or PNG file, upright; raise `PictureError`."""
    if len(content) > LARGEST_FILE:
        raise PictureError(TOO_HEAVY)
    picture = decoded(content, drawn=KEPT_SIDE)
    picture.thumbnail((KEPT_SIDE, KEPT_SIDE))
    return Picture(as_jpeg(picture), picture.width, picture.height)


def read_logo(content: bytes) -> Picture:
    """Return the logo in a JPEG or PNG file as a PNG on white; raise `PictureError`."""
    if len(content) > LARGEST_FILE:
        raise PictureError(TOO_HEAVY)
    small = gettext_noop("This picture is too small for a logo. It needs 24 pixels on each side.")
    logo = decoded(content, drawn=LOGO_WIDTH, smallest=_LOGO_SMALLEST, small=small)
    logo.thumbnail((LOGO_WIDTH, LOGO_HEIGHT))
    logo.info.clear()
    written = BytesIO()
    logo.save(written, "PNG", optimize=True)
    return Picture(written.getvalue(), logo.width, logo.height)


def decoded(content: bytes, *, drawn: int, smallest: int = 1, small: str = "") -> Image.Image:
    """Return the picture in plain colours and upright, no more of it than is drawn, in pixels.

    A side that is below `smallest` is refused by the words `small`. Raise `PictureError`.
    """
    try:
        with warnings.catch_warnings():
            # Of many pixels, and of odd Exif; the limits here are stricter.
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _decoded(content, drawn, smallest, small)
    except UnidentifiedImageError as fault:
        raise PictureError(gettext_noop("This is no JPEG or PNG picture. Choose one.")) from fault
    except Image.DecompressionBombError as fault:
        raise PictureError(_TOO_LARGE) from fault
    except PictureError:
        raise
    except _FORGED as fault:
        raise PictureError(_BROKEN) from fault


def as_jpeg(picture: Image.Image) -> bytes:
    # A comment in the file would come along otherwise.
    picture.info.clear()
    written = BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()


# What Pillow's decoders raise for files that are cut off or forged, Exif and all.
_FORGED = (
    *(OSError, ValueError, SyntaxError, EOFError, ArithmeticError, LookupError, TypeError),
    *(AttributeError, struct.error, zlib.error),
)
TOO_HEAVY = gettext_noop("A picture may have at most 5 MB. Make it smaller.")
_TOO_LARGE = gettext_noop("This picture has too many pixels. Make it smaller, such as 2000 × 2000.")
_BROKEN = gettext_noop("This picture is damaged or cut off. Save it anew and try again.")


def _decoded(content: bytes, drawn: int, smallest: int, small: str) -> Image.Image:
    with Image.open(BytesIO(content), formats=tuple(MOST_PIXELS)) as picture:
        # Phones put a second picture behind the first and call both an MPO.
        form = "PNG" if picture.format == "PNG" else "JPEG"
        width, height = picture.size
        if min(width, height) < smallest:
            raise PictureError(small)
        if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS[form]:
            raise PictureError(_TOO_LARGE)
        if form == "JPEG" and content.count(_SCAN) > MOST_SCANS:
            raise PictureError(_BROKEN)
        # Decode no more of a JPEG than is kept; other formats take no notice.
        picture.draft("RGB", (drawn, drawn))
        return _opaque(ImageOps.exif_transpose(picture))


def _opaque(picture: Image.Image) -> Image.Image:
    """Return the picture in plain colours, on white where it lets something through."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, _WHITE)
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture.convert("RGB")
