"""Signing in over the wire, with clients that nobody here wrote."""

import asyncio

import aiohttp
import pytest

from .conftest import Site, Start


async def status(site: Site, *middlewares: aiohttp.ClientMiddlewareType, **options: object) -> int:
    url = f"{site.base}/user/add"
    body = {"target": "user", "action": "get", "data": {}}
    async with site.session.post(url, json=body, middlewares=middlewares, **options) as response:
        return response.status


def basic(password: str) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth("admin", password)}


async def test_a_digest_client_works_for_many_calls(start: Start) -> None:
    lobby = await start(auth_mode="digest")
    digest = aiohttp.DigestAuthMiddleware("admin", "httpapi")
    assert [await status(lobby, digest) for _ in range(5)] == [200] * 5


async def test_a_digest_client_survives_an_old_nonce(start: Start) -> None:
    lobby = await start(auth_mode="digest", nonce_seconds=0.05)
    digest = aiohttp.DigestAuthMiddleware("admin", "httpapi")
    assert await status(lobby, digest) == 200
    await asyncio.sleep(0.1)
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert "stale" not in response.headers["WWW-Authenticate"]
    assert await status(lobby, digest) == 200


async def test_a_recorded_request_cannot_be_played_again(start: Start) -> None:
    lobby = await start(auth_mode="digest")
    recorded: list[str] = []

    async def record(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        recorded.append(request.headers.get("Authorization", ""))
        return await handler(request)

    digest = aiohttp.DigestAuthMiddleware("admin", "httpapi")
    url = f"{lobby.base}/system/info"
    async with lobby.session.get(url, middlewares=(digest, record)) as response:
        assert response.status == 200
    assert "auth-int" in recorded[-1]
    async with lobby.session.get(url, headers={"Authorization": recorded[-1]}) as response:
        assert response.status == 401
        assert "stale=true" in response.headers["WWW-Authenticate"]


async def test_a_wrong_password_is_refused(start: Start) -> None:
    lobby = await start(auth_mode="digest")
    assert await status(lobby, aiohttp.DigestAuthMiddleware("admin", "guess")) == 401
    assert await status(lobby) == 401


async def test_basic_is_asked_for_and_taken(start: Start) -> None:
    lobby = await start(auth_mode="basic")
    assert await status(lobby, headers=basic("httpapi")) == 200
    assert await status(lobby, headers=basic("guess")) == 401
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert response.headers["WWW-Authenticate"] == 'Basic realm="HTTP API"'


async def test_a_path_that_is_no_utf_8_is_answered(start: Start) -> None:
    lobby = await start(auth_mode="digest")
    host, port = lobby.at.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /api/\xff\xfe HTTP/1.1\r\nHost: x\r\nAuthorization: Digest \xff\r\n\r\n")
    line = await reader.readline()
    writer.close()
    assert line.split()[1] in (b"400", b"401", b"404")


@pytest.mark.parametrize("values", [{"Enable": "0"}, {"AuthMode": "2"}])
async def test_a_locked_api_answers_403_and_offers_no_way_in(
    start: Start, values: dict[str, str]
) -> None:
    lobby = await start()
    await lobby.settings(**{f"DoorSetting__APIFCGI__{key}": v for key, v in values.items()})
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert response.status == 403
        assert "WWW-Authenticate" not in response.headers


async def test_the_white_list_lets_its_addresses_in(start: Start) -> None:
    lobby = await start()
    await lobby.settings(
        DoorSetting__APIFCGI__WhiteListIP03="127.0.0.1", DoorSetting__APIFCGI__AuthMode="2"
    )
    assert await status(lobby) == 200


async def test_a_strict_device_wants_a_pause_between_calls(start: Start) -> None:
    lobby = await start(quirks=("strict_spacing",))
    assert [await status(lobby) for _ in range(3)] == [200, 503, 401]
    await asyncio.sleep(0.3)
    assert await status(lobby) == 200


async def test_a_lenient_device_does_not(lobby: Site) -> None:
    assert [await status(lobby) for _ in range(5)] == [200] * 5
