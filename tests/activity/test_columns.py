"""The log shows the columns that its address asks for, on the page, live and in a file."""

import pytest
from django.test import Client
from django.urls import reverse

from doorward.sites.models import Site
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def mona(cast: Cast) -> Client:
    return cast.client("mona")


def log(site: Site, query: str = "") -> str:
    return f"{reverse('door-log', args=[site.pk])}?{query}"


def cells(browser: Client, address: str) -> set[str]:
    """Return the names of the cells of all lines."""
    text = browser.get(address).content.decode()
    return {part.split('"')[0] for part in text.split('data-label="')[1:]}


def test_the_usual_columns_are_there(mona: Client, maple: Site) -> None:
    usual = {"Time", "Person", "Company", "Door", "Method", "Result", "Reason"}
    assert cells(mona, log(maple)) == usual


def test_chosen_columns_are_shown_beside_the_time(mona: Client, maple: Site) -> None:
    wanted = "columns=door&columns=device_at"
    assert cells(mona, log(maple, wanted)) == {"Time", "Door", "The device’s own clock"}
    # Lines that slide in are like those that are there.
    assert cells(mona, log(maple, f"{wanted}&after=")) == {"Time", "Door", "The device’s own clock"}


def test_a_column_that_there_is_not_is_named(mona: Client, maple: Site) -> None:
    answer = mona.get(log(maple, "columns=shoes"))
    assert "This list has no column “shoes”." in answer.content.decode()


@pytest.mark.parametrize(
    ("columns", "heads"),
    [
        ("columns=door&columns=method", "Time (Europe/Berlin),Door,Method,Card ends in"),
        ("columns=door&columns=result", "Time (Europe/Berlin),Door,Result"),
    ],
)
def test_a_file_has_the_columns_that_are_shown(
    columns: str, heads: str, mona: Client, maple: Site
) -> None:
    answer = mona.post(log(maple, columns), {"export": "csv", "columns": "shown"})
    head = answer.content.decode("utf-8-sig").splitlines()[0]
    assert head.replace(" (Europe/Berlin)", "") == heads.replace(" (Europe/Berlin)", "")
