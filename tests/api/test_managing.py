"""Who manages a site, and who may be helped, over the API."""

import json
from typing import Any

import pytest
from django.test import Client

from doorward.sites.actions import SiteForm, create_site
from doorward.tenancy.models import Account, AccountAccess, AuditEntry, Standing
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db


# Any: what JSON can hold.
def call(cast: Cast, who: str, method: str, path: str, body: object = None) -> tuple[int, Any]:
    sent = "" if body is None else json.dumps(body)
    client = Client(headers={"Authorization": f"Bearer {cast.token(who)}"})
    answer = client.generic(method, f"/api/v1{path}", sent, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_manager_is_assigned_to_another_site_and_withdrawn(cast: Cast) -> None:
    elm = create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    mona = Account.objects.get(username="mona")
    here = f"/sites/{elm.pk}/managers"
    _, candidates = call(cast, "ivan", "GET", f"{here}/candidates")
    assert [one["username"] for one in candidates["items"]] == ["mona"]
    assert call(cast, "ivan", "POST", f"{here}/assign", {"accounts": [mona.pk]}) == (
        *(200, {"changed": 1}),
    )
    assert call(cast, "ivan", "POST", f"{here}/assign", {"accounts": [mona.pk]})[1] == {
        "changed": 0
    }
    _, listed = call(cast, "ivan", "GET", here)
    assert [one["account"] for one in listed["items"]] == [str(mona.pk)]
    assert call(cast, "mona", "GET", f"/sites/{elm.pk}")[0] == 200
    assert call(cast, "ivan", "POST", f"{here}/withdraw", {"accounts": [mona.pk]})[1] == {
        "changed": 1
    }
    assert call(cast, "mona", "GET", f"/sites/{elm.pk}")[0] == 404


def test_whoever_is_not_one_s_own_to_look_after_is_not_assigned(cast: Cast) -> None:
    stranger = Account.objects.get(username="oscar")
    path = f"/sites/{cast.maple.pk}/managers/assign"
    status, told = call(cast, "ivan", "POST", path, {"accounts": [stranger.pk]})
    missing = call(cast, "ivan", "POST", path, {"accounts": [987654321]})
    assert (status, told["errors"][0]["field"]) == (422, "accounts")
    assert missing == (status, told)
    assert not Standing.objects.filter(account=stranger, node=cast.maple.node).exists()


def test_account_access_is_enabled_and_disabled(cast: Cast) -> None:
    AccountAccess.objects.all().delete()
    _, listed = call(cast, "ivan", "GET", "/support-access?state=off")
    (helped,) = [one for one in listed["items"] if one["username"] == "mona"]
    assert (helped["enabled"], helped["granted"]) == (False, None)
    path = f"/support-access/{helped['id']}"
    status, told = call(cast, "ivan", "POST", f"{path}/enable")
    assert (status, told["enabled"], told["granted"]) == (200, True, True)
    assert AuditEntry.objects.latest("pk").verb == "change"
    assert call(cast, "ivan", "POST", f"{path}/disable")[1]["enabled"] is False
    # What the owner has chosen outlasts it.
    assert call(cast, "ivan", "GET", path)[1]["granted"] is True
