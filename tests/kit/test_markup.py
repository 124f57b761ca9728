"""HTML and addresses put together in Python."""

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doorward.kit.addresses import address_of
from doorward.kit.markup import joined, markup

ATTACK = "<script>'\"&"


@pytest.mark.parametrize("part", [ATTACK, SafeString("<b>"), 7, None, ""])
def test_markup_escapes_as_django_does(part: object) -> None:
    assert markup('<a title="{}">{}</a>', part, part) == format_html(
        '<a title="{}">{}</a>', part, part
    )


def test_joined_rows_are_escaped_each() -> None:
    assert joined("<i>{}{}</i>", [(ATTACK, 1), (SafeString("<b>"), 2)]) == (
        "<i>&lt;script&gt;&#x27;&quot;&amp;1</i><i><b>2</i>"
    )


def test_an_address_is_that_of_its_page() -> None:
    assert address_of("sites") == reverse("sites")
    assert address_of("person", 3, 10**18) == reverse("person", args=[3, 10**18])


def test_a_page_that_is_not_there_has_no_address() -> None:
    with pytest.raises(NoReverseMatch):
        address_of("nowhere", 1)


def test_only_numbers_are_keys() -> None:
    with pytest.raises(ValueError, match="format code"):
        address_of("site", "../")  # type: ignore[arg-type]
