"""Digest and basic, judged without a socket."""

import base64
from dataclasses import replace
from hashlib import md5

import pytest

from doorward.emulator.auth import (
    NONCES_KEPT,
    REALM,
    Account,
    Nonces,
    Request,
    Verdict,
    basic_verdict,
    challenge,
    digest_verdict,
)

ACCOUNT = Account("admin", "httpapi")
OPAQUE = "0paque"
NONCE = "n0nce"
BODY = b'{"target":"user"}'


def hashed(text: str | bytes) -> str:
    return md5(text if isinstance(text, bytes) else text.encode()).hexdigest()


def signed(
    *, qop: str = "auth-int", nc: str = "00000001", password: str = "httpapi", **parts: str
) -> Request:
    """Sign a request the way RFC 7616 tells a client to."""
    body = b"" if qop == "auth" else BODY
    asked = "POST:/api/?a=b" + (f":{hashed(body)}" if qop == "auth-int" else "")
    secret = hashed(f"admin:{REALM}:{password}")
    response = hashed(f"{secret}:{NONCE}:{nc}:cn:{qop}:{hashed(asked)}")
    fields = {
        "username": "admin",
        "realm": REALM,
        "nonce": NONCE,
        "uri": "/api/?a=b",
        "cnonce": "cn",
        "opaque": OPAQUE,
        "response": response,
    } | parts
    quoted = ", ".join(f'{name}="{value}"' for name, value in fields.items())
    return Request("POST", "/api/?a=b", body, f"Digest {quoted}, qop={qop}, nc={nc}")


@pytest.fixture
def nonces() -> Nonces:
    nonces = Nonces(lifetime=60)
    nonces.give(NONCE, now=0)
    return nonces


def verdict(request: Request, nonces: Nonces, now: float = 1) -> Verdict:
    return digest_verdict(request, ACCOUNT, nonces, OPAQUE, now)


@pytest.mark.parametrize("qop", ["auth", "auth-int"])
def test_a_rightly_signed_request_is_welcome(qop: str, nonces: Nonces) -> None:
    assert verdict(signed(qop=qop), nonces) is Verdict.WELCOME


def test_a_changed_body_breaks_auth_int(nonces: Nonces) -> None:
    assert verdict(replace(signed(), body=BODY + b" "), nonces) is Verdict.REFUSED


@pytest.mark.parametrize("change", [{"method": "GET"}, {"uri": "/api/?a=c"}])
def test_a_signature_holds_for_one_method_and_one_address(
    change: dict[str, str], nonces: Nonces
) -> None:
    assert verdict(replace(signed(), **change), nonces) is Verdict.REFUSED


def test_the_same_count_is_refused_the_second_time(nonces: Nonces) -> None:
    verdict(signed(), nonces)
    assert verdict(signed(), nonces) is Verdict.STALE
    assert verdict(signed(nc="00000002"), nonces) is Verdict.WELCOME
    assert verdict(signed(nc="00000001"), nonces) is Verdict.STALE


def test_an_old_nonce_is_stale_only_to_one_who_knows_the_password(nonces: Nonces) -> None:
    assert verdict(signed(), nonces, now=60) is Verdict.STALE
    assert verdict(signed(password="guess"), nonces, now=60) is Verdict.REFUSED


@pytest.mark.parametrize(
    "parts",
    [
        {"nonce": "invented"},
        {"opaque": "other"},
        {"realm": "HTTPAPI"},
        {"username": "root"},
        {"cnonce": ""},
        {"response": "short"},
    ],
)
def test_a_header_that_does_not_fit_is_refused(parts: dict[str, str], nonces: Nonces) -> None:
    assert verdict(signed(**parts), nonces) is Verdict.REFUSED


@pytest.mark.parametrize("nc", ["1", "zzzzzzzz", ""])
def test_a_count_is_eight_hex_digits(nc: str, nonces: Nonces) -> None:
    assert verdict(signed(nc=nc), nonces) is Verdict.REFUSED


@pytest.mark.parametrize("header", ["", "Digest", "Digest ,,,=", "Basic YTpi", "\udcff"])
def test_no_header_crashes_the_judge(header: str, nonces: Nonces) -> None:
    request = Request("GET", "/api/", b"", header)
    assert verdict(request, nonces) is Verdict.REFUSED
    assert basic_verdict(header, ACCOUNT) is Verdict.REFUSED


def test_only_so_many_nonces_are_remembered(nonces: Nonces) -> None:
    for number in range(NONCES_KEPT):
        nonces.give(str(number), now=0)
    assert not nonces.knows(NONCE)
    assert nonces.knows("0")


def test_a_challenge_offers_both_ways_and_says_when_a_nonce_was_stale() -> None:
    header = challenge(NONCE, OPAQUE, stale=False)
    assert f'realm="{REALM}"' in header
    assert 'qop="auth,auth-int"' in header
    assert "stale" not in header
    assert challenge(NONCE, OPAQUE, stale=True).endswith("stale=true")


def test_basic_wants_the_whole_account() -> None:
    def given(text: str) -> Verdict:
        return basic_verdict(f"Basic {base64.b64encode(text.encode()).decode()}", ACCOUNT)

    assert given("admin:httpapi") is Verdict.WELCOME
    assert given("admin:httpap") is Verdict.REFUSED
    assert given("admin") is Verdict.REFUSED
