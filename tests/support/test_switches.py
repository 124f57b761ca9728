"""Who is helped: enabled by the level above, granted by the owner; and whether apps are let in."""

import pytest
from django.test import Client
from django.urls import reverse

from doorward.kit.errors import Forbidden, Hidden, Refused
from doorward.tenancy import support
from doorward.tenancy.actions import support as deeds
from doorward.tenancy.actions.tokens import is_good, issue_token
from doorward.tenancy.models import AccountAccess, AuditEntry
from tests.cast import BUILDER, Cast
from tests.support.conftest import access_of, account, enable, standing

pytestmark = pytest.mark.django_db

SETTING = "account-setting"


def switch(browser: Client, who: str, *, on: bool) -> int:
    address = reverse("support-access", args=[standing(who).pk])
    return browser.post(address, {"wanted": "yes" if on else "no"}).status_code


def test_the_tab_shows_once_the_distributor_has_enabled_it_and_is_on(cast: Cast) -> None:
    AccountAccess.objects.all().delete()
    ivan, dora = cast.client("ivan"), cast.client("dora")
    page = reverse(SETTING)
    assert ivan.get(page).status_code == 404
    assert page not in ivan.get("/").content.decode()
    assert switch(dora, "ivan", on=True) == 302
    assert page in ivan.get("/").content.decode()
    shown = ivan.get(page).content.decode()
    assert "Permission Granted" in shown
    assert "Installer APP" in shown
    access = access_of("ivan")
    assert (access.enabled, access.granted, access.app_allowed) == (True, True, True)
    assert switch(dora, "ivan", on=False) == 302
    assert ivan.get(page).status_code == 404


def test_the_operator_may_choose_another_default(cast: Cast) -> None:
    otto = cast.client("otto")
    otto.post(reverse("support-default"), {})
    AccountAccess.objects.filter(node__parent__isnull=False).delete()
    switch(cast.client("dora"), "ivan", on=True)
    assert not access_of("ivan").granted
    otto.post(reverse("support-default"), {"granted": "on"})
    switch(cast.client("ivan"), "mona", on=True)
    assert access_of("mona").granted
    assert not access_of("ivan").granted


def test_a_default_that_is_chosen_again_is_no_change(cast: Cast) -> None:
    otto = cast.actor("otto")
    AccountAccess.objects.all().delete()

    def told() -> int:
        return AuditEntry.objects.filter(subject="accountaccess", verb="change").count()

    before = told()
    deeds.choose_default(otto, granted=True)
    assert told() == before
    deeds.choose_default(otto, granted=False)
    deeds.choose_default(otto, granted=False)
    assert told() == before + 1
    assert not support.granted_by_default()


def test_what_the_owner_has_chosen_outlasts_the_level_above(cast: Cast) -> None:
    access, dora = enable("ivan"), cast.client("dora")
    deeds.grant(cast.actor("ivan"), access, granted=False)
    switch(dora, "ivan", on=False)
    switch(dora, "ivan", on=True)
    assert not access_of("ivan").granted


@pytest.mark.parametrize(
    ("who", "whom"), [("otto", "ivan"), ("oscar", "mona"), ("dora", "oscar"), ("ivan", "ivan")]
)
def test_nobody_enables_who_is_not_on_their_list(who: str, whom: str, cast: Cast) -> None:
    assert switch(cast.client(who), whom, on=True) == 404


def test_a_sub_installer_helps_but_enables_nobody(cast: Cast) -> None:
    iris = cast.client("iris")
    assert switch(iris, "mona", on=True) == 403
    assert "Enable account access for" not in iris.get(reverse("support")).content.decode()
    with pytest.raises(Forbidden):
        deeds.enable(cast.actor("iris"), standing("mona"), enabled=True)
    assert reverse(SETTING) not in iris.get("/").content.decode()
    assert iris.get(reverse(SETTING)).status_code == 404


@pytest.mark.parametrize("who", ["dora", "iris", "oscar", "mona", "otto"])
def test_the_switches_are_their_owners_alone(who: str, cast: Cast) -> None:
    access, actor = enable("ivan"), cast.actor(who)
    with pytest.raises(Hidden):
        deeds.grant(actor, access, granted=False)
    with pytest.raises(Hidden):
        deeds.allow_apps(actor, access, allowed=False)
    page = reverse("account-setting-permission", args=[access.pk])
    assert cast.client(who).post(page, {"wanted": "no"}).status_code == 404


def test_switching_leaves_a_line_that_the_owner_reads(cast: Cast) -> None:
    access, ivan = enable("ivan"), cast.actor("ivan")
    deeds.grant(ivan, access, granted=False)
    deeds.grant(ivan, access, granted=False)
    seen = AuditEntry.objects.visible_to(ivan)
    (line,) = seen.filter(subject="accountaccess", account=ivan.account)
    assert (line.before, line.after) == ({"granted": True}, {"granted": False})


def test_a_manager_has_a_switch_for_each_installer_and_none_for_apps(cast: Cast) -> None:
    access, mona = enable("mona"), cast.client("mona")
    shown = mona.get(reverse(SETTING)).content.decode()
    assert "Ivan&#x27;s installations" in shown
    assert "Installer APP" not in shown
    with pytest.raises(Refused):
        deeds.allow_apps(cast.actor("mona"), access, allowed=False)
    mona.post(reverse("account-setting-permission", args=[access.pk]), {"wanted": "no"})
    assert not access_of("mona").granted


# --- Installer APP ----------------------------------------------------------------------------


def ask(cast: Cast, name: str) -> tuple[int, str]:
    answer = Client(headers={"Authorization": f"Bearer {cast.token(name)}"}).get("/api/v1/sites")
    return answer.status_code, str(answer.json().get("code", ""))


def test_without_installer_app_no_token_of_the_installer_is_let_in(cast: Cast) -> None:
    access, ivan = enable("ivan"), cast.actor("ivan")
    assert ask(cast, "ivan") == (200, "")
    deeds.allow_apps(ivan, access, allowed=False)
    for name in ("ivan", "iris"):
        assert ask(cast, name) == (403, "app.off")
        assert not is_good(cast.token(name))
        with pytest.raises(Forbidden):
            issue_token(cast.actor(name), account(name), "another")
    for name in ("mona", "oscar", "dora"):
        assert ask(cast, name) == (200, "")
    assert "Installer APP" in cast.client("iris").get(reverse("account-tokens")).content.decode()
    deeds.allow_apps(ivan, access, allowed=True)
    assert ask(cast, "iris") == (200, "")


def test_tokens_stay_shut_out_when_the_tab_goes(cast: Cast) -> None:
    access = enable("ivan")
    deeds.allow_apps(cast.actor("ivan"), access, allowed=False)
    deeds.enable(BUILDER, standing("ivan"), enabled=False)
    assert ask(cast, "ivan") == (403, "app.off")
    assert support.apps_are_off(account("iris"))


def test_the_portal_itself_needs_no_app(cast: Cast) -> None:
    deeds.allow_apps(cast.actor("ivan"), enable("ivan"), allowed=False)
    ivan = cast.client("ivan")
    assert ivan.get("/").status_code == 200
    assert ivan.get("/api/v1/sites").status_code == 200
