"""Secrets at rest: what is sealed opens again, and nothing else does."""

import base64

import pytest
from cryptography.fernet import Fernet

from doorward.kit import vault


@pytest.mark.parametrize("secret", ["", "0BADF00D", "Zoë's PIN", "x" * 10_000])
def test_what_is_sealed_opens_again(secret: str) -> None:
    assert vault.unseal(vault.seal(secret)) == secret
    assert vault.unseal_text(vault.seal_text(secret)) == secret


def test_the_same_secret_is_never_sealed_alike() -> None:
    assert vault.seal("4711") != vault.seal("4711")


def test_how_long_a_pin_is_does_not_show() -> None:
    assert len({len(vault.seal("4" * digits)) for digits in range(1, 9)}) == 1


def test_a_secret_that_was_sealed_the_old_way_opens() -> None:
    token = Fernet(base64.urlsafe_b64encode(vault.derive("seal"))).encrypt(b"4711")
    assert vault.unseal(token) == "4711"
    assert vault.unseal_text(token.decode()) == "4711"


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_an_altered_byte_is_found(place: int) -> None:
    sealed = bytearray(vault.seal("4711"))
    sealed[place] ^= 0x40
    with pytest.raises(vault.WrongKey):
        vault.unseal(bytes(sealed))


@pytest.mark.parametrize("sealed", ["", "4711", "AQ==", "no base64 at all!", "gAAAAAB"])
def test_what_was_never_sealed_is_refused(sealed: str) -> None:
    with pytest.raises(vault.WrongKey):
        vault.unseal_text(sealed)
