"""Every deed, while somebody acts for another: barred, or open and why.

Barred is what would let somebody in, or send them mail, when the hour is over, and what is the
owner's own. A page or a route that writes and has no line here fails.
"""

import json

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from tests.cast import Cast
from tests.house import test_pages as pages
from tests.house.addresses import address_of, typed
from tests.house.routes import body_of, path_of, routes
from tests.support.conftest import Enter, standing

pytestmark = pytest.mark.django_db

BARRED_PAGES = {
    "accounts and invitations": """
        user-new user-edit user-delete user-open user-shut user-unlock user-sessions-end
        user-email-again user-email-keep invitation-again administrator-new administrator-edit
    """,
    "roles": "user-role-end site-managers site-managers-add",
    "passwords and factors of others": "user-password user-factor user-factors-remove",
    "one's own account": """
        account account-browser-forget account-email account-email-again account-email-keep
        account-email-withdraw account-password
        account-password-new account-reminder account-session-end account-sessions-end
        account-token-revoke account-tokens mfa_activate_totp mfa_add_webauthn
        mfa_deactivate_totp mfa_generate_recovery_codes mfa_remove_webauthn
        setting-zone setting-notification
    """,
    "machines that are let in": "connector-new connector-code",
    "addresses that mail goes to": "provider setting-service setting-billing setting-contact",
    "switches of support access": """
        account-setting-app account-setting-permission support-access
    """,
}
OPEN_PAGES = {
    "runs an office, by the owner's own accounts, devices and connectors": """
        site-new site-edit site-delete site-restore company-new company-edit company-delete
        device-new device-edit device-delete device-reboot device-resync device-drifts-seen
        devices all-devices device-strangers-keep device-strangers-question device-strangers-remove
        door-new door-edit door-delete door-open alarms alarm-acknowledge alarm-close
        mac-new mac-delete mac-import mac-import-apply macs setting-houses setting-log
    """,
    "lets nobody in: it shuts out, renames or withdraws": """
        connector-edit connector-revoke connector-delete invitation-withdraw
    """,
    "opens doors and not the portal, and stands in the list of people with both names": """
        people people-group-new people-group-edit people-group-delete people-import
        people-import-apply person-new person-edit person-delete person-restore person-resume
        person-suspend person-photo person-photo-remove card-add pin-give credential-show
        credential-remove group group-new group-edit group-copy group-delete group-people
        workbook workbook-apply workbook-filled
    """,
    "nobody is acted for who could do it: 403 or 404, as to everybody of that role": """
        branding limits mail-again mail-server mail-server-forget mail-server-test manual-new
        manual-delete organisation-new organisation-edit organisation-delete organisation-limits
        organisation-suspend organisation-resume policy-new policy-edit policy-publish
        policy-discard support-default feedback
    """,
    "one's own stays one's own, and the other's is not there: asked as whoever helps": """
        account_reauthenticate mfa_reauthenticate mfa_reauthenticate_webauthn
        message-new message-edit message-send message-recall message-delete notice-read notices-read
        ticket ticket-new ticket-solve work-cancel work-retry
        welcome-email welcome-policy welcome-provider
    """,
    "begins and ends acting itself": "support-enter support-end",
    "only looks": "search search-typing",
}
BARRED_ROUTES = {
    "accounts and invitations": """
        PATCH /accounts/{account}
        DELETE /accounts/{account}
        POST /accounts/{account}/unlock
        POST /accounts/{account}/shut
        POST /accounts/{account}/open
        POST /invitations
    """,
    "roles": """
        POST /sites/{site}/managers/assign
        POST /sites/{site}/managers/withdraw
    """,
    "passwords and factors of others": """
        POST /accounts/{account}/password-link
        POST /accounts/{account}/second-factor
        DELETE /accounts/{account}/second-factors
    """,
    "machines that are let in": """
        POST /connectors
        POST /connectors/{connector}/code
    """,
    "addresses that mail goes to": "DELETE /settings/mail-server",
    "switches of support access": """
        POST /support-access/{helped}/enable
        POST /support-access/{helped}/disable
    """,
}
OPEN_ROUTES = {
    "runs an office, by the owner's own accounts, devices and connectors": """
        POST /sites
        PATCH /sites/{site}
        DELETE /sites/{site}
        POST /sites/{site}/restore
        POST /companies
        PATCH /companies/{company}
        DELETE /companies/{company}
        POST /macs
        POST /macs/import
        POST /macs/move
        DELETE /macs/{mac}
        POST /devices
        PATCH /devices/{device}
        DELETE /devices/{device}
        POST /devices/{device}/reboot
        POST /devices/{device}/resync
        POST /devices/{device}/drifts/seen
        POST /devices/{device}/strangers/keep
        POST /devices/{device}/strangers/remove
        POST /devices/{device}/strangers/question
        POST /doors
        PATCH /doors/{door}
        DELETE /doors/{door}
        POST /doors/{door}/unlock
        POST /alarms/{alarm}/acknowledge
        POST /alarms/{alarm}/close
    """,
    "lets nobody in: it shuts out, renames or withdraws": """
        PATCH /connectors/{connector}
        DELETE /connectors/{connector}
        POST /connectors/{connector}/revoke
        DELETE /invitations/{invitation}
    """,
    "opens doors and not the portal, and stands in the list of people with both names": """
        POST /people
        POST /people/bulk
        POST /people/bulk/preview
        POST /people/export
        POST /people/import
        POST /workbook/import
        PATCH /people/{person}
        DELETE /people/{person}
        PUT /people/{person}/photo
        DELETE /people/{person}/photo
        POST /people-groups
        PATCH /people-groups/{people_group}
        DELETE /people-groups/{people_group}
        POST /credentials
        DELETE /credentials/{credential}
        POST /credentials/{credential}/replace
        POST /access-groups
        PATCH /access-groups/{group}
        DELETE /access-groups/{group}
        POST /access-groups/{group}/people/add
        POST /access-groups/{group}/people/remove
        POST /access-groups/{group}/preview
    """,
    "nobody is acted for who could do it: 403 or 404, as to everybody of that role": """
        POST /organisations
        PATCH /organisations/{organisation}
        DELETE /organisations/{organisation}
        POST /organisations/{organisation}/suspend
        POST /organisations/{organisation}/resume
        PATCH /organisations/{organisation}/limits
        PATCH /settings/mail-server
        PATCH /settings/branding
        PUT /settings/branding/logo
        DELETE /settings/branding/logo
        PATCH /settings/limits
        PATCH /settings/contact
    """,
    "one's own stays one's own, and the other's is not there: asked as whoever helps": """
        POST /messages
        PATCH /messages/{message}
        DELETE /messages/{message}
        POST /messages/{message}/send
        POST /messages/{message}/recall
        POST /messages/{message}/read
        POST /notices/read
        POST /notices/{notice}/read
        POST /tickets
        POST /tickets/{ticket}/answer
        POST /tickets/{ticket}/solve
        POST /works/{work}/cancel
        POST /works/{work}/retry
    """,
    "only looks": "POST /search",
}


