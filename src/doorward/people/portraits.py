"""Photos of people as they come in, made into what is kept: two plain pictures and nothing else.

The sentences of `PortraitError` are message ids.
"""

from dataclasses import dataclass

from PIL import Image, ImageOps

from doorward.files import pictures
from doorward.messages import gettext_noop

LARGEST_FILE = pictures.LARGEST_FILE
# Pixels on a side: fewer show nobody.
SMALLEST_SIDE = 250

# What is kept, in pixels: a picture for the page and a square for lists.
LARGE, SMALL = 800, 96
# Where in a portrait the face is: in the middle, above the middle.
_FACE = (0.5, 0.35)
TOO_HEAVY = gettext_noop("A photo may have at most 5 MB. Make it smaller.")
_TOO_SMALL = gettext_noop("A photo needs at least 250 × 250 pixels. Choose a larger one.")


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
        picture = pictures.decoded(content, drawn=LARGE, smallest=SMALLEST_SIDE, small=_TOO_SMALL)
    except pictures.PictureError as fault:
        raise PortraitError(str(fault)) from fault
    return Portrait(
        large=pictures.as_jpeg(_within(picture)), small=pictures.as_jpeg(_square(picture))
    )


def _within(picture: Image.Image) -> Image.Image:
    kept = picture.copy()
    kept.thumbnail((LARGE, LARGE))
    return kept


def _square(picture: Image.Image) -> Image.Image:
    return ImageOps.fit(picture, (SMALL, SMALL), centering=_FACE)
