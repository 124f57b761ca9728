"""Who sees the pages that a mere sign-in does not show: accounts with factors, holders of links."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.totp.internal import auth as totp
from bench.installation import Installation
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.sight import session_of, sign_in

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
PASSWORD = "a-lantern-by-the-harbour"
PREPARE = f"""
import json
from io import BytesIO
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from PIL import Image
from doorward.files import actions as files
from doorward.files.models import Work
from doorward.helpdesk.actions import TicketForm, answer_ticket, open_ticket
from doorward.kit import clock
from doorward.kit.models import Mail
from doorward.notices.actions.announcements import MessageForm, send_message, write_message
from doorward.tenancy.actions import create_account, plant_node, policies
from doorward.tenancy.actions.invitations import InvitationForm, invite
from doorward.tenancy.actions.passwords import send_reset_link
from doorward.tenancy.actions.profile import ask_for_email
from doorward.tenancy.actions.support import enable
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node, Standing
from doorward.tenancy.permissions import Role

builder, top = Actor.system("test"), Node.objects.get(parent=None)
with transaction.atomic():
    kate, theo, tess = (
        create_account(
            builder, top, Role.OPERATOR, username=name, password={PASSWORD!r},
            name=name.title(), email=name + "@example.com",
        )
        for name in ("kate", "theo", "tess")
    )
    type(kate).objects.filter(pk__in=[kate.pk, theo.pk, tess.pk]).update(
        email_confirmed_at=clock.now()
    )
    type(kate).objects.filter(pk=kate.pk).update(second_factor_required=True)
    TOTP.activate(tess, {SECRET!r})
    RecoveryCodes.activate(tess)
    send_reset_link(builder, theo)
    ask_for_email(Actor.of(theo), "theo.new@example.com", "127.0.0.1")
    firm = Node.objects.filter(kind=Node.Kind.INSTALLER).first()
    nora = InvitationForm(role=Role.INSTALLER, name="Nora Nash", email="nora@example.com")
    invite(builder, firm, nora)
    owns = plant_node(firm.parent, Node.Kind.INSTALLER, "Ines' doors")
    ines = create_account(
        builder, owns, Role.INSTALLER, username="ines", password={PASSWORD!r}, name="Ines Ivory",
        email="ines@example.com",
    )
    enable(builder, ines.standings.select_related("node").get(), enabled=True)
    letters = list(Mail.objects.order_by("-pk")[:3])
    asker = Actor.of(Standing.objects.filter(role=Role.INSTALLER).order_by("pk")[0].account)
    drawn = BytesIO()
    Image.new("RGB", (640, 400), (68, 83, 216)).save(drawn, "PNG")
    question = TicketForm(
        subject="The lobby stays dark", text="Since Monday.\\nNobody opens.",
        pictures=[drawn.getvalue()], page="/sites/",
    )
    ticket = open_ticket(asker, asker.places[0], question)
    answerer = Standing.objects.filter(node=ticket.desk).order_by("pk")[0].account
    answer_ticket(Actor.of(answerer), ticket, "Is its lamp on?")
    said = [
        MessageForm(
            title=title, text="The lobby is closed.\\nUse the ramp.",
            targets=["property_manager"],
        )
        for title in ("The lift is serviced on Monday", "Summer hours")
    ]
    message, later = (write_message(asker, asker.places[0], one) for one in said)
    send_message(asker, message)
    work = files.start_work(Actor.of(tess), top, kind="nothing", title="People of Maple Court")
    files.cancel_work(Actor.of(tess), work)
    Work.objects.filter(pk=work.pk).update(done=412, total=1000)
    draft = policies.begin_draft(builder)
    policies.write_draft(builder, draft, {{"en": "What we keep\\n\\nNames, cards and times."}})
    told = {{
        "letters": [letter.text for letter in letters],
        "work": str(work.pk),
        "policy": str(draft.pk),
        "ticket": str(ticket.pk),
        "message": str(message.pk),
        "draft": str(later.pk),
        "organisation": str(firm.pk),
    }}
    print(json.dumps(told))
