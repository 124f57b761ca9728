"""Prose as HTML: what the small markup means, and that nothing else gets through."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.kit.prose import SCHEMES, prose


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nThree", "<p>One<br>two</p>\n<p>Three</p>"),
        ("# What we keep\nLittle.", "<h2>What we keep</h2>\n<p>Little.</p>"),
        ("## Doors\n### Logs", "<h3>Doors</h3>\n<h4>Logs</h4>"),
        ("#hashtag", "<p>#hashtag</p>"),
        (
            "We keep:\n- names\n  and cards\n- openings",
            "<p>We keep:</p>\n<ul><li>names<br>and cards</li><li>openings</li></ul>",
        ),
        (
            "1. Who\n\nText\n\n2) Why",
            '<ol start="1"><li>Who</li></ol>\n<p>Text</p>\n<ol start="2"><li>Why</li></ol>',
        ),
        ("- a\n1. b", '<ul><li>a</li></ul>\n<ol start="1"><li>b</li></ol>'),
        ("**Nobody** *else*, 2 * 3 * 4", "<p><strong>Nobody</strong> <em>else</em>, 2 * 3 * 4</p>"),
        (r"\*as typed\* \# and 5\. May", "<p>*as typed* # and 5. May</p>"),
        (
            "[**Ask** us](mailto:a@b.example)",
            '<p><a href="mailto:a@b.example" rel="noreferrer"><strong>Ask</strong> us</a></p>',
        ),
    ],
)
def test_the_markup_means_what_is_documented(text: str, html: str) -> None:
    assert prose(text) == html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert",
        "\x01javascript:alert",
        "data:text/html,x",
        "//elsewhere.example",
        "/sites/",
        "http://[",
        "vbscript:x",
    ],
)
def test_what_is_no_address_to_be_sent_to_stays_text(address: str) -> None:
    assert "<a" not in prose(f"[words]({address})")


def test_html_is_shown_and_not_meant() -> None:
    assert prose('<b onclick="x">') == "<p>&lt;b onclick=&quot;x&quot;&gt;</p>"
    link = prose('[x](https://a.example/"onclick="y)')
    assert '"onclick' not in link
    assert "&quot;onclick" in link


class Reader(HTMLParser):
    """Collects what a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


SIGNS = st.text(st.sampled_from("<>&\"'*[]()#-1. \n\\:/ahtpsjv\t\x00"), max_size=80)


@given(SIGNS)
def test_whatever_is_typed_only_this_markup_comes_out(text: str) -> None:
    reader = Reader()
    reader.feed(prose(text))
    tags = {tag for tag, _attrs in reader.seen}
    assert tags <= {"p", "br", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a"}
    for tag, attrs in reader.seen:
        assert {name for name, _value in attrs} == {"a": {"href", "rel"}, "ol": {"start"}}.get(
            tag, set()
        )
        for name, value in attrs:
            if name == "href":
                assert re.match(r"(\w+):", str(value))[1] in SCHEMES  # type: ignore[index]


@pytest.mark.parametrize("signs", ["*a ", "**a ", "[a", "[a](", "\\", "1. ", "- ", "# ", "[a](b"])
def test_a_long_text_of_signs_is_read_in_one_go(signs: str) -> None:
    """Nothing is looked for again and again: else this would not end while one waits."""
    assert prose(signs * 50_000).startswith("<")
