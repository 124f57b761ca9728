"""A list as a file: what one sees, no more, in the form that was asked for."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from doorward.files import folder, lists
from doorward.files.models import Work
from doorward.kit import clock
from doorward.people.actions import PersonForm, create_person
from doorward.tenancy.models import AuditEntry, Standing
from tests.cast import BUILDER, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db

LISTS = ("people", "companies", "groups", "doors", "devices", "connectors", "door-log")
OUTSIDE = ("sites", "all-devices", "macs", "audit")


@pytest.fixture(autouse=True)
def _works(settings: Any) -> None:
    # Any: what pytest-django gives has no public name.
    settings.WORKS = "doorward.works.WORKS"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one row more than one be many."""
    monkeypatch.setattr(lists, "AT_ONCE", 1)


def address(cast: Cast, page: str, query: str = "") -> str:
    args = [] if page in OUTSIDE else [cast.maple.pk]
    return f"{reverse(page, args=args)}?{query}"


def export(browser: Client, where: str, form: str = "csv", columns: str = "whole") -> HttpResponse:
    return browser.post(where, {"export": form, "columns": columns})


def lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def made(work: Work) -> bytes:
    assert work.result
    with folder.read(work.result.key) as content:
        return content.read()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("columns", ["whole", "shown"])
@pytest.mark.parametrize("page", [*LISTS, *OUTSIDE])
def test_every_list_can_be_had_as_a_file(cast: Cast, page: str, columns: str, form: str) -> None:
    answer = export(cast.client("ivan"), address(cast, page), form, columns)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    if form == "xlsx":
        assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    else:
        assert lines(answer.content)


def test_search_filter_sort_and_columns_are_those_of_the_address(cast: Cast) -> None:
    query = "sort=-name&columns=company"
    shown = lines(
        export(cast.client("mona"), address(cast, "people", query), "csv", "shown").content
    )
    assert [list(row.values()) for row in shown] == [["Rita Rowe", "Acme"], ["Bob Bell", "Birch"]]
    found = export(cast.client("mona"), address(cast, "people", "q=rita"), "csv", "shown").content
    assert [row["Name"] for row in lines(found)] == ["Rita Rowe"]


def test_what_the_address_has_that_the_list_has_not_is_refused(cast: Cast) -> None:
    browser, where = cast.client("mona"), address(cast, "people", "shoes=42")
    assert export(browser, where).status_code == 302
    assert "This list has no filter “shoes”." in browser.get(where).content.decode()


def test_a_file_has_the_rows_in_sight_and_no_other(cast: Cast) -> None:
    mine = lines(export(cast.client("ada"), address(cast, "people"), "csv", "shown").content)
    assert [row["Name"] for row in mine] == ["Rita Rowe"]
    nothing = export(cast.client("dora"), address(cast, "people"), "csv", "shown")
    assert (nothing.status_code, lines(nothing.content)) == (200, [])
    assert export(cast.client("oscar"), address(cast, "people")).status_code == 404


def test_a_column_that_is_barred_is_not_in_the_file(cast: Cast) -> None:
    (row,) = lines(export(cast.client("dora"), address(cast, "sites")).content)
    assert "City" in row
    assert "People" not in row


def test_a_name_that_is_a_formula_stays_a_name(cast: Cast) -> None:
    form = PersonForm(first_name="=1+1", last_name="Zett")
    create_person(BUILDER, cast.acme, form)
    found = export(cast.client("mona"), address(cast, "people", "q=zett"), "csv", "shown")
    assert lines(found.content)[0]["Name"] == "'=1+1 Zett"


def test_a_moment_is_told_in_the_zone_of_the_site(cast: Cast) -> None:
    rows = lines(export(cast.client("ivan"), address(cast, "connectors")).content)
    assert any("(Europe/Berlin)" in head for head in rows[0])


def test_the_trail_tells_who_took_what_and_not_what_was_searched(cast: Cast) -> None:
    where = address(cast, "people", f"company={cast.acme.pk}&q=0A1B2C3D")
    export(cast.client("mona"), where, "xlsx")
    entry = AuditEntry.objects.get(verb="export")
    assert entry.node == cast.maple.node
    assert entry.after == {
        "list": "Personnel · Maple Court",
        "filters": ["Search: …", "Company: Acme"],
        "rows": 1,
        "format": "xlsx",
    }


def test_a_form_that_there_is_not_is_not_there(cast: Cast) -> None:
    assert export(cast.client("mona"), address(cast, "people"), "pdf").status_code == 404


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_many_rows_are_put_together_in_the_background(
    cast: Cast, run_jobs: RunJobs, form: str
) -> None:
    answer = export(cast.client("mona"), address(cast, "people", "sort=-name"), form, "shown")
    work = Work.objects.latest("pk")
    assert answer.url == reverse("work", args=[work.pk])
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.counts, work.done, work.total) == ("done", {"rows": 2}, 2, 2)
    if form == "csv":
        assert [row["Name"] for row in lines(made(work))] == ["Rita Rowe", "Bob Bell"]
    else:
        assert zipfile.ZipFile(io.BytesIO(made(work))).testzip() is None
    assert AuditEntry.objects.get(verb="export").after["rows"] == 2


@pytest.mark.usefixtures("few")
def test_an_export_is_kept_for_a_day(cast: Cast, run_jobs: RunJobs) -> None:
    export(cast.client("mona"), address(cast, "people"), "csv", "shown")
    run_jobs()
    file = Work.objects.latest("pk").result
    assert file is not None
    assert file.expires_at is not None
    assert (file.kind, file.expires_at - clock.now() <= timedelta(days=1)) == ("export", True)


@pytest.mark.usefixtures("few")
def test_the_log_is_put_together_too(cast: Cast, run_jobs: RunJobs) -> None:
    export(cast.client("mona"), address(cast, "door-log"))
    run_jobs()
    work = Work.objects.latest("pk")
    assert work.state == "done"
    assert len(lines(made(work))) == work.counts["rows"] > 1


@pytest.mark.usefixtures("few")
def test_it_has_what_its_asker_may_see_when_it_is_made(cast: Cast, run_jobs: RunJobs) -> None:
    export(cast.client("mona"), address(cast, "people"), columns="shown")
    Standing.objects.filter(account__username="mona").update(node=cast.acme.node)
    run_jobs()
    work = Work.objects.latest("pk")
    assert work.state == "done", work.error
    assert [row["Name"] for row in lines(made(work))] == ["Rita Rowe"]


@pytest.mark.usefixtures("few")
def test_a_list_that_is_out_of_sight_by_then_is_not_made(cast: Cast, run_jobs: RunJobs) -> None:
    export(cast.client("mona"), address(cast, "people"))
    Standing.objects.filter(account__username="mona").update(node=cast.oak.node)
    run_jobs()
    work = Work.objects.latest("pk")
    assert (work.state, work.result) == ("failed", None)
    assert "no longer there" in work.error


@pytest.mark.usefixtures("few")
def test_what_was_searched_for_waits_sealed(cast: Cast) -> None:
    create_person(BUILDER, cast.acme, PersonForm(first_name="Al", last_name="C0FFEE99AA"))
    create_person(BUILDER, cast.acme, PersonForm(first_name="Bo", last_name="C0FFEE99AA"))
    export(cast.client("mona"), address(cast, "people", "q=C0FFEE99AA"))
    work = Work.objects.latest("pk")
    assert "C0FFEE" not in f"{work.parameters} {work.title}"
    entries = AuditEntry.objects.filter(subject="work")
    assert "C0FFEE" not in str([entry.after for entry in entries])
