"""A sheet of people becomes people: all rows or none, told in numbers before."""

import io
from collections.abc import Callable
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doorward.access.actions import credentials, pins
from doorward.access.actions.credentials import match_of, pin_match
from doorward.access.models import AccessGroup, Credential
from doorward.files import running
from doorward.files.models import Work
from doorward.kit.sheets.archive import Archive
from doorward.kit.sheets.workbook import Workbook
from doorward.people import actions
from doorward.people.actions import PersonForm
from doorward.people.models import Group, Person
from doorward.portal.importing.deeds import carry_out
from doorward.portal.importing.plan import Choices
from doorward.portal.importing.planning import plan_of
from doorward.portal.importing.works import IMPORT
from doorward.tenancy.models import AuditEntry
from tests.cast import BOBS_CARD, BUILDER, RITAS_CARD, Cast
from tests.portal.importing.conftest import Importer, Row, csv_of, exported, result_of, told

pytestmark = pytest.mark.django_db

NINA = {"first_name": "Nina", "last_name": "North", "company": "Acme"}
OTIS = {"first_name": "Otis", "last_name": "Oak", "company": "Birch"}


def rita(cast: Cast) -> Person:
    return cast.person("Rita")


def of(cast: Cast, name: str, /, **more: str) -> dict[str, str]:
    return {"personnel_id": cast.person(name).personnel_id, **more}


def groups_of(person: Person) -> set[str]:
    return set(AccessGroup.objects.filter(people=person).values_list("name", flat=True))


# --- New people -------------------------------------------------------------------------------


def test_new_people_come_with_all_that_the_sheet_says(cast: Cast, importing: Importer) -> None:
    row = {
        **NINA,
        "personnel_id": "N-1",
        "group": "workshop › Night shift",
        "email": "nina@example.com",
        "mobile": "+49 1512 3456789",
        "language": "English",
        "floors": "1; 2",
        "valid_until": "2031-12-31",
        "status": "Suspended",
        "remark": "=1+1",
        "access_groups": "office hours; Acme nights",
        "pin": "739146",
        "card_format": "8H10D",
        "card1": "0012345678",
    }
    done = importing("mona", [row])
    assert done.counts == {
        **{"created": 1, "changed": 0, "unchanged": 0, "faulty": 0},
        **{"joined": 2, "cards_added": 1, "pins_set": 1},
    }
    nina = cast.person("Nina")
    assert (nina.personnel_id, str(nina.group), nina.floors) == ("N-1", "Night shift", ["1", "2"])
    assert (nina.status, nina.remark, nina.mobile) == ("suspended", "=1+1", "+4915123456789")
    assert str(nina.valid_until) == "2031-12-31 23:00:00+00:00"
    assert groups_of(nina) == {"Office hours", "Acme nights"}
    held = {one.kind: bytes(one.match) for one in nina.credentials.all()}
    assert held == {
        "pin": pin_match(cast.maple.pk, "739146"),
        "card": match_of(f"{12345678:08X}"),
    }


def test_the_result_tells_the_ids_that_were_given_and_no_secret(
    cast: Cast, importing: Importer
) -> None:
    # Row 3 takes the number that would be the next.
    taken = str(max(int(p.personnel_id) for p in Person.objects.filter(site=cast.maple)) + 1)
    rows = [{**NINA, "pin": "739146", "card1": "0A0B0C0D"}, {**OTIS, "personnel_id": taken}]
    done = importing("mona", rows)
    book = Workbook(Archive(io.BytesIO(result_of(done))))
    lines = [list(cells.values()) for _row, cells in book.rows("Result")]
    assert [line[1:4] for line in lines[1:]] == [
        ["Created", cast.person("Nina").personnel_id, "Nina"],
        ["Created", taken, "Otis"],
    ]
    everything = str(lines)
    assert "739146" not in everything
    assert "0A0B0C0D" not in everything


