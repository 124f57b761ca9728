"""The first sign-in of whoever is invited, where a privacy policy is published.

It asks everybody, so it has an installation of its own.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from bench.installation import Installation
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import looked_over
from tests.browser.sight import SOON, Complaints, enter, field, give_password, pick
from tests.browser.test_keyboard import press_on
from tests.clusters import quick_installation

pytestmark = pytest.mark.browser

PASSWORD = "a-lantern-by-the-harbour"
PREPARE = """
import json
from django.db import transaction
from doorward.kit.models import Mail
from doorward.tenancy.actions import policies
from doorward.tenancy.actions.invitations import InvitationForm, invite
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from doorward.tenancy.permissions import Role

builder, links = Actor.system("test"), {}
text = "A. What we keep\\n\\n" + "Names, cards and times of entry. " * 60
with transaction.atomic():
    draft = policies.begin_draft(builder)
    policies.write_draft(builder, draft, {"en": text + "\\n\\nB. For how long\\n\\nA year."})
    policies.publish(builder, draft)
    firm = Node.objects.get(kind=Node.Kind.INSTALLER)
    for name in ("nora", "bert", "kim"):
        email = name + "@example.com"
        invite(builder, firm, InvitationForm(role=Role.INSTALLER, name=name.title(), email=email))
        letter = Mail.objects.get(recipient=email)
        links[name] = next(word for word in letter.text.split() if "/invitation/" in word)
