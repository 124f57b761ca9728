"""What the installation calls itself and how it looks: told to every page, so kept at hand."""

from dataclasses import dataclass
from functools import cached_property
from math import inf
from time import monotonic

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from doorward.kit.accent import Pair, Palette, palette
from doorward.kit.models import Brand

# The product's own name.
NAME = "Doorward"
# Seconds until another process's pages show a change.
FRESH = 5.0
# The colours of mails where nobody has chosen an accent.
_OWN = Palette(
    fill=Pair("#1a56c4", "#1a56c4"),
    deep=Pair("#16489f", "#16489f"),
    ink=Pair("#1a56c4", "#8ab4ff"),
    vivid=Pair("#16489f", "#b3cdff"),
    soft=Pair("#e8effb", "#1c2b48"),
)
# A logo so many times as wide as it is high says the name itself.
_WIDE = 1.8


@dataclass(frozen=True)
class Look:
    """The name, the accent and the logo; what nobody has chosen is the product's own."""

    name: str = NAME
    accent: str = ""
    logo: str = ""
    logo_width: int = 0
    logo_height: int = 0

    @property
    def logo_url(self) -> str:
        return url_of(self.logo)

    @property
    def style_url(self) -> str:
        return reverse("brand-accent", args=[self.accent[1:]]) if self.accent else ""

    @property
    def logo_is_wide(self) -> bool:
        return bool(self.logo) and self.logo_width >= _WIDE * self.logo_height

    @cached_property
    def palette(self) -> Palette:
        return palette(self.accent) if self.accent else _OWN


class _Memory:
    look: Look | None = None
    until: float = -inf


def look() -> Look:
    """Return the look of now, a few seconds old at most."""
    # Another thread may forget it at any moment.
    known = _Memory.look
    if known is None or _Memory.until < monotonic():
        known = _read()
        keep(known, FRESH)
    return known


def keep(known: Look, seconds: float) -> None:
    """Take this for the look, and ask nobody for so long."""
    _Memory.look, _Memory.until = known, monotonic() + seconds


def forget() -> None:
    """Ask anew at the next page: something was changed."""
    _Memory.look = None


def shown(_request: HttpRequest) -> dict[str, object]:
    """Return what templates say of the look; nobody is asked before one does."""
    return {"brand": SimpleLazyObject(look)}


def url_of(digest: str) -> str:
    """Return where a logo is to be had, or nothing where there is none."""
    return reverse("brand-logo", args=[digest]) if digest else ""


def logo_of(digest: str) -> bytes | None:
    """Return the logo that is asked for by this, as a PNG; there is no other than that of now."""
    found = Brand.objects.filter(logo_digest=digest).exclude(logo=None)
    content = found.values_list("logo", flat=True).first()
    return None if content is None else bytes(content)


def _read() -> Look:
    row = Brand.objects.defer("logo").first()
    if row is None:
        return Look()
    return Look(row.name or NAME, row.accent, row.logo_digest, row.logo_width, row.logo_height)
