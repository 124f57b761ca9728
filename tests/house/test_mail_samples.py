"""Every mail that is sent can be looked at by the operator, whole and in every language."""

import ast
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as house

from doorward.portal.mail_samples import SAMPLES, Sample
from tests.house.source import HOUSE, modules

LANGUAGES = [code for code, _name in house.LANGUAGES]
SENDING = {"outbox.send", "outbox.send_many"}
MISSING = "nothing-stands-here"
# Built of a part that is named where it is called: the files of its folder say which there are.
COMPOSED = {"tenancy/actions/passwords.py"}


def templates() -> set[str]:
    """Return the mails that lie in the rooms' folders, as `outbox.send` names them."""
    return {
        file.relative_to(file.parents[2]).with_suffix("").as_posix()
        for file in HOUSE.glob("*/templates/*/email/*.txt")
    }


def sent() -> Iterator[tuple[str, str | None]]:
    """Yield what is handed to the outbox as its template, and by which module."""
    for module in modules():
        for call in ast.walk(module.tree):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in SENDING:
                (given,) = [one.value for one in call.keywords if one.arg == "template"]
                plain = isinstance(given, ast.Constant)
                yield module.name, str(given.value) if plain else None


def test_every_mail_has_its_sample_and_no_sample_outlives_its_mail() -> None:
    assert {sample.template for sample in SAMPLES} == templates()
    assert len({sample.key for sample in SAMPLES}) == len(SAMPLES)


def test_what_is_sent_lies_where_mails_are_looked_for() -> None:
    found = list(sent())
    assert len(found) > 10
    assert {template for _module, template in found if template} <= templates()
    assert {module for module, template in found if template is None} == COMPOSED


@pytest.mark.parametrize("name", sorted(templates()))
def test_every_mail_is_text_and_html(name: str) -> None:
    room = name.split("/", maxsplit=1)[0]
    assert (HOUSE / room / "templates" / f"{name}.html").is_file()


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)
def test_a_sample_leaves_nothing_open_and_asks_nothing(
    sample: Sample, language: str, settings: Any, django_assert_num_queries: Any
) -> None:
    (engine,) = settings.TEMPLATES
    options = {**engine["OPTIONS"], "string_if_invalid": MISSING}
    settings.TEMPLATES = [{**engine, "OPTIONS": options}]
    with django_assert_num_queries(0):
        letter = sample.written(language)
    assert MISSING not in letter.subject + letter.text + letter.html
    assert letter.subject
    assert f'<html lang="{language}">' in letter.html


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.key)
def test_a_mail_is_another_in_another_language(sample: Sample) -> None:
    assert len({sample.written(language).subject for language in LANGUAGES}) == len(LANGUAGES)