print(json.dumps(links))
"""


@dataclass
class Firm:
    """An installation with a policy in force, and the links of those who are invited."""

    installation: Installation
    links: dict[str, str]
    browser: Browser

    def page(self) -> Page:
        return self.browser.new_context(
            base_url=self.installation.base, reduced_motion="reduce"
        ).new_page()

    def invited(self, name: str) -> Page:
        """Return a page on which somebody has made their account and is signing in."""
        page = self.page()
        page.goto(urlsplit(self.links[name]).path)
        field(page, "User name").fill(name)
        field(page, "New password").fill(PASSWORD)
        field(page, "The same again").fill(PASSWORD)
        page.get_by_role("button", name="Create my account").click()
        give_password(page, PASSWORD)
        return page


@pytest.fixture(scope="module")
def firm(chromium: Browser) -> Iterator[Firm]:
    with quick_installation(demo=False) as installation:
        links: dict[str, str] = json.loads(installation.shell(PREPARE).splitlines()[-1])
        found = Firm(installation, links, chromium)
        yield found
        for context in chromium.contexts:
            if any(page.url.startswith(installation.base) for page in context.pages):
                context.close()


def at(page: Page, title: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=SOON)


def look(page: Page, name: str) -> None:
    """Fail on whatever a look at the page finds, then stand at a desk again."""
    faults = list(looked_over(page, name, unrolled=True))
    assert not faults, "\n".join(faults)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_an_invited_installer_goes_from_the_link_to_the_dashboard(firm: Firm) -> None:
    page = firm.invited("nora")
    complaints = Complaints.of(page)
    at(page, "Privacy policy")
    expect(page.get_by_text("A. What we keep")).to_be_visible()
    look(page, "welcome-policy")
    # Nothing else opens meanwhile.
    page.goto("/sites/")
    at(page, "Privacy policy")
    page.get_by_role("button", name="Agree", exact=True).click()
    at(page, "Service provider information")
    expect(page.get_by_role("combobox", name="Country code")).to_have_value("United States +1")
    look(page, "welcome-provider")
    field(page, "Mobile number").fill("12")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no such number in this country.")
    field(page, "Company").fill("Nora's doors")
    pick(page, "Country code", "Germany +49")
    field(page, "Mobile number").fill("0151 23456789")
    page.get_by_role("button", name="Save and continue").click()
    at(page, "Your e-mail address")
    expect(page.get_by_text("Mail for you goes to nora@example.com.")).to_be_visible()
    look(page, "welcome-email")
    page.get_by_label("News and updates by mail").check()
    page.get_by_role("button", name="Continue").click()
    # Where the way in was broken off.
    at(page, "Sites")
    page.get_by_role("link", name="Dashboard").click()
    at(page, "Dashboard")
    menu = page.get_by_role("navigation", name="Main")
    menu.get_by_role("link", name="Privacy policy").click()
    at(page, "Privacy policy")
    expect(page.get_by_text("Your agreement:")).to_be_visible()
    look(page, "privacy-policy-published")
    menu.get_by_role("link", name="Service provider information").click()
    at(page, "Service provider information")
    expect(field(page, "Company")).to_have_value("Nora's doors")
    expect(field(page, "Mobile number")).to_have_value("01512 3456789")
    # The two refusals that were asked for above are told as errors, too.
    told = [one for one in complaints.said if "422" not in one]
    assert told == []


def test_whoever_disagrees_is_out_and_may_agree_later(firm: Firm) -> None:
    page = firm.invited("bert")
    at(page, "Privacy policy")
    page.get_by_role("button", name="Disagree").click()
    at(page, "Sign in")
    said = page.get_by_role("main").get_by_text("You did not agree, so you are signed out.")
    expect(said).to_be_visible()
    page.goto("/sites/")
    at(page, "Sign in")
    enter(page, "bert", PASSWORD)
    at(page, "Privacy policy")
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.get_by_role("button", name="Disagree")).to_have_count(0)


def test_the_first_steps_without_a_mouse(firm: Firm) -> None:
    page = firm.invited("kim")
    at(page, "Privacy policy")
    press_on(page, page.get_by_role("button", name="Agree", exact=True))
    # Whoever came first may have told it for the firm already.
    at(page, re.compile("^(Service provider information|Your e-mail address)$"))
    if page.get_by_role("heading", level=1, name="Service provider information").is_visible():
        press_on(page, page.get_by_role("button", name="Skip"))
    at(page, "Your e-mail address")
    press_on(page, page.get_by_role("button", name="Continue"))
    at(page, "Dashboard")


def test_the_operator_publishes_and_is_asked_like_everybody(firm: Firm) -> None:
    told = json.loads((firm.installation.data / "accounts.json").read_text(encoding="utf-8"))
    account: dict[str, Any] = next(a for a in told["accounts"] if a["role"] == "operator")
    page = firm.page()
    page.goto("/policies/")
    enter(page, account["login"], account["password"])
    at(page, "Privacy policy")
    page.get_by_role("button", name="Agree", exact=True).click()
    # Nobody gave this account an address when it was set up.
    at(page, "Your e-mail address")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    field(page, "E-mail").fill("operator@example.com")
    look(page, "welcome-email-none")
    page.get_by_role("button", name="Continue").click()
    at(page, "Policy texts")
    expect(page.get_by_text("In force")).to_be_visible()
    look(page, "policies-published")
    page.get_by_role("button", name="New version").click()
    at(page, "Edit the draft")
    text = page.get_by_role("textbox", name="English")
    assert text.input_value().startswith("A. What we keep")
    text.fill("C. Nothing\n\nWe keep nothing at all.")
    page.get_by_role("button", name="Keep the draft").click()
    at(page, "Draft of the privacy policy")
    expect(page.get_by_text("We keep nothing at all.")).to_be_visible()
    page.get_by_role("button", name="Publish…").click()
    expect(page.get_by_role("dialog")).to_contain_text("A published version never changes.")
    page.get_by_role("dialog").get_by_role("button", name="Publish the policy").click()
    at(page, "Privacy policy")
    expect(page.get_by_text("We keep nothing at all.")).to_be_visible()
    page.get_by_role("button", name="Agree", exact=True).click()
    # The address is not confirmed yet, so it is asked for again.
    at(page, "Your e-mail address")
    field(page, "E-mail").fill("operator@example.com")
    page.get_by_role("button", name="Continue").click()
    at(page, "Privacy policy, version 2")
    expect(page.get_by_text("1 account agreed")).to_be_visible()
