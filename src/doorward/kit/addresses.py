"""Addresses of pages whose parts are keys: a page of a list has dozens of them."""

from functools import lru_cache

from django.urls import reverse

# Numbers that stand for keys while a pattern is looked up: no address has them in its own words.
_MARK = 7_000_000_000_000_000


def address_of(page: str, *keys: int) -> str:
    """Return the address of a page by its name and the numbers in it; raise `NoReverseMatch`."""
    return _pattern(page, len(keys)).format(*keys)


@lru_cache(256)
def _pattern(page: str, count: int) -> str:
    marks = range(_MARK, _MARK + count)
    pattern = reverse(page, args=[*marks]).replace("{", "{{").replace("}", "}}")
    for place, mark in enumerate(marks):
        pattern = pattern.replace(str(mark), f"{{{place}:d}}")
    return pattern
