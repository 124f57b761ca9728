"""People on paper: what is exported is read again as it was, and nothing in it opens a door."""

import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.access.actions import pins
from doorward.kit.sheets import Table
from doorward.people.actions import PersonForm, create_group, create_person
from doorward.people.models import Person
from doorward.portal.sheets import PEOPLE
from doorward.sites.words import local_of
from tests.cast import BUILDER, RITAS_CARD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva(cast: Cast) -> Person:
    """Somebody of whom everything is told."""
    above = create_group(BUILDER, cast.acme, name="Lab")
    group = create_group(BUILDER, cast.acme, name="Clean room", parent=above)
    form = PersonForm(
        first_name="Eva",
        last_name="=SUM(1)",
        personnel_id="007",
        group=group,
        email="eva@example.com",
        mobile="+491701234567",
        landline="+4930901820",
        floors=("1", "G"),
        remark="-late",
        valid_from=datetime(2026, 1, 1, 8, tzinfo=UTC),
        valid_until=datetime(2027, 1, 1, 18, 30, tzinfo=UTC),
    )
    return create_person(BUILDER, cast.acme, form)


def exported(cast: Cast, query: str = "", form: str = "csv") -> bytes:
    where = f"{reverse('people', args=[cast.maple.pk])}?{query}"
    answer = cast.client("mona").post(where, {"export": form, "columns": "whole"})
    assert answer.status_code == 200
    return bytes(answer.content)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_is_read_again_as_it_was(cast: Cast, eva: Person, form: str) -> None:
    content = exported(cast, "q=eva", form)
    (line,) = Table(io.BytesIO(content), PEOPLE, local_of(cast.maple))
    assert line.faults == []
    assert line.told == {
        "personnel_id": "007",
        "first_name": "Eva",
        "last_name": "=SUM(1)",
        "company": "Acme",
        "group": "Lab / Clean room",
        "email": "eva@example.com",
        "mobile": "+49 170 1234567",
        "landline": "+49 30 901820",
        "language": "en",
        "floors": "1; G",
        "status": "active",
        "valid_from": eva.valid_from,
        "valid_until": eva.valid_until,
        "remark": "-late",
    }


def test_what_opens_a_door_is_not_in_it(cast: Cast) -> None:
    given = pins.add_pin(BUILDER, cast.person("Rita"))
    text = exported(cast).decode("utf-8-sig")
    assert RITAS_CARD not in text
    assert f"••••{RITAS_CARD[-4:]}" in text
    assert given.pin not in text


def test_more_people_take_no_more_questions(cast: Cast, eva: Person) -> None:
    exported(cast)
    asked = []
    for number in range(2):
        form = PersonForm(first_name="Extra", last_name=f"{number}", group=eva.group)
        create_person(BUILDER, cast.acme, form)
        with CaptureQueriesContext(connection) as questions:
            exported(cast)
        asked.append(len(questions))
    assert asked[0] == asked[1]