def test_a_look_changes_nothing(cast: Cast, importing: Importer) -> None:
    before = Person.objects.count(), AuditEntry.objects.exclude(subject="work").count()
    checked = importing.check("mona", [NINA, OTIS, {**NINA, "first_name": ""}])
    assert (checked.state, checked.counts["created"], checked.counts["faulty"]) == ("done", 2, 1)
    assert Person.objects.count() == before[0]


def test_nothing_can_be_confirmed_that_has_a_fault(cast: Cast, importing: Importer) -> None:
    checked = importing.check("mona", [{**NINA, "company": "Acmee"}])
    with pytest.raises(Exception, match=r"import\.unchecked"):
        importing.follow("mona", checked)


def test_missing_groups_are_created_where_that_is_ticked(cast: Cast, importing: Importer) -> None:
    rows = [
        {**NINA, "group": "Workshop / Paint shop / Drying"},
        {**NINA, "first_name": "Nils", "group": "workshop/paint shop"},
        {**OTIS, "group": "Studio"},
    ]
    (fault, _other) = told(importing.check("mona", rows))
    assert fault == (2, "Group (D2)", "Acme has no group “Workshop / Paint shop / Drying”.")
    done = importing("mona", rows, create_groups=True)
    assert done.counts["groups_created"] == 2
    drying = Group.objects.get(name="Drying")
    assert [Group.objects.get(pk=key).name for key in drying.ancestors] == [
        "Workshop",
        "Paint shop",
        "Drying",
    ]
    assert str(cast.person("Nils").group) == "Paint shop"


# --- People who are there ---------------------------------------------------------------------


@pytest.mark.parametrize("who", ["mona", "ada"])
def test_an_export_imports_again_without_a_change(
    who: str, cast: Cast, importing: Importer
) -> None:
    pins.set_pins(BUILDER, [(rita(cast), "739146")])
    credentials.add_card(BUILDER, rita(cast), number="0A0B0C0D")
    Person.objects.filter(pk=rita(cast).pk).update(
        remark="-", floors=["1;2", "3"], group=cast.crew("Night shift"), mobile="+4930901820"
    )
    checked = importing.check(who, exported(cast, cast.actor(who)), update=True)
    people = Person.objects.visible_to(cast.actor(who)).filter(site=cast.maple)
    assert not checked.faults
    assert checked.counts == {
        **{"created": 0, "changed": 0, "unchanged": people.count(), "faulty": 0}
    }


def test_people_who_are_there_change_only_where_that_is_ticked(
    cast: Cast, importing: Importer
) -> None:
    row = of(cast, "Rita", first_name="Rita", last_name="Rowing", company="Acme")
    ((number, column, words),) = told(importing.check("mona", [row]))
    assert (number, column) == (2, "Personnel ID (A2)")
    assert words == "Somebody has this personnel ID: Rita Rowe."
    importing("mona", [row], update=True)
    assert rita(cast).last_name == "Rowing"


def test_an_id_alone_says_who_is_meant_and_empty_cells_change_nothing(
    cast: Cast, importing: Importer
) -> None:
    Person.objects.filter(pk=rita(cast).pk).update(remark="kept", email="rita@example.com")
    row = of(cast, "Rita", first_name="", remark="", email="-", status="suspended")
    done = importing("mona", [row], update=True)
    assert done.counts["changed"] == 1
    found = rita(cast)
    assert (found.first_name, found.remark, found.email) == ("Rita", "kept", "")
    assert found.status == Person.Status.SUSPENDED


def test_somebody_moves_to_another_company_and_leaves_their_group(
    cast: Cast, importing: Importer
) -> None:
    Person.objects.filter(pk=rita(cast).pk).update(group=cast.crew("Workshop"))
    done = importing("mona", [of(cast, "Rita", company="birch")], update=True)
    assert done.counts["moved"] == 1
    assert (rita(cast).company, rita(cast).group) == (cast.birch, None)
    assert groups_of(rita(cast)) == {"Office hours"}


def test_access_groups_become_those_that_are_named(cast: Cast, importing: Importer) -> None:
    rows = [
        of(cast, "Rita", access_groups="Acme nights"),
        of(cast, "Bob", access_groups="-"),
    ]
    done = importing("mona", rows, update=True)
    assert (done.counts["left"], groups_of(rita(cast))) == (3, {"Acme nights"})
    assert groups_of(cast.person("Bob")) == set()


