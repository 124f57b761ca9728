"""Opening by HTTP in the older and the newer form, with an account of its own."""

import re

import aiohttp
import pytest

from .conftest import Site, Start

OLD = {"action": "OpenDoor", "UserName": "porter", "Password": "secret", "DoorNum": "1"}
PORTER = {"relay_user": "porter", "relay_password": "secret", "auth_mode": "digest"}


async def old(site: Site, **query: str) -> int:
    url = f"http://{site.at.address}/fcgi/do"
    async with site.session.get(url, params=OLD | query) as response:
        assert response.status == 200
        return result(await response.text())


async def new(site: Site, user: str, password: str, **query: str) -> tuple[int, int | None]:
    url = f"http://{site.at.address}/fcgi/OpenDoor"
    digest = aiohttp.DigestAuthMiddleware(user, password)
    asked = {"action": "OpenDoor", "DoorNum": "1"} | query
    async with site.session.get(url, params=asked, middlewares=(digest,)) as response:
        page = await response.text()
        return response.status, result(page) if response.status == 200 else None


def result(page: str) -> int:
    found = re.search(r'id="hcSingleResult" value="(-?\d+)"', page)
    assert found is not None
    return int(found[1])


async def test_the_older_form_opens_with_its_own_account(start: Start) -> None:
    lobby = await start(**PORTER)
    assert await old(lobby) == 0
    assert lobby.device.relays.pulses(1) == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"Password": "guess"}, -1),
        ({"UserName": "admin", "Password": "httpapi"}, -1),
        ({"DoorNum": "99"}, -2),
        ({"DoorNum": "0"}, -2),
        ({"DoorNum": "SA"}, -2),
        ({"action": "Other"}, -2),
    ],
)
async def test_what_does_not_fit_opens_nothing(
    start: Start, query: dict[str, str], code: int
) -> None:
    lobby = await start(**PORTER)
    assert await old(lobby, **query) == code
    assert lobby.device.relays.pulses(1) == 0


async def test_a_relay_that_nobody_wired_is_said_to_open(start: Start) -> None:
    assert await old(await start(**PORTER), DoorNum="4") == 0


async def test_it_is_off_until_somebody_switches_it_on(start: Start) -> None:
    lobby = await start(auth_mode="digest")
    assert await old(lobby) == -3
    assert (await new(lobby, "porter", "secret"))[0] == 503


async def test_an_r20a_sends_the_older_form_away(start: Start) -> None:
    lobby = await start(model="R20A", **PORTER)
    async with lobby.session.get(f"http://{lobby.at.address}/fcgi/do", params=OLD) as response:
        assert "please use new interface" in await response.text()
    assert await old(lobby) == -4
    assert await new(lobby, "porter", "secret") == (200, 0)
    assert lobby.device.relays.pulses(1) == 1


async def test_the_newer_form_wants_a_digest_of_the_right_account(start: Start) -> None:
    lobby = await start(**PORTER)
    assert await new(lobby, "porter", "secret", DoorNum="2") == (200, 0)
    assert await new(lobby, "porter", "secret", DoorNum="99") == (200, -2)
    assert (await new(lobby, "admin", "httpapi"))[0] == 401
    assert [lobby.device.relays.pulses(relay) for relay in (1, 2)] == [0, 1]


@pytest.mark.parametrize(("branch", "status"), [("9", 404), ("10", 200), ("11", 200)])
async def test_the_branch_of_the_firmware_decides_on_the_newer_form(
    start: Start, branch: str, status: int
) -> None:
    lobby = await start(firmware=f"916.30.{branch}.63", **PORTER)
    assert (await new(lobby, "porter", "secret"))[0] == status


async def test_three_accounts_know_nothing_of_each_other(start: Start) -> None:
    lobby = await start(**{**PORTER, "auth_mode": "none"})
    await lobby.post(
        "config",
        "set",
        {
            "Config.DoorSetting.APIFCGI.Password": "bmV3",
            "Config.Settings.WEB_LOGIN.Password": "d2Vi",
        },
    )
    assert lobby.device.account.password == "new"
    assert await old(lobby) == 0
    assert await old(lobby, Password="new") == -1