# Done, or asked to mend what was typed.
_TAKEN = {200, 201, 202, 204, 302, 409, 422}
# Groups whose deeds may also answer as to somebody who has nothing there.
_ELSEWHERE = ("nobody is acted for", "one's own stays", "begins and ends")
# Nobody's file waits here to be taken over and nothing deleted to be brought back, and an installer
# moves no MACs.
_EMPTY = {
    *("mac-import-apply", "people-import-apply", "workbook-apply", "person-restore"),
    *("POST /sites/{site}/restore", "POST /macs/move"),
}


def names_of(table: dict[str, str]) -> list[str]:
    return [name for names in table.values() for name in names.split()]


def lines_of(table: dict[str, str]) -> list[str]:
    return [line.strip() for lines in table.values() for line in lines.strip().splitlines()]


def _acted_on() -> set[str]:
    """Return the pages and routes by which whoever acts for Ivan does something here."""
    done = [
        {about: lines for about, lines in table.items() if not about.startswith(_ELSEWHERE)}
        for table in (OPEN_PAGES, OPEN_ROUTES)
    ]
    return {*names_of(done[0]), *lines_of(done[1])} - _EMPTY


_ACTED_ON = _acted_on()


@pytest.fixture
def browser(enter: Enter) -> Client:
    """Dora acts for Ivan here."""
    return enter("dora", "ivan")


def test_every_page_that_writes_has_its_line_once() -> None:
    written = {row[0] for row in pages.ROWS if row[1] == "POST"}
    assert sorted(names_of(BARRED_PAGES | OPEN_PAGES)) == sorted(written)


def test_every_route_that_writes_has_its_line_once() -> None:
    written = [f"{method} {route}" for method, route in routes() if method != "GET"]
    assert sorted(lines_of(BARRED_ROUTES) + lines_of(OPEN_ROUTES)) == sorted(written)


def sent_to_page(browser: Client, name: str, cast: Cast) -> HttpResponse:
    """Send a page's form as Ivan would."""
    address = address_of(name, cast)
    if name == "support-access":
        address = reverse(name, args=[standing("mona").pk])
    return browser.post(address, typed(name, cast))


def sent_to_route(browser: Client, line: str, cast: Cast) -> HttpResponse:
    method, route = line.split()
    body, path = body_of(method, route, cast), path_of(route, cast)
    if body and "file" in body:
        return browser.generic(method, path, encode_multipart(BOUNDARY, body), MULTIPART_CONTENT)
    return browser.generic(method, path, json.dumps(body or {}, default=str), "application/json")


def said(answer: HttpResponse) -> str:
    return "" if answer.streaming else answer.content.decode()


@pytest.mark.parametrize("name", names_of(BARRED_PAGES))
def test_a_barred_page_says_why_and_who_can_do_it(name: str, browser: Client, cast: Cast) -> None:
    answer = sent_to_page(browser, name, cast)
    assert answer.status_code == 403
    assert "You are acting for Ivan" in said(answer)
    # Who enters nobody else meanwhile only has to end it first.
    mend = "End that first" if name == "support-access" else "Ask Ivan to do it, or end"
    assert mend in said(answer)


@pytest.mark.parametrize("name", names_of(OPEN_PAGES))
def test_an_open_page_bars_nobody(name: str, browser: Client, cast: Cast) -> None:
    cast.power_on()
    answer = sent_to_page(browser, name, cast)
    assert answer.status_code in (_TAKEN if name in _ACTED_ON else _TAKEN | {403, 404})
    assert "You are acting for Ivan." not in said(answer)


@pytest.mark.parametrize("line", lines_of(BARRED_ROUTES))
def test_a_barred_route_says_why(line: str, browser: Client, cast: Cast) -> None:
    answer = sent_to_route(browser, line, cast)
    assert answer.status_code == 403
    assert "support.barred" in said(answer)


@pytest.mark.parametrize("line", lines_of(OPEN_ROUTES))
def test_an_open_route_bars_nobody(line: str, browser: Client, cast: Cast) -> None:
    cast.power_on()
    answer = sent_to_route(browser, line, cast)
    assert answer.status_code in (_TAKEN if line in _ACTED_ON else _TAKEN | {403, 404})
    assert "support.barred" not in said(answer)
