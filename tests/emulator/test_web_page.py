"""The older web page: a sign-in of its own, and the form by which the API is opened again."""

import base64
import re

import pytest

from doorward.emulator.web_page import fields_of

from .conftest import Site, Start


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r"id=(hc\w+) type=hidden value='([^']*)'", page))


async def ask(site: Site, query: str, form: str | None = None, session: str = "") -> dict[str, str]:
    method, data = ("GET", None) if form is None else ("POST", {"SubmitData": form})
    url = f"http://{site.at.address}/fcgi/do?{query}"
    cookie = {"Cookie": f"SessionId={session}"}
    async with site.session.request(method, url, data=data, headers=cookie) as response:
        assert response.status == 200
        return hidden(await response.text())


async def sign_in(site: Site, user: str, password: str) -> str:
    nonce = (await ask(site, "action=Encrypt"))["hcRandom"]
    joined = base64.b64encode((nonce + password).encode()).decode()
    spelled = joined.replace("=", "`C").replace("/", "`H").replace("+", "`K")
    form = f"begin&Operation=CreateSession&DestURL=id`C1&UserName={user}&Password={spelled}&x=end"
    return (await ask(site, "id=1", form))["hcSessionIdNow"]


async def test_an_owner_gets_back_in_where_the_api_lets_nobody_in(start: Start) -> None:
    lobby = await start(auth_mode="whitelist")
    session = await sign_in(lobby, "admin", "admin")
    form = await ask(lobby, "id=130&id=16", session=session)
    assert (form["hcAuthMode"], form["hcIP_01"], form["hcPassword"]) == ("2", "", "******")
    spelled = "begin&Operation=Submit&cAuthMode=0&cUserName=porter&cPassword=bmV3&SubmitData=end"
    assert (await ask(lobby, "id=130&id=16", spelled, session))["hcAuthMode"] == "0"
    assert (await lobby.get("system/info"))["retcode"] == 0
    assert (lobby.device.account.user, lobby.device.account.password) == ("porter", "new")


@pytest.mark.parametrize(("user", "password"), [("admin", "httpapi"), ("root", "admin")])
async def test_the_api_s_account_is_none_of_the_page_s(
    lobby: Site, user: str, password: str
) -> None:
    assert await sign_in(lobby, user, password) == ""


async def test_a_nonce_is_good_for_one_sign_in(lobby: Site) -> None:
    nonce = (await ask(lobby, "action=Encrypt"))["hcRandom"]
    joined = base64.b64encode(f"{nonce}admin".encode()).decode().replace("=", "`C")
    form = f"begin&Operation=CreateSession&UserName=admin&Password={joined}&SubmitData=end"
    assert [bool((await ask(lobby, "id=1", form))["hcSessionIdNow"]) for _ in range(2)] == [
        True,
        False,
    ]


async def test_strangers_see_and_change_nothing(lobby: Site) -> None:
    spelled = "begin&Operation=Submit&cAuthMode=0&SubmitData=end"
    for form in (None, spelled):
        assert await ask(lobby, "id=130&id=16", form, "0" * 32) == {"hcSessionIdNow": ""}


async def test_a_restart_ends_every_session(lobby: Site) -> None:
    session = await sign_in(lobby, "admin", "admin")
    await lobby.scenario("power_off")
    await lobby.scenario("power_on")
    assert "hcAuthMode" not in await ask(lobby, "id=130&id=16", session=session)


async def test_other_models_have_no_such_page(start: Start) -> None:
    door = await start(model="E18C")
    assert await ask(door, "action=Encrypt") == {}


def test_what_the_page_s_script_escapes_is_read_back() -> None:
    read = fields_of("begin&a=`A`B`C`D`F`G`H`I`J`K&b=`Z&SubmitData=end")
    assert read == {"a": "`&= '%/$#+", "b": "`Z", "SubmitData": "end"}
