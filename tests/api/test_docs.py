"""The document and the interactive pages."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.api.conftest import BASE, Caller
from tests.cast import Cast

# Asked by POST because of what they tell or how much it is; asking twice changes nothing, and
# an export that is asked for twice is put together twice.
QUESTIONS = {
    f"{BASE}/search",
    f"{BASE}/access-groups/{{group}}/preview",
    f"{BASE}/people/bulk/preview",
    f"{BASE}/people/export",
}


@pytest.fixture
def document(db: None) -> dict:
    return Caller().get("/openapi.json").json()


def test_every_operation_declares_its_refusals(document: dict) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            declared = set(operation["responses"])
            assert {"401", "403", "404", "422"} <= declared, (method, path)
            assert ("409" in declared) == (method != "get"), (method, path)


def test_every_post_that_changes_something_takes_an_idempotency_key(document: dict) -> None:
    for path, methods in document["paths"].items():
        if "post" in methods and path not in QUESTIONS:
            names = [parameter["name"] for parameter in methods["post"]["parameters"]]
            assert "Idempotency-Key" in names, path


def test_a_search_that_does_not_read_all_says_so(document: dict) -> None:
    asked = document["paths"][f"{BASE}/notices"]["get"]["parameters"]
    (words,) = [parameter for parameter in asked if parameter["name"] == "q"]
    assert "in the newest 1,000 notices" in words["description"]


def test_no_secret_is_in_an_answer(document: dict) -> None:
    shapes = document["components"]["schemas"]
    answers = {name: shape for name, shape in shapes.items() if name.endswith("Out")}
    told = {
        name for name, shape in answers.items() if {"password", "number"} & {*shape["properties"]}
    }
    assert told == set()
    coded = {name for name, shape in answers.items() if "code" in shape["properties"]}
    # The code of a finding is the word by which programs know it.
    assert coded == {"CodedConnectorOut", "FindingOut"}


def test_the_pages_take_everything_from_here(cast: Cast) -> None:
    page = cast.client("ivan").get(f"{BASE}/docs")
    html = page.content.decode()
    assert "://" not in html
    assert "unsafe" not in page["Content-Security-Policy"]
    assert Path(finders.find("ninja/swagger-ui-bundle.js")).is_file()
