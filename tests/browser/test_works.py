"""Long work as one sees it: a mark while it is under way, a notice wherever one is, its file."""

import re

import pytest
from bench.installation import Installation
from playwright.sync_api import expect

from tests.browser.conftest import SignedIn
from tests.browser.sight import SOON, Complaints

pytestmark = pytest.mark.browser

# Asked for elsewhere, as it would be in another window.
ASK = """
import json
from doorward.files.actions import start_work
from doorward.files.lists import EXPORT
from doorward.sites.models import Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account

installer = Actor.of(Account.objects.get(username="{login}"))
order = dict(form="csv", whole=True, path="/sites/", query="")
node = Site.objects.select_related("node").first().node
start_work(installer, node, kind=EXPORT, title="Export: Sites", secret=json.dumps(order))
"""


def ask_for_an_export(demo: Installation) -> None:
    demo.shell(ASK.format(login=demo.account("installer")["login"]))


def test_the_end_of_long_work_is_told_on_whichever_page_one_is(
    signed_in: SignedIn, demo: Installation
) -> None:
    page = signed_in("installer", accept_downloads=True)
    complaints = Complaints.of(page)
    page.goto("/audit/")
    ask_for_an_export(demo)
    notice = page.locator(".toast-note", has_text="Export: Sites is done.")
    expect(notice).to_be_visible(timeout=3 * SOON)
    notice.get_by_role("link", name="Look at it").click()
    expect(page.get_by_role("heading", level=1, name="Export: Sites")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("progressbar", name="Progress")).to_have_attribute("value", "100")
    # Its own page tells it all; who comes back later is not told once more.
    expect(notice).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Download")).click()
    assert "Maple Court" in download.value.path().read_text(encoding="utf-8-sig")
    page.goto("/audit/")
    expect(page.get_by_role("heading", level=1, name="Audit")).to_be_visible(timeout=SOON)
    expect(notice).to_have_count(0)
    assert complaints.said == []


def test_work_is_found_in_the_account_s_menu(signed_in: SignedIn) -> None:
    page = signed_in("installer")
    page.goto("/")
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("link", name="Background work").click()
    expect(page.get_by_role("heading", level=1, name="Background work")).to_be_visible(timeout=SOON)
