"""Sealed bytes: they come back as they were, and nothing else comes back."""

import io
import random
from collections.abc import Callable

import pytest

from doorward.files.sealing import CHUNK, Damaged, Sealer, Unsealed

KEY, NAME = bytes(range(32)), b"photo 7"
HEAD, SEALED_CHUNK = 36, CHUNK + 16
SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5)


def text_of(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def sealed(content: bytes, *, name: bytes = NAME, step: int = 10_000) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, KEY, name)
    for begin in range(0, len(content), step):
        sealer.write(content[begin : begin + step])
    sealer.finish()
    return target.getvalue()


def opened(content: bytes, *, key: bytes = KEY, name: bytes = NAME) -> bytes:
    return io.BufferedReader(Unsealed(io.BytesIO(content), key, name)).read()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back(size: int) -> None:
    assert opened(sealed(text_of(size))) == text_of(size)


@pytest.mark.parametrize("size", SIZES)
def test_the_size_is_known_before_anything_is_read(size: int) -> None:
    assert Unsealed(io.BytesIO(sealed(text_of(size))), KEY, NAME).size == size


def test_it_is_read_from_any_place() -> None:
    text = text_of(3 * CHUNK + 5)
    reader = io.BufferedReader(Unsealed(io.BytesIO(sealed(text)), KEY, NAME))
    for place in (0, CHUNK - 3, 2 * CHUNK, len(text) - 2, len(text)):
        reader.seek(place)
        assert reader.read(10) == text[place : place + 10]
    assert reader.seek(-4, io.SEEK_END) == len(text) - 4
    assert reader.read() == text[-4:]


def test_nothing_of_it_stands_there_in_clear() -> None:
    canary = b"a canary in every chunk, "
    assert b"canary" not in sealed(canary * 10_000)


def test_the_same_bytes_are_sealed_differently_each_time() -> None:
    assert sealed(b"same") != sealed(b"same")


Forgery = Callable[[bytes], bytes]
FORGERIES: dict[str, Forgery] = {
    "nothing": lambda whole: b"",
    "the head alone": lambda whole: whole[:HEAD],
    "another magic": lambda whole: b"DWF2" + whole[4:],
    "a flipped bit in the salt": lambda whole: flipped(whole, 10),
    "a flipped bit at the beginning": lambda whole: flipped(whole, HEAD),
    "a flipped bit in the middle": lambda whole: flipped(whole, HEAD + SEALED_CHUNK + 99),
    "a flipped bit at the end": lambda whole: flipped(whole, len(whole) - 1),
    "the last byte cut off": lambda whole: whole[:-1],
    "the last chunk cut off": lambda whole: whole[: HEAD + 2 * SEALED_CHUNK],
    "a chunk left out": lambda whole: whole[:HEAD] + whole[HEAD + SEALED_CHUNK :],
    "chunks swapped": lambda whole: (
        whole[:HEAD]
        + whole[HEAD + SEALED_CHUNK : HEAD + 2 * SEALED_CHUNK]
        + whole[HEAD : HEAD + SEALED_CHUNK]
        + whole[HEAD + 2 * SEALED_CHUNK :]
    ),
    "a chunk twice": lambda whole: whole[: HEAD + SEALED_CHUNK] + whole[HEAD:],
    "something appended": lambda whole: whole + b"x" * 40,
    "another file of the same name": lambda whole: (
        whole[: HEAD + SEALED_CHUNK] + sealed(text_of(2 * CHUNK + 9))[HEAD + SEALED_CHUNK :]
    ),
}


def flipped(whole: bytes, place: int) -> bytes:
    return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_does_not_open(forgery: str) -> None:
    whole = sealed(text_of(2 * CHUNK + 9))
    with pytest.raises(Damaged):
        opened(FORGERIES[forgery](whole))


@pytest.mark.parametrize("forgery", ["the last byte cut off", "the last chunk cut off"])
def test_a_file_without_its_end_gives_not_even_its_beginning(forgery: str) -> None:
    short = FORGERIES[forgery](sealed(text_of(2 * CHUNK + 9)))
    with pytest.raises(Damaged):
        Unsealed(io.BytesIO(short), KEY, NAME)


def test_it_opens_under_its_own_name_and_key_alone() -> None:
    whole = sealed(b"Rita's photo")
    with pytest.raises(Damaged):
        opened(whole, name=b"photo 8")
    with pytest.raises(Damaged):
        opened(whole, key=bytes(32))