def test_a_card_is_replaced_added_kept_and_taken_away(cast: Cast, importing: Importer) -> None:
    credentials.add_card(BUILDER, rita(cast), number="0A0B0C0D")
    row = of(cast, "Rita", card1="••••2C3D", card2="0A0B0C0E", card3="0A0B0C0F")
    importing("mona", [row], update=True)
    tails = sorted(one.tail for one in rita(cast).credentials.all())
    assert tails == ["0C0E", "0C0F", "2C3D"]
    importing("mona", [of(cast, "Rita", card1="-")], update=True)
    assert sorted(one.tail for one in rita(cast).credentials.all()) == ["0C0E", "0C0F"]


def test_a_card_and_a_pin_pass_from_one_to_another(cast: Cast, importing: Importer) -> None:
    pins.set_pins(BUILDER, [(rita(cast), "739146")])
    rows = [
        of(cast, "Rita", card1=BOBS_CARD, pin="-"),
        of(cast, "Bob", card1=RITAS_CARD, pin="739146"),
    ]
    importing("mona", rows, update=True)
    bob = cast.person("Bob")
    assert [one.tail for one in rita(cast).credentials.all()] == [BOBS_CARD[-4:]]
    assert sorted(one.kind for one in bob.credentials.all()) == ["card", "pin"]


# --- Faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"first_name": ""}, "First name", "This is needed for somebody new."),
        ({"first_name": "-"}, "First name (A2)", "This cannot be emptied."),
        ({"first_name": "x" * 65}, "First name (A2)", "at most 64 characters"),
        ({"company": "Acmee"}, "Company (C2)", "There is no company “Acmee” here"),
        ({"company": "Oaks"}, "Company (C2)", "There is no company “Oaks” here"),
        ({"group": "Studio"}, "Group (D2)", "Acme has no group “Studio”."),
        ({"email": "nina"}, "E-mail (D2)", "valid email"),
        ({"mobile": "12"}, "Mobile (D2)", "with its country"),
        ({"personnel_id": "a b"}, "Personnel ID (D2)", "letters, digits"),
        ({"language": "Klingon"}, "Language (D2)", "none of the choices"),
        ({"floors": ";".join("abcdefghijk")}, "Floors (D2)", "no more than 10"),
        ({"valid_from": "never"}, "Valid from (D2)", "is no date"),
        ({"access_groups": "Office huors"}, "Access groups (D2)", "no access group “Office huors”"),
        ({"access_groups": "Birch parking"}, "Access groups (D2)", "people of another company"),
        ({"access_groups": "Oak days"}, "Access groups (D2)", "There is no access group"),
        ({"pin": "12"}, "PIN (D2)", "at least 6 digits"),
        ({"pin": "••••"}, "PIN (D2)", "this person has none"),
        ({"card1": "XYZ"}, "Card 1 (D2)", "Use only the digits"),
        ({"card1": "123"}, "Card 1 (D2)", "at least 4 digits"),
        ({"card1": "••••1234"}, "Card 1 (D2)", "does not hold"),
        ({"card1": RITAS_CARD}, "Card 1 (D2)", "Rita Rowe holds this card"),
    ],
)
def test_a_fault_names_its_cell(
    cells: dict[str, str], column: str, words: str, importing: Importer
) -> None:
    checked = importing.check("mona", [{**NINA, **cells}])
    ((row, where, said),) = told(checked)
    assert row == 2
    assert where.startswith(column)
    assert words in said


def test_what_looks_like_a_known_name_is_offered(importing: Importer) -> None:
    cells = {"company": "Acmee", "access_groups": ""}
    (fault,) = importing.check("mona", [{**NINA, **cells}]).faults
    assert fault["mend"] == "Did you mean “Acme”? Write it so."


