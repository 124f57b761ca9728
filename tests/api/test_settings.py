"""What the operator sets, over the API: by its page's rules, and no secret in any answer."""

import pytest
from django.test import Client

from doorward.kit import brand
from doorward.kit.models import MailServer
from doorward.tenancy.limits import Limit, most_of
from doorward.tenancy.models import AuditEntry
from tests.api.conftest import Caller, CallerOf, faults
from tests.cast import Cast
from tests.uploads import FaceFile

pytestmark = pytest.mark.django_db

SECRET = "a-long-word-for-mail"
SERVER = {
    "host": "mail.example.com",
    "user": "doors",
    "password": SECRET,
    "sender_address": "doors@example.com",
}


@pytest.fixture
def operator(caller: CallerOf) -> Caller:
    return caller("otto")


def test_the_mail_server_is_set_changed_and_forgotten(operator: Caller) -> None:
    path = "/settings/mail-server"
    assert operator.get(path).json()["is_set"] is False
    answer = operator.patch(path, SERVER)
    assert answer.json() == {
        "is_set": True,
        "host": "mail.example.com",
        "port": 587,
        "security": "starttls",
        "user": "doors",
        "has_password": True,
        "sender_address": "doors@example.com",
        "sender_name": "",
    }
    operator.patch(path, {"sender_name": "Doors"})
    server = MailServer.objects.get()
    assert (server.sender_name, server.password) == ("Doors", SECRET)
    for asked in (answer, operator.get(path), operator.get("/openapi.json")):
        assert SECRET not in asked.content.decode()
    assert operator.delete(path).status_code == 204
    assert operator.delete(path).json()["code"] == "mail_server.none"


def test_a_kept_password_goes_to_no_other_place(operator: Caller) -> None:
    operator.patch("/settings/mail-server", SERVER)
    moved = operator.patch("/settings/mail-server", {"host": "mail.example.org"})
    assert list(faults(moved)) == ["password"]
    assert MailServer.objects.get().host == "mail.example.com"


def test_another_password_makes_another_version(operator: Caller) -> None:
    path = "/settings/mail-server"
    known = operator.patch(path, SERVER)
    other = operator.patch(path, {"password": "another-word"})
    assert other.json() == known.json()
    late = operator.send("PATCH", path, {"port": 25}, If_Match=known["ETag"])
    assert late.json()["code"] == "version.stale"
    assert MailServer.objects.get().port == 587


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("mail-server", {**SERVER, "host": "smtp://mail.example.com"}, "host"),
        ("mail-server", {"host": "mail.example.com"}, "sender_address"),
        ("mail-server", {"security": "ssl"}, "security"),
        ("mail-server", {"is_set": False}, "is_set"),
        ("branding", {"accent": "#ffcc00"}, "accent"),
        ("branding", {"logo_url": "/x.png"}, "logo_url"),
        ("limits", {"sites": 0}, "sites"),
        ("limits", {"sites": "10"}, "sites"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    path: str, body: dict[str, object], field: str, operator: Caller
) -> None:
    before = AuditEntry.objects.count()
    assert list(faults(operator.patch(f"/settings/{path}", body))) == [field]
    assert AuditEntry.objects.count() == before


def test_the_looks_are_set_part_by_part(operator: Caller) -> None:
    path = "/settings/branding"
    assert operator.send("PUT", f"{path}/logo", {"file": FaceFile()}).status_code == 204
    logo = operator.get(path).json()["logo_url"]
    assert Client().get(logo)["Content-Type"] == "image/png"
    told = operator.patch(path, {"name": "Maple Doors", "accent": "#7A2048"}).json()
    assert told == {"name": "Maple Doors", "accent": "#7a2048", "logo_url": logo}
    assert operator.patch(path, {"name": ""}).json()["accent"] == "#7a2048"
    assert operator.delete(f"{path}/logo").status_code == 204
    assert (brand.look().logo, brand.look().accent) == ("", "#7a2048")
    entries = AuditEntry.objects.count()
    assert operator.delete(f"{path}/logo").status_code == 204
    assert AuditEntry.objects.count() == entries


def test_what_is_no_logo_is_said_at_the_file(operator: Caller) -> None:
    broken = FaceFile()
    broken.truncate(40)
    answer = operator.send("PUT", "/settings/branding/logo", {"file": broken})
    assert list(faults(answer)) == ["file"]


def test_limits_hold_for_all_and_for_one(operator: Caller, cast: Cast) -> None:
    installer = cast.maple.installer
    own = f"/organisations/{installer.pk}/limits"
    assert operator.patch("/settings/limits", {"sites": 50, "people": 900}).status_code == 200
    assert operator.patch(own, {"sites": 10}).json()["sites"] == 10
    assert [most_of(limit, installer) for limit in Limit] == [10, None, 900]
    operator.patch(own, {"sites": None})
    told = operator.get("/settings/limits").json()
    assert told == {"sites": 50, "devices": None, "people": 900}
    assert most_of(Limit.SITES, installer) == 50


def test_a_reseller_leaves_its_contact(caller: CallerOf, cast: Cast) -> None:
    dora, path = caller("dora"), "/settings/contact"
    node = cast.actor("dora").places[0].node
    told = dora.patch(path, {"phone": "+49 89 636 48018", "website": "https://dora.example.com"})
    assert told.json()["node"] == str(node)
    assert told.json()["phone"] == "+498963648018"
    assert dora.patch(f"{path}?node={node}", {"remark": "Weekdays"}).json()["website"]
    assert list(faults(dora.patch(path, {"phone": "12"}))) == ["phone"]
    strange = cast.maple.installer.pk
    assert list(faults(dora.patch(f"{path}?node={strange}", {"remark": "x"}))) == ["node"]
    assert caller("otto").get(path).status_code == 403
