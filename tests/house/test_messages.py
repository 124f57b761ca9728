"""Every sentence of the house is said in every language, with the same in it."""

import gettext
import io
import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.formats import get_format_modules
from messages.catalogue import Catalogue, Entry, Message, catalogues, read, written
from messages.compile import table
from messages.sources import collect, of_module, of_template

ALL = catalogues()
_PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]")
_MARKUP = re.compile(r"</?\w+[^>]*>")
# What German says with the same letters; placeholders and marks alone are the same in any case.
SAME = {
    "de": {
        *("Administrator", "Alarm", "Basic", "CSV", "Code", "Dashboard", "Demo", "Details"),
        *("Digest", "Distributor", "Excel", "Export", "Export: %(name)s", "Firmware", "Format"),
        *("Hardware", "Import", "MAC", "Name", "Offline", "Offline: %(why)s", "Online"),
        *("Organisation", "PIN", "Passkey", "Passkeys", "Person", "Status", "System"),
        *(
            "Fax",
            "Port",
            "MACs",
            "Website",
            "Logo",
            "Link",
            "Text",
            "Ticket",
            "Tickets",
            "Token",
            "Version",
            "Version %(version)s",
        ),
        "in %(parent)s",
    }
}


def language(path: Path) -> str:
    return path.parts[-3]


every_language = pytest.mark.parametrize("path", ALL, ids=language)


@cache
def said() -> dict[tuple[str, str], Message]:
    return collect()


@cache
def catalogue(path: Path) -> Catalogue:
    return read(path)


def test_every_language_that_can_be_chosen_has_a_catalogue() -> None:
    others = {code for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert {language(path) for path in ALL} == others
    assert len(said()) > 2000


@every_language
def test_every_sentence_of_the_sources_is_said(path: Path) -> None:
    """Whoever writes a sentence runs `make messages` and says it in the other languages."""
    known = {entry.message: entry for entry in catalogue(path).entries}
    missing = [m for m in said().values() if m not in known or not known[m].is_said]
    assert missing == []


@every_language
def test_nothing_is_kept_that_nobody_says(path: Path) -> None:
    sources = set(said().values())
    assert [e.message for e in catalogue(path).entries if e.message not in sources] == []


@every_language
def test_nothing_waits_for_a_second_look_or_stands_twice(path: Path) -> None:
    entries = catalogue(path).entries
    assert [entry.message for entry in entries if "fuzzy" in entry.flags] == []
    assert len({entry.message.key for entry in entries}) == len(entries)
    assert "fuzzy" not in catalogue(path).head


@every_language
def test_placeholders_markup_and_edges_are_those_of_the_sentence(path: Path) -> None:
    faults = [
        (entry.message.text, text)
        for entry in catalogue(path).entries
        for source, text in pairs(entry)
        if kept(source) != kept(text)
    ]
    assert faults == []


@every_language
def test_no_sentence_was_left_in_english(path: Path) -> None:
    same = {
        entry.message.text
        for entry in catalogue(path).entries
        if entry.message.text in entry.said
        # Half of the countries are called alike.
        and entry.message.context != "country"
        and re.search(r"[a-z]", bare(entry.message.text))
    }
    assert same - SAME[language(path)] == set()


def test_german_has_its_own_quotation_marks() -> None:
    (path,) = (path for path in ALL if language(path) == "de")
    texts = [text for entry in catalogue(path).entries for text in entry.said]
    quoted = [text for text in texts if "„" in text]
    assert len(quoted) > 20
    assert [text for text in texts if "”" in text or text.count("„") != text.count("“")] == []


@every_language
def test_what_is_compiled_says_what_the_catalogue_says(path: Path) -> None:
    read_back = gettext.GNUTranslations(io.BytesIO(table(catalogue(path))))
    for entry in catalogue(path).entries:
        context, text = entry.message.key
        if entry.message.plural:
            found = (
                read_back.ngettext(text, entry.message.plural, 1),
                read_back.ngettext(text, entry.message.plural, 2),
            )
        else:
            found = (read_back.pgettext(context, text) if context else read_back.gettext(text),)
        assert found == entry.said


@every_language
def test_a_catalogue_is_written_as_it_is_read(path: Path) -> None:
    assert written(catalogue(path)) == path.read_text(encoding="utf-8")


def test_every_language_names_the_formats_that_english_names() -> None:
    english = names_of_formats(settings.LANGUAGE_CODE)
    assert "ZONED_MINUTE_FORMAT" in english
    for code, _name in settings.LANGUAGES:
        assert names_of_formats(code) == english


def test_messages_are_found_under_any_name_of_their_mark() -> None:
    source = (
        "from django.utils.translation import gettext_lazy as _lazy, ngettext\n"
        "from doorward.messages import gettext_noop\n"
        'a = [_lazy("one"), ngettext("two", "twos", 2), gettext_noop("th" "ree")]\n'
        'b = spelling.gettext("four"), _(a), _("five")\n'
    )
    found = [(m.text, m.plural) for m in of_module(source)]
    assert found == [("one", ""), ("two", "twos"), ("three", ""), ("four", "")]


def test_a_sentence_that_is_put_together_first_is_refused() -> None:
    source = 'from django.utils.translation import gettext as _\n_(f"{door} opened")\n'
    with pytest.raises(ValueError, match="line 2"):
        list(of_module(source))


def test_messages_are_found_wherever_a_template_says_them() -> None:
    source = (
        "<a title=\"{% trans 'One' %}\">{{ name|default:_('Two') }}{% icon _(\"Three\") %}</a>"
        "{% trans 'Open' context 'deed' %}"
        "{% blocktrans count n=n %}{{ n }} door{% plural %}{{ n }} doors{% endblocktrans %}"
    )
    found = [(m.context, m.text, m.plural) for m in of_template(source)]
    assert found == [
        ("", "One", ""),
        ("", "Two", ""),
        ("", "Three", ""),
        ("deed", "Open", ""),
        ("", "%(n)s door", "%(n)s doors"),
    ]


def pairs(entry: Entry) -> list[tuple[str, str]]:
    message = entry.message
    if not message.plural:
        return [(message.text, entry.said[0])]
    return [(message.text, entry.said[0]), *((message.plural, text) for text in entry.said[1:])]


def kept(text: str) -> tuple[object, ...]:
    """Return what of a sentence is the same in every language."""
    edges = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return (
        sorted(set(_PLACEHOLDERS.findall(text))),
        sorted(_MARKUP.findall(text)),
        text.count("\n"),
        edges,
    )


def bare(text: str) -> str:
    return _PLACEHOLDERS.sub("", text)


def names_of_formats(code: str) -> set[str]:
    ours = get_format_modules(code)[0]
    assert ours.__name__.startswith("doorward.")
    return {name for name in vars(ours) if name.isupper()}