def test_what_stands_twice_in_a_file_is_told_with_the_first_row(importing: Importer) -> None:
    one = {**NINA, "personnel_id": "n-1", "pin": "739146", "card1": "0A0B0C0D"}
    other = {**OTIS, "personnel_id": "N-1", "pin": "739146", "card1": "A0B0C0D0"}
    third = {**OTIS, "personnel_id": "N-2", "pin": "739146", "card1": "A0B0C0D"}
    checked = importing.check("mona", [one, other, {**third, "card1": "0A0B0C0D"}])
    assert told(checked) == [
        (3, "Personnel ID (D3)", "Row 2 has this personnel ID too."),
        (4, "PIN (E4)", "Row 2 has this PIN too."),
        (4, "Card 1 (F4)", "Row 2 has this card too."),
    ]


def test_a_pin_that_somebody_has_is_told_like_one_easy_to_guess(
    cast: Cast, importing: Importer
) -> None:
    pins.set_pins(BUILDER, [(rita(cast), "739146")])
    (weak,) = importing.check("mona", [NINA, {**OTIS, "pin": "123456"}]).faults
    (taken,) = importing.check("mona", [NINA, {**OTIS, "pin": "739146"}]).faults
    assert taken == weak
    assert "Rita" not in taken["words"]


def test_beside_a_pin_easy_to_guess_no_other_is_compared(cast: Cast, importing: Importer) -> None:
    pins.set_pins(BUILDER, [(rita(cast), "739146")])
    rows = [{**NINA, "pin": "739146"}, {**OTIS, "pin": "123456"}]
    assert [row for row, _where, _words in told(importing.check("mona", rows))] == [3]


def many(count: int, pin: Callable[[int], str]) -> list[Row]:
    return [{**NINA, "first_name": f"N{n}", "pin": pin(n)} for n in range(count)]


def test_each_pin_easy_to_guess_is_told_with_its_row_and_is_no_guess(importing: Importer) -> None:
    for _time in range(2):
        checked = importing.check("mona", many(30, lambda n: f"01{n % 12 + 1:02}{n:02}"))
        assert [row for row, _where, _words in told(checked)] == list(range(2, 32))
    assert importing.check("mona", [{**NINA, "pin": "739146"}]).state == "done"


@pytest.mark.parametrize("at_once", [False, True])
def test_whoever_tries_pins_by_the_dozen_has_to_wait(
    at_once: bool, cast: Cast, importing: Importer
) -> None:
    held = [f"7391{n}" for n in range(46, 71)]
    people = actions.create_people(
        BUILDER, [(cast.acme, PersonForm(first_name=f"H{n}", last_name="Held")) for n in range(25)]
    )
    pins.set_pins(BUILDER, list(zip(people, held, strict=True)))
    ask = importing.at_once if at_once else importing.check
    (fault,) = ask("mona", many(25, lambda n: held[n])).faults
    assert (fault["row"], fault["words"][:2]) == (0, "25")
    again = importing.check("mona", [{**NINA, "pin": "739146"}])
    assert (again.state, "Too many PINs were refused" in again.error) == ("failed", True)
    assert again.done == 0
    assert importing.check("mona", [NINA]).state == "done"


def test_namesakes_are_counted_so_that_nobody_comes_twice(importing: Importer) -> None:
    importing("mona", [NINA])
    checked = importing.check("mona", [NINA, {**NINA, "company": "Birch"}])
    assert checked.counts["namesakes"] == 1


def test_a_header_that_is_none_is_told(importing: Importer) -> None:
    checked = importing.check("mona", b"Vorname,Nachname\r\nNina,North\r\n")
    assert (checked.state, len(checked.faults)) == ("failed", 1)
    assert "first row" in checked.error


# --- Who may ----------------------------------------------------------------------------------


def test_a_company_administrator_imports_only_into_their_company(
    cast: Cast, importing: Importer
) -> None:
    checked = importing.check("ada", [NINA, OTIS])
    ((row, column, words),) = told(checked)
    assert (row, column) == (3, "Company (C3)")
    assert words == "There is no company “Birch” here that you manage."
    importing("ada", [{**NINA, "company": "", "access_groups": "Acme nights"}])
    assert cast.person("Nina").company == cast.acme


