"""Signing in over the wire, with clients that nobody here wrote."""

import asyncio
import ssl
import warnings

import aiohttp
import pytest

from doorward.emulator.auth import LOCK_SECONDS, WRONG_PASSWORDS, Lockout, Verdict

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


# --- Modes, locks and dialects ---


@pytest.mark.parametrize("mode", ["digest_server", "digest", "both"])
async def test_every_digest_mode_takes_a_digest(start: Start, mode: str) -> None:
    lobby = await start(auth_mode=mode)
    assert await status(lobby, aiohttp.DigestAuthMiddleware("admin", "httpapi")) == 200
    assert await status(lobby, headers=basic("httpapi")) == (200 if mode == "both" else 401)


async def test_both_are_offered_where_both_are_taken(start: Start) -> None:
    lobby = await start(auth_mode="both")
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        offered = response.headers.getall("WWW-Authenticate")
    assert [offer.split()[0] for offer in offered] == ["Digest", "Basic"]


async def test_an_empty_white_list_lets_nobody_in_and_says_nothing(start: Start) -> None:
    lobby = await start(auth_mode="whitelist")
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert (response.status, await response.read()) == (403, b"")
        assert "WWW-Authenticate" not in response.headers
    assert await status(lobby, aiohttp.DigestAuthMiddleware("admin", "httpapi")) == 403


async def test_basic_is_broken_on_some_firmware(start: Start) -> None:
    lobby = await start(auth_mode="basic", quirks=("basic_broken",))
    assert await status(lobby, headers=basic("httpapi")) == 401


async def test_the_realm_of_the_manual_is_another_one(start: Start) -> None:
    lobby = await start(auth_mode="digest", quirks=("manual_realm",))
    async with lobby.session.get(f"{lobby.base}/system/info") as response:
        assert 'realm="HTTPAPI"' in response.headers["WWW-Authenticate"]
    assert await status(lobby, aiohttp.DigestAuthMiddleware("admin", "httpapi")) == 200


async def test_five_wrong_passwords_lock_the_door_to_the_right_one(start: Start) -> None:
    lobby = await start(auth_mode="basic", quirks=("locks_out",))
    assert [await status(lobby, headers=basic("guess")) for _ in range(6)] == [401] * 5 + [403]
    assert await status(lobby, headers=basic("httpapi")) == 403


async def test_asking_without_a_password_locks_nothing(start: Start) -> None:
    lobby = await start(auth_mode="digest", quirks=("locks_out",))
    assert [await status(lobby) for _ in range(6)] == [401] * 6
    assert await status(lobby, aiohttp.DigestAuthMiddleware("admin", "httpapi")) == 200


def test_a_lock_ends_and_a_right_password_forgives() -> None:
    lockout = Lockout()
    for now in range(WRONG_PASSWORDS - 1):
        lockout.count("a", Verdict.REFUSED, now)
    lockout.count("a", Verdict.WELCOME, 4)
    lockout.count("a", Verdict.REFUSED, 5)
    assert not lockout.locked("a", 6)
    for now in range(6, 6 + WRONG_PASSWORDS - 1):
        lockout.count("a", Verdict.REFUSED, now)
    assert lockout.locked("a", 60)
    assert not lockout.locked("b", 60)
    assert not lockout.locked("a", 9 + LOCK_SECONDS)


async def test_an_e18c_tells_its_name_to_anybody(start: Start) -> None:
    door = await start(model="E18C", auth_mode="whitelist")
    async with door.session.get(f"{door.base}/system/info") as response:
        assert response.status == 403
    path = "/web/status/get?session=&web=1"
    async with door.session.get(f"http://{door.at.address}{path}") as response:
        assert (await response.json(content_type=None))["data"] == {"ProductName": "E18C"}


async def test_other_models_have_no_such_page(lobby: Site) -> None:
    async with lobby.session.get(f"http://{lobby.at.address}/web/status/get") as response:
        assert response.status == 404


async def test_a_newer_web_stack_moves_to_https_and_leaves_its_name_open(start: Start) -> None:
    lobby = await start(auth_mode="digest", web="newer", tls="modern")
    url = f"{lobby.base}/system/info"
    async with lobby.session.get(url, allow_redirects=False) as response:
        assert response.status == 308
        moved = response.headers["Location"]
    async with lobby.session.get(f"{lobby.base}/web/system/info") as response:
        assert (await response.json(content_type=None))["data"]["Status"]["Model"] == "X916"
    digest = aiohttp.DigestAuthMiddleware("admin", "httpapi")
    async with lobby.session.get(moved, ssl=False, middlewares=(digest,)) as response:
        assert (await response.json(content_type=None))["retcode"] == 0
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await lobby.session.get(moved)


async def test_an_old_device_speaks_a_tls_that_nobody_speaks_any_more(start: Start) -> None:
    lobby = await start(tls="legacy")
    url = f"https://127.0.0.1:{lobby.at.tls_port}/api/system/info"
    with pytest.raises(aiohttp.ClientConnectorError):
        await lobby.session.get(url, ssl=False)
    lenient = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lenient.check_hostname, lenient.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        lenient.minimum_version = ssl.TLSVersion.TLSv1
    lenient.set_ciphers("DEFAULT@SECLEVEL=0")
    async with lobby.session.get(url, ssl=lenient) as response:
        assert response.status == 200
