"""What one sees on a page, beside its words: faults of the console, of layout and of access."""

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in with the form that is on the page, and wait until one is in."""
    page.get_by_label("User name or e-mail").fill(login)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
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


class Rules(Enum):
    """Which of the rules of WCAG 2.2 AA a page is judged by."""

    ALL = "all"
    # Those that another colour scheme can break, and those that it cannot.
    OF_COLOUR = "of colour"
    OF_SHAPE = "of shape"


def barriers(page: Page, rules: Rules) -> list[str]:
    """Return what keeps someone from using the page, as axe judges it."""
    options: dict[str, Any] = {
        "runOnly": {"type": "tag", "values": WCAG},
        "resultTypes": ["violations"],
    }
    if rules is Rules.OF_COLOUR:
        options["runOnly"] = {"type": "rule", "values": COLOUR_RULES}
    elif rules is Rules.OF_SHAPE:
        options["rules"] = {rule: {"enabled": False} for rule in COLOUR_RULES}
    found = Axe().run(page, options=options)
    return [
        f"{rule['id']}: {', '.join(str(node['target'][0]) for node in rule['nodes'][:4])}"
        f" ({rule['nodes'][0]['failureSummary'].splitlines()[-1].strip()})"
        for rule in found.response["violations"]
    ]


def overhang(page: Page) -> list[str]:
    """Return what is too wide: for the page, so that it scrolls sideways, or for its panel."""
    wide: list[str] = page.evaluate(
        """() => {
          const too_wide = (box) => box.scrollWidth > box.clientWidth + 1;
          const name = (one) => `${one.tagName.toLowerCase()}.${one.className}`;
          const beyond = (edge) => (one) => one.getBoundingClientRect().right > edge + 1;
          return [document.documentElement, ...document.querySelectorAll(".panel, .table-box")]
            .filter(too_wide)
            .flatMap((box) => {
              const edge = box.getBoundingClientRect().left + box.clientWidth;
              return [...box.querySelectorAll("*")].filter(beyond(edge)).slice(0, 4).map(name);
            });
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
