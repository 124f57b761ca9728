"""What one sees on a page, beside its words: faults of the console, of layout and of access."""

import re
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from bench.installation import Installation
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

PICTURES = Path("build/screenshots")
# Milliseconds: what crosses the connector and comes back needs a moment.
SOON = 20_000
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def sign_in(page: Page, login: str, password: str) -> None:
    """Sign in with the form that is on the page, and wait until one is in."""
    enter(page, login, password)
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()


def enter(page: Page, login: str, password: str) -> None:
    """Type a name and a password into the form that is on the page."""
    page.get_by_label("User name or e-mail").fill(login)
    page.get_by_role("button", name="Next").click()
    give_password(page, password)


def give_password(page: Page, password: str) -> None:
    """Go on with a sign-in that knows the name."""
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def session_of(chromium: Browser, demo: Installation, sessions: dict[str, Any], role: str) -> Any:
    """Return what signs a role in: the first time it signs in for it."""
    if role not in sessions:
        with chromium.new_context(base_url=demo.base) as context:
            page = context.new_page()
            page.goto("/")
            account = demo.account(role)
            sign_in(page, account["login"], account["password"])
            sessions[role] = context.storage_state()
    return sessions[role]


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
    """Which of the rules of WCAG 2.2 AA a page is judged by, as options of axe."""

    ALL = {"runOnly": {"type": "tag", "values": WCAG}}
    # Those that another colour scheme can break, and those that it cannot.
    OF_COLOUR = {"runOnly": {"type": "rule", "values": COLOUR_RULES}}
    OF_SHAPE = {**ALL, "rules": {rule: {"enabled": False} for rule in COLOUR_RULES}}


def barriers(page: Page, rules: Rules, within: str = "html") -> list[str]:
    """Return what keeps someone from using a page or a part of it, as axe judges it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        "async ([within, options]) => (await axe.run(within, options)).violations",
        [within, {**rules.value, "resultTypes": ["violations"]}],
    )
    return [
        f"{rule['id']}: {', '.join(str(node['target'][0]) for node in rule['nodes'][:4])}"
        f" ({rule['nodes'][0]['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
    ]


def overhang(page: Page) -> list[str]:
    """Return what is too wide for the page or its panel, and what floats beyond the screen."""
    wide: list[str] = page.evaluate(
        """() => {
          const too_wide = (box) => box.scrollWidth > box.clientWidth + 1;
          const name = (one) => `${one.tagName.toLowerCase()}.${one.className}`;
          const beyond = (edge) => (one) => one.getBoundingClientRect().right > edge + 1;
          const off_screen = (one) => {
            const { left, right, top, bottom } = one.getBoundingClientRect();
            return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
          };
          const boxes = ".panel, .table-box, dialog[open], :popover-open";
          const floats = "dialog[open], :popover-open, .toast-note";
          return [document.documentElement, ...document.querySelectorAll(boxes)]
            .filter(too_wide)
            .flatMap((box) => {
              const edge = box.getBoundingClientRect().left + box.clientWidth;
              return [...box.querySelectorAll("*")].filter(beyond(edge)).slice(0, 4).map(name);
            })
            .concat([...document.querySelectorAll(floats)].filter(off_screen).map(name));
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
