"""One colour as the accent of pages and mails: who can read what, in light and in dark.

Contrast is that of WCAG 2.2: letters need 4.5 to 1 (1.4.3), what shows a state 3 to 1 (1.4.11).
"""

import re
from dataclasses import dataclass

LETTERS, SHAPES = 4.5, 3.0
_SPELLED = re.compile(r"#[0-9a-f]{6}")
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
# What the accent stands on, in the words of tokens.css: the darkest in light, the palest in dark.
_PAGE, _SURFACE, _RAISED = "#f3f4f9", "#181c28", "#1e2331"
_Colour = tuple[int, int, int]


class PaleAccent(ValueError):
    """White letters on this colour cannot be read; `ratio` is what they have, `darker` a mend."""

    def __init__(self, ratio: float, darker: str) -> None:
        super().__init__(darker)
        self.ratio = ratio
        self.darker = darker


@dataclass(frozen=True)
class Pair:
    """A colour in light and in dark."""

    light: str
    dark: str


@dataclass(frozen=True)
class Palette:
    """What is made of an accent: `fill` bears white letters, `ink` are letters, `soft` a ground."""

    fill: Pair
    deep: Pair
    ink: Pair
    vivid: Pair
    soft: Pair


def is_colour(text: str) -> bool:
    return bool(_SPELLED.fullmatch(text))


def contrast(one: str, other: str) -> float:
    """Return how many times lighter the lighter of two colours is, from 1 to 21."""
    lights = sorted((_light(_read(one)), _light(_read(other))))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def palette(accent: str) -> Palette:
    """Return the colours of an accent such as "#4453d8"; raise `PaleAccent`."""
    ratio = contrast(accent, _spell(_WHITE))
    if ratio < LETTERS:
        raise PaleAccent(ratio, _until(accent, _BLACK, [_spell(_WHITE)], LETTERS))
    # In dark a fill must also be seen on its ground.
    dark = _until(accent, _WHITE, [_RAISED], SHAPES)
    soft = Pair(_mixed(accent, _WHITE, 0.9), _mixed(dark, _read(_SURFACE), 0.8))
    ink = Pair(
        _until(accent, _BLACK, [_PAGE, soft.light], LETTERS),
        _until(dark, _WHITE, [_RAISED, soft.dark], LETTERS),
    )
    return Palette(
        fill=Pair(accent, dark),
        deep=Pair(_mixed(accent, _BLACK, 0.18), _mixed(dark, _BLACK, 0.12)),
        ink=ink,
        vivid=Pair(_mixed(ink.light, _BLACK, 0.3), _mixed(ink.dark, _WHITE, 0.4)),
        soft=soft,
    )


def style(colours: Palette) -> str:
    """Return the style sheet that puts these colours in the place of the usual ones."""
    told = {
        "brand": colours.fill,
        "brand-deep": colours.deep,
        "brand-ink": colours.ink,
        "brand-soft": colours.soft,
        "ring": colours.ink,
        "tblr-link-hover-color": colours.vivid,
    }
    lines = (f"  --{name}: light-dark({one.light}, {one.dark});" for name, one in told.items())
    return "\n".join([":root {", *lines, "}", ""])


def _until(colour: str, towards: _Colour, grounds: list[str], wanted: float) -> str:
    """Return the colour, changed no more than it needs to stand out from each of the grounds."""
    steps = (_mixed(colour, towards, part / 100) for part in range(101))
    return next(one for one in steps if all(contrast(one, ground) >= wanted for ground in grounds))


def _mixed(colour: str, other: _Colour, part: float) -> str:
    red, green, blue = (
        round(own + (its - own) * part) for own, its in zip(_read(colour), other, strict=True)
    )
    return _spell((red, green, blue))


def _light(colour: _Colour) -> float:
    """Return the relative luminance, as WCAG 2.2 defines it."""
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _read(text: str) -> _Colour:
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


def _spell(colour: _Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
