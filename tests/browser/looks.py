"""The looks of a page: at a desk and on a phone, in light and in dark, all on one load of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.guests import Guests
from tests.browser.sight import PICTURES, SOON, Complaints, Rules, barriers, overhang

Size = Literal["desk", "phone"]
Scheme = Literal["light", "dark"]

SIZES: dict[Size, ViewportSize] = {
    "desk": {"width": 1280, "height": 800},
    "phone": {"width": 390, "height": 844},
}
# In another scheme stand the same things in other colours.
RULES: dict[Scheme, Rules] = {"light": Rules.ALL, "dark": Rules.OF_COLOUR}
# What has changed is on the screen with the frame after the next.
DRAWN = "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))"


@dataclass
class Window:
    """A window in which somebody is signed in, and what its browser complains of."""

    page: Page
    complaints: Complaints

    def cleared(self) -> "Window":
        """Return the window as one begins with it: at a desk, in light, without complaints."""
        self.complaints.said.clear()
        self.page.set_viewport_size(SIZES["desk"])
        self.page.emulate_media(color_scheme="light")
        return self


class Windows:
    """A window for everybody who looks, opened once: styles and scripts are fetched once, too."""

    def __init__(self, guests: Guests) -> None:
        self._guests = guests
        self._opened: dict[str, Window] = {}

    def of(self, who: str) -> Window:
        if who not in self._opened:
            page = self._guests.context(who, reduced_motion="reduce").new_page()
            self._opened[who] = Window(page, Complaints.of(page))
        return self._opened[who].cleared()

    def close(self) -> None:
        for window in self._opened.values():
            window.page.context.close()


def looked_over(
    page: Page,
    picture: str,
    *,
    within: str = "html",
    sizes: Iterable[Size] = SIZES,
    unrolled: bool = False,
) -> Iterator[str]:
    """Yield the faults of a page, or of a part of it, in each of its looks; leave pictures."""
    for size in sizes:
        page.set_viewport_size(SIZES[size])
        page.evaluate(DRAWN)
        expect(page.locator(within).first).to_be_visible(timeout=SOON)
        yield from (f"{size}: {one} sticks out" for one in overhang(page))
        if unrolled:
            unroll(page)
        for scheme, rules in RULES.items():
            take_picture(page, f"{picture}-{size}", scheme)
            yield from (f"{size}, {scheme}: {one}" for one in barriers(page, rules, within))


def unroll(page: Page) -> None:
    """Make the screen as high as the page: once, where each picture of a whole page would."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": height})


def take_picture(page: Page, name: str, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
    page.evaluate(DRAWN)
    page.screenshot(path=PICTURES / f"{name}-{scheme}.png", animations="disabled")
