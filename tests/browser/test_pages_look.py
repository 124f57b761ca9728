"""Every page of the portal, at a desk and on a phone, in light and dark."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern
from playwright.sync_api import expect

from doorward.urls import urlpatterns
from tests.browser.guests import arrive
from tests.browser.looks import Windows, looked_over
from tests.browser.shown import Shown

pytestmark = pytest.mark.browser

SITE = {"site": "site"}
# Every page that one can look at, and the row that each part of its address stands for.
PAGES: dict[str, dict[str, str]] = {
    "account_login": {},
    "account-forgotten": {},
    "account-new-password": {"token": "password_link"},
    "account-email-confirm": {"token": "email_link"},
    "account_inactive": {},
    "account_suspended": {},
    "account_confirm_login_code": {},
    "mfa_authenticate": {},
    # These want that one has signed in a moment ago.
    "mfa_deactivate_totp": {},
    "mfa_generate_recovery_codes": {},
    "mfa_view_recovery_codes": {},
    "mfa_activate_totp": {},
    "mfa_add_webauthn": {},
    "mfa_remove_webauthn": {"pk": "passkey"},
    "account-password-new": {},
    "account-password": {},
    "account-password-done": {},
    "account-reminder": {},
    "account": {},
    "account-email": {},
    "account-sessions": {},
    "account-tokens": {},
    "mfa_index": {},
    "account_reauthenticate": {},
    "mfa_reauthenticate": {},
    "mfa_reauthenticate_webauthn": {},
    "account_logout": {},
    "dashboard": {},
    "search": {},
    "help": {},
    "help-topic": {"topic": "topic"},
    "help-entrance": {},
    "users": {},
    "user-new": {},
    "user": {"pk": "user"},
    "user-edit": {"pk": "user"},
    "organisations": {},
    "organisation-new": {},
    "organisation": {"pk": "organisation"},
    "organisation-edit": {"pk": "organisation"},
    "invitation": {"token": "invitation_link"},
    "sites": {},
    "sites-deleted": {},
    "site-new": {},
    "all-devices": {},
    "macs": {},
    "mac-new": {},
    "mac-import": {},
    "mac-import-check": {"pk": "mac_check"},
    "audit": {},
    "works": {},
    "notices": {},
    "messages": {},
    "messages-written": {},
    "message-new": {},
    "message": {"pk": "message"},
    "message-edit": {"pk": "draft"},
    "person-own": {},
    "work": {"pk": "work"},
    "mail": {},
    "mail-server": {},
    "mail-server-test": {},
    "branding": {},
    "limits": {},
    "organisation-limits": {"pk": "organisation"},
    "mail-templates": {},
    "mail-template": {"key": "mail_sample"},
    "policies": {},
    "policy": {"pk": "policy"},
    "policy-edit": {"pk": "policy"},
    "provider": {},
    "setting-zone": {},
    "setting-notification": {},
    "setting-billing": {},
    "setting-service": {},
    "setting-contact": {},
    "contact": {},
    "setting-houses": {},
    "setting-log": {},
    "feedback": {},
    "manuals": {},
    "manual-new": {},
    "tickets": {},
    "ticket-new": {},
    "ticket": {"pk": "ticket"},
    "privacy-policy": {},
    "support": {},
    "support-default": {},
    "account-setting": {},
    "site": SITE,
    "site-readiness": SITE,
    "site-edit": SITE,
    "site-delete": SITE,
    "site-managers": SITE,
    "administrators": SITE,
    "administrator-new": SITE,
    "administrator": {**SITE, "pk": "administrator"},
    "administrator-edit": {**SITE, "pk": "administrator"},
    "site-managers-add": SITE,
    "companies": SITE,
    "company-new": SITE,
    "company": {**SITE, "pk": "company"},
    "company-edit": {**SITE, "pk": "company"},
    "people": SITE,
    "people-groups": SITE,
    "people-group-new": SITE,
    "people-group-edit": {**SITE, "pk": "crew"},
    "people-group-delete": {**SITE, "pk": "crew"},
    "workbook": SITE,
    "workbook-check": {**SITE, "pk": "workbook_check"},
    "people-import": SITE,
    "people-import-check": {**SITE, "pk": "check"},
    "person-new": SITE,
    "person": {**SITE, "pk": "person"},
    "person-edit": {**SITE, "pk": "person"},
    "card-add": {**SITE, "pk": "person"},
    "pin-give": {**SITE, "pk": "person"},
    "person-photo": {**SITE, "pk": "person"},
    "person-why": {**SITE, "pk": "person"},
    "groups": SITE,
    "group-new": SITE,
    "group": {**SITE, "pk": "group"},
    "group-people": {**SITE, "pk": "group"},
    "group-edit": {**SITE, "pk": "group"},
    "group-copy": {**SITE, "pk": "group"},
    "group-delete": {**SITE, "pk": "group"},
    "doors": SITE,
    "door-new": SITE,
    "door": {**SITE, "pk": "door"},
    "door-edit": {**SITE, "pk": "door"},
    "door-delete": {**SITE, "pk": "door"},
    "devices": SITE,
    "device-new": SITE,
    "device": {**SITE, "pk": "device"},
    "device-timeline": {**SITE, "pk": "device"},
    "device-edit": {**SITE, "pk": "device"},
    "connectors": SITE,
    "connector-new": SITE,
    "connector": {**SITE, "pk": "connector"},
    "connector-edit": {**SITE, "pk": "connector"},
    "door-log": SITE,
    "door-event": {**SITE, "pk": "event"},
    "alarms": SITE,
    "alarm": {**SITE, "pk": "alarm"},
    "site-audit": SITE,
}
# Parts of pages: what they show is seen on the pages that fetch them.
PARTS = {"people-group-choices", "door-tile", "command-button", "site-choices"}
PARTS |= {"mfa_login_webauthn", "site-regions", "message-site-choices", "mac-installer-choices"}
# A file is taken home and not looked at.
PARTS |= {"file", "work-result", "work-faults", "works-now", "tickets-now"}
# Behind signing in again; tests/browser/test_holdings.py goes there.
PARTS |= {"credential-show"}
PARTS |= {
    "mac-template",
    "dashboard-hours",
    "dashboard-attention",
    "mail-template-body",
    "brand-logo",
    "brand-accent",
}
PARTS |= {"workbook-template"}
PARTS |= {"file", "work-result", "people-template", "manual"}
# It leads on to what it is about.
PARTS |= {"notice"}
# Seen once a policy is published, which asks everybody: tests/browser/test_first_sign_in.py.
PARTS |= {"welcome-policy", "welcome-provider", "welcome-email"}
# By whom it is looked at, where that is not the installer.
SEEN_BY = {
    **dict.fromkeys(
        (
            *("account_login", "account-forgotten", "account_inactive", "account_suspended"),
            *("account-new-password", "account-email-confirm", "invitation"),
            "help-entrance",
        ),
        "stranger",
    ),
    **dict.fromkeys(
        ("organisations", "organisation-new", "organisation", "organisation-edit"), "distributor"
    ),
    "account_confirm_login_code": "kate",
    "person-own": "personnel",
    "support": "distributor",
    "setting-contact": "distributor",
    "account-setting": "ines",
    "support-default": "operator",
    "feedback": "property_manager",
    **dict.fromkeys(("manuals", "manual-new"), "tess"),
    "mfa_authenticate": "tess half in",
    **dict.fromkeys(("mail", "mail-server", "mail-server-test", "works", "work"), "tess"),
    **dict.fromkeys(
        ("mail-templates", "mail-template", "branding", "limits", "organisation-limits"),
        "tess",
    ),
    **dict.fromkeys(("policies", "policy", "policy-edit"), "tess"),
    **dict.fromkeys(
        (
            *("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"),
            *("mfa_index", "mfa_reauthenticate"),
        ),
        "tess",
    ),
    **dict.fromkeys(
        (
            *("mfa_activate_totp", "mfa_add_webauthn", "mfa_remove_webauthn"),
            *("account-password-new", "account_reauthenticate", "mfa_reauthenticate_webauthn"),
            "account-email",
        ),
        "theo",
    ),
}


def is_deed(pattern: URLPattern) -> bool:
    """Say whether an address only takes a POST, so that there is nothing to look at."""
    view = getattr(pattern.callback, "view_class", None)
    return view is not None and "get" not in view.http_method_names


def named_patterns() -> Iterator[URLPattern]:
    return (entry for entry in urlpatterns if isinstance(entry, URLPattern))


def test_every_page_has_an_entry_here() -> None:
    to_look_at = {str(one.name) for one in named_patterns() if not is_deed(one)}
    assert to_look_at == PAGES.keys() | PARTS


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound(name: str, windows: Windows, shown: Shown) -> None:
    path = shown.path_of(name, PAGES[name])
    window = windows.of(SEEN_BY.get(name, "installer"))
    arrive(window.page, path)
    expect(window.page.get_by_role("heading", level=1)).to_be_visible()
    assert urlsplit(window.page.url).path == path
    faults = [*looked_over(window.page, name, unrolled=True), *window.complaints.said]
    assert not faults, "\n".join(faults)
