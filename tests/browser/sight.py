"""What one sees on a page, beside its words: faults of the console, of layout and of access."""

import re
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in with the form that is on the page, and wait until one is in."""
    page.get_by_label("User name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()


@dataclass
class Complaints:
    """What the browser says against a page: errors, and what its security policy stopped."""

    said: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> "Complaints":
        found = cls()
        page.on("console", found._console)
        page.on("pageerror", lambda error: found.said.append(str(error)))
        return found

    def _console(self, message: ConsoleMessage) -> None:
        # A stopped style or script is told as an error too.
        if message.type == "error":
            self.said.append(f"{message.text} ({message.location.get('url', '')})")


def barriers(page: Page, *, of_colour: bool = False) -> list[str]:
    """Return what keeps someone from using the page, by WCAG 2.2 AA as axe judges it.

    With `of_colour` only by the rules that another colour scheme can break.
    """
    kind, values = ("rule", OF_COLOUR) if of_colour else ("tag", WCAG)
    options = {"runOnly": {"type": kind, "values": values}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options)
    return [
        f"{rule['id']}: {', '.join(str(node['target'][0]) for node in rule['nodes'][:4])}"
        f" ({rule['nodes'][0]['failureSummary'].splitlines()[-1].strip()})"
        for rule in found.response["violations"]
    ]


def overhang(page: Page) -> list[str]:
    """Return what sticks out to the right, so that the page scrolls sideways."""
    wide: list[str] = page.evaluate(
        """() => {
          const root = document.documentElement;
          if (root.scrollWidth <= root.clientWidth) return [];
          return [...document.body.querySelectorAll("*")]
            .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 1)
            .map((one) => `${one.tagName.toLowerCase()}.${one.className}`).slice(0, 5);
        }"""
    )
    return wide


def pick(page: Page, label: str, words: str) -> None:
    """Choose in a list that filters as one types: the first that matches."""
    typed = page.get_by_role("combobox", name=label, exact=True)
    typed.click()
    typed.fill(words)
    page.get_by_role("option", name=words).first.click()
    typed.press("Tab")


def field(page: Page, label: str) -> Locator:
    """Return the field with this label, which ends in a star where the field is required."""
    return page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\*?\s*$"))