def test_another_companys_people_are_nobody_and_their_ids_are_taken(
    cast: Cast, importing: Importer
) -> None:
    bobs = of(cast, "Bob", last_name="Bellow")
    faults = told(importing.check("ada", [bobs, {**NINA, "card1": BOBS_CARD}], update=True))
    said = " ".join(words for _row, _column, words in faults)
    assert "This personnel ID is taken at this site" in said
    assert "A person of another company at this site holds this card." in said
    assert "Bob" not in said


def test_an_administrator_may_not_put_people_into_the_sites_own_groups(
    importing: Importer,
) -> None:
    ((_row, _column, words),) = told(
        importing.check("ada", [{**NINA, "access_groups": "Office hours"}])
    )
    assert words == "You may not change who is in “Office hours”."


# --- Meanwhile --------------------------------------------------------------------------------


def test_what_changed_meanwhile_is_not_overrun(cast: Cast, importing: Importer) -> None:
    checked = importing.check("mona", [of(cast, "Rita", last_name="Rowing")], update=True)
    Person.objects.filter(pk=rita(cast).pk).update(last_name="Rowing")
    failed = importing.follow("mona", checked)
    assert failed.state == Work.State.FAILED
    assert failed.error.startswith("Somebody has changed people meanwhile. Nothing was changed")


def test_a_card_given_meanwhile_is_a_fault_and_nothing_is_kept(
    cast: Cast, importing: Importer
) -> None:
    checked = importing.check("mona", [NINA, {**OTIS, "card1": "0A0B0C0D"}])
    credentials.add_card(BUILDER, rita(cast), number="0A0B0C0D")
    failed = importing.follow("mona", checked)
    assert (failed.state, told(failed)[0][0]) == ("failed", 3)
    assert not Person.objects.filter(first_name="Nina").exists()
    assert not Credential.objects.filter(person__first_name="Otis").exists()


def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_begins_anew(
    cast: Cast, importing: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = importing.check("mona", [{**NINA, "pin": "739146"}, OTIS])
    with monkeypatch.context() as deadly:
        # As when a process is stopped: not an exception that anybody catches.
        deadly.setattr(pins, "set_pins", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            importing.follow("mona", checked)
    work = Work.objects.get(kind=IMPORT)
    assert work.state == Work.State.RUNNING
    assert not Person.objects.filter(first_name__in=["Nina", "Otis"]).exists()
    running.run(work.pk)
    work.refresh_from_db()
    assert work.state == Work.State.DONE
    assert Person.objects.filter(first_name__in=["Nina", "Otis"]).count() == 2


# --- How much it asks -------------------------------------------------------------------------


class Silent:
    """Progress of which nobody hears."""

    def step(self, number: int = 1) -> None:
        pass

    def begin_again(self, number: int) -> None:
        pass


def test_more_rows_take_no_more_questions(cast: Cast) -> None:
    _warm, few, many = (_questions(cast, number) for number in (2, 5, 60))
    assert few == many


def _questions(cast: Cast, count: int) -> int:
    """Count what a plan and its deeds ask for so many new rows, and then for the same again."""
    rows = [
        {
            **NINA,
            "personnel_id": f"Q{count}-{number}",
            "pin": f"{73914 + count}{number:02}",
            "card1": f"{0xA0000000 + count * 1000 + number:08X}",
            "access_groups": "Office hours",
            "group": "Workshop",
        }
        for number in range(count)
    ]
    with CaptureQueriesContext(connection) as captured:
        file = io.BytesIO(csv_of(rows))
        plan = plan_of(cast.actor("mona"), cast.maple, file, Choices(), Silent(), lock=True)
        assert not plan.faults, plan.faults
        carry_out(cast.actor("mona"), plan, lambda _step: None)
        known = io.BytesIO(csv_of([{**row, "pin": ""} for row in rows]))
        again = plan_of(
            cast.actor("mona"), cast.maple, known, Choices(update=True), Silent(), lock=True
        )
        assert not again.changed
    return len(captured)
