"""People as files over the API: lists that are taken out, photos that are given."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from doorward.files import lists
from doorward.people.actions import PersonForm, create_group, create_people
from doorward.people.models import Person, Photo
from doorward.tenancy.models import AuditEntry
from tests.api.conftest import Caller, CallerOf, faults
from tests.cast import BUILDER, Cast
from tests.jobs import RunJobs
from tests.uploads import FaceFile

pytestmark = pytest.mark.django_db


def exported(caller: Caller, cast: Cast, **filters: object) -> list[dict[str, str]]:
    body = {"site": str(cast.maple.pk), "format": "csv", **filters}
    answer = caller.post("/people/export", body)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


# --- Export -----------------------------------------------------------------------------------


def test_people_are_exported_as_the_list_does(caller: CallerOf, cast: Cast) -> None:
    rows = exported(caller("mona"), cast)
    assert {row["First name *"] for row in rows} == {"Rita", "Bob"}
    rita = next(row for row in rows if row["First name *"] == "Rita")
    assert rita["Card 1"].startswith("••••")
    entry = AuditEntry.objects.get(verb="export")
    assert (entry.actor, entry.after["rows"]) == ("mona", 2)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"q": "rowe"}, {"Rita"}),
        ({"status": "active"}, {"Rita", "Bob"}),
        ({"status": "suspended"}, set()),
        ({"holds": "nothing"}, set()),
        ({"holds": "card"}, {"Rita", "Bob"}),
        ({"group": "none"}, {"Rita", "Bob"}),
        ({"valid_at": "2031-01-01T00:00:00Z"}, {"Rita", "Bob"}),
    ],
)
def test_the_filters_are_those_of_the_list(
    filters: dict[str, object], expected: set[str], caller: CallerOf, cast: Cast
) -> None:
    rows = exported(caller("mona"), cast, **filters)
    assert {row["First name *"] for row in rows} == expected


def test_a_company_or_a_group_narrows_it(caller: CallerOf, cast: Cast) -> None:
    rows = exported(caller("mona"), cast, company=str(cast.birch.pk))
    assert [row["First name *"] for row in rows] == ["Bob"]
    crew = create_group(BUILDER, cast.acme, name="Movers")
    form = PersonForm(first_name="Gil", last_name="Gray", group=crew)
    create_people(BUILDER, [(cast.acme, form)])
    rows = exported(caller("mona"), cast, group=str(crew.pk))
    assert [row["First name *"] for row in rows] == ["Gil"]


def test_whoever_sees_less_gets_less(caller: CallerOf, cast: Cast) -> None:
    assert [row["First name *"] for row in exported(caller("ada"), cast)] == ["Rita"]
    assert exported(caller("dora"), cast) == []


def test_a_stranger_s_company_is_like_none(caller: CallerOf, cast: Cast) -> None:
    body = {"site": str(cast.maple.pk), "company": str(cast.birch.pk)}
    assert "company" in faults(caller("ada").post("/people/export", body))
    body["company"] = "987654321"
    assert "company" in faults(caller("ada").post("/people/export", body))


def test_many_rows_become_a_work(
    caller: CallerOf, cast: Cast, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "AT_ONCE", 1)
    mona = caller("mona")
    answer = mona.post("/people/export", {"site": str(cast.maple.pk), "format": "xlsx"})
    assert answer.status_code == 202
    run_jobs()
    work = mona.get(f"/works/{answer.json()['id']}").json()
    assert (work["state"], work["counts"]) == ("done", {"rows": 2})
    assert mona.get(f"/works/{answer.json()['id']}/result").status_code == 200
    assert caller("ivan").get(f"/works/{answer.json()['id']}/result").status_code == 404


# --- Import -----------------------------------------------------------------------------------


def test_a_large_file_is_taken(caller: CallerOf, cast: Cast) -> None:
    rows = "\n".join(f"{'Very' * 12}{number},Long,Acme" for number in range(50_000))
    sent = SimpleUploadedFile("p.csv", f"First name,Last name,Company\n{rows}\n".encode())
    assert (sent.size or 0) > 2_600_000
    answer = caller("mona").post("/people/import", {"site": str(cast.maple.pk), "file": sent})
    assert answer.status_code == 202


# --- Photo ------------------------------------------------------------------------------------


def test_a_photo_is_given_shown_and_taken_away(caller: CallerOf, rita: Person) -> None:
    mona, path = caller("mona"), f"/people/{rita.pk}/photo"
    assert mona.get(path).status_code == 404
    assert mona.send("PUT", path, {"file": FaceFile()}).status_code == 204
    answer = mona.get(path)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer["Content-Type"], Image.open(io.BytesIO(content)).format) == (
        "image/jpeg",
        "JPEG",
    )
    assert caller("rita").get(path).status_code == 200
    assert caller("oscar").get(path).status_code == 404
    assert mona.delete(path).status_code == 204
    assert not Photo.objects.exists()


def test_what_is_no_photo_is_told_at_the_field(caller: CallerOf, rita: Person) -> None:
    sent = {"file": SimpleUploadedFile("me.jpg", b"no picture at all")}
    answer = caller("mona").send("PUT", f"/people/{rita.pk}/photo", sent)
    assert set(faults(answer)) == {"file"}
    assert set(faults(caller("mona").send("PUT", f"/people/{rita.pk}/photo", {}))) == {"file"}