"""
# A browser that has a fingerprint reader, on which somebody always lays the right finger.
READER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass
class Guests:
    """Contexts of each, made when first asked for. Any: options of a context."""

    browser: Browser
    demo: Installation
    sessions: dict[str, Any]

    @cached_property
    def told(self) -> dict[str, Any]:
        """The letters that were written when the accounts were made, and Tess's long work."""
        prepared: dict[str, Any] = json.loads(self.demo.shell(PREPARE).splitlines()[-1])
        return prepared

    def link(self, kind: str) -> str:
        """Return the token in the link of a kind: password, email or invitation."""
        words = [
            word
            for letter in self.told["letters"]
            for word in letter.split()
            if f"/{kind}/" in word
        ]
        return words[0].rstrip("/").rpartition("/")[2]

    @cached_property
    def passkey(self) -> str:
        """The id of Theo's passkey, as its page's address has it."""
        with self.context("theo") as context:
            page = context.new_page()
            page.goto("/account/factors/")
            address = page.get_by_role("link", name="Remove Theo's laptop").get_attribute("href")
        return str(address).split("/")[-3]

    @property
    def base(self) -> str:
        # Passkeys want a name, and no certificate for this one.
        return self.demo.base.replace("127.0.0.1", "localhost")

    def context(self, who: str, **options: Any) -> BrowserContext:
        make: dict[str, Callable[..., BrowserContext]] = {
            "stranger": self._stranger,
            "kate": self._kate,
            "tess half in": self._tess_half_in,
            "tess": self._tess,
            "theo": self._theo,
            "ines": self._ines,
        }
        if who in make:
            return make[who](**options)
        session = session_of(self.browser, self.demo, self.sessions, who)
        return self._blank(base=self.demo.base, storage_state=session, **options)

    def _blank(self, base: str | None = None, **options: Any) -> BrowserContext:
        return self.browser.new_context(base_url=base or self.base, **options)

    def _stranger(self, **options: Any) -> BrowserContext:
        return self._blank(**options)

    def _kate(self, **options: Any) -> BrowserContext:
        """Kate has given her password, and is asked for the code that came by mail."""
        return self._asked("kate", **options)

    def _tess_half_in(self, **options: Any) -> BrowserContext:
        """Tess has given her password, and is asked for a code of her app."""
        return self._asked("tess", **options)

    def _tess(self, **options: Any) -> BrowserContext:
        """Tess is in, with an app."""
        if "tess" not in self.sessions:
            with self._asked("tess") as context:
                page = context.pages[0]
                counter = next(iter(totp.yield_hotp_counters_from_time()))
                code = totp.format_hotp_value(totp.hotp_value(SECRET, counter))
                page.get_by_label("Code").fill(code)
                page.get_by_role("button", name="Sign in").click()
                expect(page.get_by_role("navigation", name="Main")).to_be_attached()
                self.sessions["tess"] = context.storage_state()
        return self._blank(storage_state=self.sessions["tess"], **options)

    def _theo(self, **options: Any) -> BrowserContext:
        """Theo is in, with a passkey."""
        if "theo" not in self.sessions:
            with self._blank() as context:
                page = self._with_accounts(context.new_page())
                page.goto("/")
                sign_in(page, "theo", PASSWORD)
                add_passkey(page)
                self.sessions["theo"] = context.storage_state()
        return self._blank(storage_state=self.sessions["theo"], **options)

    def _ines(self, **options: Any) -> BrowserContext:
        """Ines, an installer whom her distributor may help, is in."""
        if "ines" not in self.sessions:
            with self._blank() as context:
                page = self._with_accounts(context.new_page())
                page.goto("/")
                sign_in(page, "ines", PASSWORD)
                self.sessions["ines"] = context.storage_state()
        return self._blank(storage_state=self.sessions["ines"], **options)

    def _asked(self, who: str, **options: Any) -> BrowserContext:
        context = self._blank(**options)
        page = self._with_accounts(context.new_page())
        page.goto("/")
        page.get_by_label("User name or e-mail").fill(who)
        page.get_by_role("button", name="Next").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_label("Code")).to_be_visible()
        return context

    def _with_accounts(self, page: Page) -> Page:
        assert self.told
        return page


def arrive(page: Page, path: str) -> None:
    """Go to a page, by the password again where it wants that of whoever is in."""
    page.goto(path)
    if urlsplit(page.url).path == "/account/again/" != path:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_label("Password").press("Enter")
        page.wait_for_url(f"**{path}")


def add_passkey(page: Page) -> None:
    reader = page.context.new_cdp_session(page)
    reader.send("WebAuthn.enable")
    reader.send("WebAuthn.addVirtualAuthenticator", {"options": READER})
    arrive(page, "/account/factors/passkey/")
    page.get_by_label("Name").fill("Theo's laptop")
    page.get_by_role("main").get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
