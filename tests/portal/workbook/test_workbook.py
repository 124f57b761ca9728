"""A whole site comes from one workbook: all of it or nothing, and told before."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.access.actions import credentials
from doorward.access.models import Credential
from doorward.devices.actions.devices import DeviceForm, create_device
from doorward.devices.actions.macs import register_macs
from doorward.devices.models import Device
from doorward.devices.sheets import DEVICES
from doorward.files import folder
from doorward.files.models import Work
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.sheets import archive
from doorward.kit.sheets.archive import Archive
from doorward.kit.sheets.workbook import Workbook
from doorward.people.models import Person
from doorward.portal.importing.plan import Choices
from doorward.portal.workbook import filling
from doorward.portal.workbook.works import ask_for_check
from doorward.sites.models import Company
from doorward.tenancy.models import AuditEntry, Node
from tests.books import BookFile, book_of
from tests.cast import BUILDER, FREE_MAC, LOBBY_MAC, OAK_MAC, RITAS_CARD, Cast
from tests.jobs import RunJobs
from tests.portal.workbook.conftest import Sender, told

pytestmark = pytest.mark.django_db

NINA = {
    "Personnel ID": "N-1",
    "First name": "Nina",
    "Last name": "North",
    "Company": "Cedar",
    "Access groups": "Office hours",
    "Card 1": "0A0B0C01",
}
GATE = {
    "Name": "Gate",
    "Type": "Access control terminal",
    "MAC": "0c:11:05:aa:bb:03",
    "Address": "10.0.0.9",
    "Connector": "basement",
}
FOB = {"Personnel ID": "N-1", "Card number": "0A0B0C02", "Label": "Blue fob"}
WHOLE = {
    "Companies": [{"Name": "Cedar"}, {"Name": "acme"}],
    "Personnel": [NINA],
    "Devices": [GATE],
    "Cards": [FOB],
}


def standing() -> tuple[int, ...]:
    """Count what a workbook could have made, and what the trail says of that."""
    made = (Company, Node, Person, Device, Credential)
    trail = AuditEntry.objects.filter(subject__in=[kind._meta.model_name for kind in made])
    return (*(kind.objects.count() for kind in made), trail.count())


def rows_of(work: Work, sheet: str) -> list[list[object]]:
    assert work.result is not None
    with folder.read(work.result.key) as file:
        book = Workbook(Archive(io.BytesIO(file.read())))
    return [list(cells.values()) for _number, cells in book.rows(sheet)]


# --- All of it --------------------------------------------------------------------------------


def test_a_whole_site_comes_from_one_workbook(cast: Cast, sending: Sender) -> None:
    checked = sending.check(WHOLE)
    assert told(checked) == []
    assert checked.counts == {
        **{"companies_created": 1, "people_created": 1, "devices_created": 1, "cards_added": 2},
        **{"joined": 1, "unchanged": 1, "faulty": 0},
    }
    done = sending.follow(checked)
    assert (done.state, done.error) == (Work.State.DONE, "")
    nina = cast.person("Nina")
    assert (nina.company.name, nina.site) == ("Cedar", cast.maple)
    assert set(nina.accessgroups.values_list("name", flat=True)) == {"Office hours"}
    labels = Credential.objects.filter(person=nina).values_list("tail", "label")
    assert set(labels) == {("0C01", ""), ("0C02", "Blue fob")}
    gate = cast.device("Gate")
    assert (gate.mac, gate.kind, gate.connector.name) == (FREE_MAC, "access_control", "Basement")
    verbs = AuditEntry.objects.filter(label__in=["Cedar", "Nina North", "Gate"], verb="create")
    assert verbs.count() == 3


def test_the_result_tells_what_became_of_each_row(sending: Sender) -> None:
    done = sending(WHOLE)
    lines = [[str(cell) for cell in line] for line in rows_of(done, "Result")]
    assert [[line[0], line[2], *line[3:]] for line in lines] == [
        ["Sheet", "Status", "What", "ID or MAC"],
        ["Companies", "Created", "Cedar"],
        ["Companies", "Unchanged", "acme"],
        ["Personnel", "Created", "Nina North", "N-1"],
        ["Devices", "Created", "Gate", FREE_MAC],
        ["Cards", "Created", "Nina North ••••0C02", "N-1"],
    ]


def test_a_look_changes_nothing(sending: Sender) -> None:
    before = standing()
    assert sending.check(WHOLE).state == Work.State.DONE
    assert standing() == before


def test_applied_twice_is_once(cast: Cast, sending: Sender) -> None:
    checked = sending.check(WHOLE)
    sending.follow(checked)
    again = sending.follow(checked)
    assert again.state == Work.State.FAILED
    assert Person.objects.filter(first_name="Nina").count() == 1
    assert Device.objects.filter(name="Gate").count() == 1
    # With people who are there being changed, nothing is left to do.
    known = sending.check(WHOLE, update=True)
    assert (told(known), known.counts) == ([], {"unchanged": 5, "faulty": 0})
    with pytest.raises(Refused, match=r"import\.unchecked"):
        sending.follow(known)


def test_people_who_are_there_are_changed_only_where_that_is_ticked(
    cast: Cast, sending: Sender
) -> None:
    sending(WHOLE)
    renamed = {"Personnel": [{**NINA, "Last name": "Northwood"}]}
    ((sheet, row, column, words),) = told(sending.check(renamed))
    assert (sheet, row, column) == ("Personnel", 2, "Personnel ID (A2)")
    assert words == "Somebody has this personnel ID: Nina North."
    sending(renamed, update=True)
    assert cast.person("Nina").last_name == "Northwood"


@pytest.mark.parametrize("name", ["Companies", "Personnel", "Devices", "Cards"])
def test_each_sheet_may_come_alone(name: str, cast: Cast, sending: Sender) -> None:
    sending({"Companies": WHOLE["Companies"]})
    sending({"Personnel": WHOLE["Personnel"]})
    if name in {"Devices", "Cards"}:
        sending({name: WHOLE[name]})
    assert cast.person("Nina").company.name == "Cedar"


# --- Template ---------------------------------------------------------------------------------


def test_the_template_is_skipped_as_long_as_it_is_as_it_was(cast: Cast, sending: Sender) -> None:
    answer = cast.client("ivan").get(reverse("workbook-template"))
    content = b"".join(answer.streaming_content)
    book = Workbook(Archive(io.BytesIO(content)))
    assert book.sheets == [*WHOLE, "How to fill it in"]
    checked = sending.check(content)
    assert (told(checked), checked.error) == ([], "")
    assert checked.counts == {"unchanged": 0, "faulty": 0}


def test_a_site_that_is_taken_home_comes_back_unchanged(cast: Cast, sending: Sender) -> None:
    sending(WHOLE)
    answer = cast.client("ivan").post(reverse("workbook-filled", args=[cast.maple.pk]))
    content = b"".join(answer.streaming_content)
    text = str([list(Workbook(Archive(io.BytesIO(content))).rows(name)) for name in WHOLE])
    assert RITAS_CARD not in text
    assert "••••0C02" in text
    assert "Blue fob" in text
    checked = sending.check(content, update=True)
    assert (told(checked), checked.error) == ([], "")
    people = Person.objects.filter(site=cast.maple).count()
    cards = Credential.objects.cards().filter(site=cast.maple).count()
    devices = Device.objects.filter(site=cast.maple).count()
    companies = Company.objects.filter(site=cast.maple).count()
    rows = people + cards + devices + companies
    assert checked.counts == {"unchanged": rows, "faulty": 0}
    assert AuditEntry.objects.filter(verb="export", after__list="Workbook").exists()


def test_a_large_site_is_written_in_the_background(
    cast: Cast, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "AT_ONCE", 1)
    cast.client("ivan").post(reverse("workbook-filled", args=[cast.maple.pk]))
    run_jobs()
    work = Work.objects.select_related("result").get(kind=filling.FILLED)
    assert (work.state, work.error) == (Work.State.DONE, "")
    assert [str(line[1]) for line in rows_of(work, "Personnel")[1:]] == ["Bob", "Rita"]
    monkeypatch.setattr(filling, "MOST", 3)
    with pytest.raises(Refused, match=r"workbook\.rows"):
        filling.write_filled(cast.actor("ivan"), cast.maple, io.BytesIO())


def test_a_template_in_german_is_read_by_whoever_reads_english(cast: Cast, sending: Sender) -> None:
    nina = {"Vorname": "Nina", "Nachname": "North", "Firma": "Cedar"}
    sending({"Firmen": [{"Name": "Cedar"}], "Personal": [nina]})
    assert cast.person("Nina").company.name == "Cedar"


# --- What is wrong ----------------------------------------------------------------------------


def test_every_sheet_tells_its_faults_with_row_and_cell(sending: Sender) -> None:
    before = standing()
    checked = sending.check(
        {
            "Companies": [{"Name": "Cedar"}, {"Name": "x" * 129}, {"Name": "-"}],
            "Personnel": [{**NINA, "Company": "Ceder"}],
            "Devices": [
                GATE,
                {**GATE, "Name": "Back gate"},
                {**GATE, "Name": "Oak gate", "MAC": OAK_MAC},
                {**GATE, "Name": "Strange", "MAC": "0C1105EEEE01"},
                {**GATE, "Name": "Short", "MAC": "0C1105"},
                {**GATE, "Name": "Nowhere", "MAC": "0C1105AABB77", "Address": "not an address"},
                {**GATE, "Name": "", "MAC": "0C1105AABB78"},
                {**GATE, "Name": "Odd", "MAC": "0C1105AABB79", "Type": "Toaster"},
                {**GATE, "Name": "Far", "MAC": "0C1105AABB7A", "Connector": "Cellar"},
                {**GATE, "Name": "Which", "MAC": "0C1105AABB7B", "Connector": ""},
            ],
            "Cards": [
                {**FOB, "Card number": "0A0B0C01"},
                {**FOB, "Personnel ID": "N-9"},
                {**FOB, "Card number": RITAS_CARD},
                {**FOB, "Card number": "xyz"},
                {**FOB, "Card number": "••••FFFF"},
                {**FOB, "Card number": "0A0B0C05", "Label": "x" * 65},
            ],
        }
    )
    said = {(sheet, column): words for sheet, _row, column, words in told(checked)}
    assert set(said) == {
        *(("Companies", "Name (A3)"), ("Companies", "Name (A4)"), ("Personnel", "Company (D2)")),
        *(("Devices", f"MAC (C{row})") for row in range(3, 12)),
        *(("Devices", "Address (D7)"), ("Devices", "Name (A8)"), ("Devices", "Type (B9)")),
        *(("Devices", "Connector (E10)"), ("Devices", "Connector (E11)")),
        *(("Cards", f"Card number (B{row})") for row in (2, 4, 5, 6)),
        *(("Cards", "Personnel ID (A3)"), ("Cards", "Label (C7)")),
    }
    assert said["Devices", "MAC (C3)"] == "Row 2 has this MAC too."
    # Whose it is, is nobody's business.
    assert said["Devices", "MAC (C4)"] == said["Devices", "MAC (C5)"]
    assert said["Devices", "MAC (C5)"].startswith("This MAC is not in the MAC library.")
    assert said["Devices", "Connector (E10)"] == "The site has no connector “Cellar”."
    assert said["Devices", "Connector (E11)"] == "The site has several connectors."
    assert said["Cards", "Card number (B2)"].startswith("Row 2 on the sheet “Personnel”")
    assert said["Cards", "Personnel ID (A3)"] == "Nobody here has the personnel ID “N-9”."
    assert said["Cards", "Card number (B4)"].startswith("Rita Rowe holds this card.")
    # Sheet by sheet, and from the first row down.
    places = [(sheet, row) for sheet, row, _column, _words in told(checked)]
    assert places == sorted(places, key=lambda place: (list(WHOLE).index(place[0]), place[1]))
    with pytest.raises(Refused, match=r"import\.unchecked"):
        sending.follow(checked)
    assert standing() == before


def test_all_that_is_wrong_with_a_row_is_told_at_once(sending: Sender) -> None:
    """Nobody should have to mend one cell to hear of the next."""
    nina = {**NINA, "Company": "Cedra", "E-mail": "nina", "Access groups": "Office huors"}
    gate = {**GATE, "Name": "", "Type": "Teapot", "MAC": "zz", "Connector": "Cellar"}
    fob = {**FOB, "Personnel ID": "nobody", "Card number": ""}
    checked = sending.check({"Personnel": [nina], "Devices": [gate], "Cards": [fob]})
    cells = {(sheet, column.split(" (")[0]) for sheet, _row, column, _words in told(checked)}
    of_nina = {("Personnel", name) for name in ("Company", "E-mail", "Access groups")}
    of_gate = {("Devices", name) for name in ("Name", "Type", "MAC", "Connector")}
    assert cells == of_nina | of_gate | {("Cards", "Personnel ID"), ("Cards", "Card number")}
    assert len(told(checked)) == len(cells)
    columns = [column for sheet, _row, column, _words in told(checked) if sheet == "Devices"]
    assert columns == ["Name (A2)", "Type (B2)", "MAC (C2)", "Connector (E2)"]
    assert "devices_created" not in checked.counts


def test_a_check_counts_to_its_end_and_names_the_sheet(cast: Cast, sending: Sender) -> None:
    sending(WHOLE)
    again = sending.check({"Personnel": [NINA, {**NINA, "Personnel ID": "N-2", "Card 1": ""}]})
    assert again.done == again.total
    page = cast.client("ivan", again=True).get(
        reverse("workbook-check", args=[cast.maple.pk, again.pk])
    )
    assert '<td data-label="Sheet" class="phone">Personnel</td>' in page.content.decode()


def test_an_import_leads_to_what_it_has_made(cast: Cast, sending: Sender) -> None:
    done = sending(WHOLE)
    text = cast.client("ivan").get(reverse("work", args=[done.pk])).content.decode()
    assert "All of it is done. Workbook imported.xlsx says what became of each row" in text
    assert f'href="{reverse("site", args=[cast.maple.pk])}">To the office</a>' in text


def test_a_mac_that_is_taken_meanwhile_undoes_all(cast: Cast, sending: Sender) -> None:
    checked = sending.check(WHOLE)
    form = DeviceForm(
        name="Faster", mac=FREE_MAC, connector=cast.connector("Basement"), address="10.0.0.8"
    )
    create_device(BUILDER, cast.maple, form)
    failed = sending.follow(checked)
    assert failed.state == Work.State.FAILED
    assert failed.error.startswith("Something is wrong with the file. Nothing was changed")
    assert not Company.objects.filter(name="Cedar").exists()
    assert not Person.objects.filter(first_name="Nina").exists()


def test_a_card_that_is_given_meanwhile_undoes_all(cast: Cast, sending: Sender) -> None:
    checked = sending.check(WHOLE)
    credentials.add_card(BUILDER, cast.person("Rita"), number="0A0B0C02")
    failed = sending.follow(checked)
    assert [(sheet, row) for sheet, row, _column, _words in told(failed)] == [("Cards", 2)]
    assert not Company.objects.filter(name="Cedar").exists()
    assert not Device.objects.filter(name="Gate").exists()


def test_a_device_that_is_there_is_not_changed_by_a_sheet(cast: Cast, sending: Sender) -> None:
    lobby = cast.device("Lobby")
    row = {**GATE, "Name": "Foyer", "MAC": LOBBY_MAC, "Address": lobby.address}
    ((sheet, number, column, words),) = told(sending.check({"Devices": [row]}))
    assert (sheet, number, column) == ("Devices", 2, "Name (A2)")
    assert words.startswith("The site has the device with this MAC already")


def test_a_password_of_a_device_that_is_there_is_nothing_new(cast: Cast, sending: Sender) -> None:
    lobby = cast.device("Lobby")
    there = {**GATE, **{str(one.header): str(one.value(lobby)) for one in DEVICES.columns}}
    assert told(sending.check({"Devices": [{**there, "API password": "another-one"}]})) == []


def test_more_than_five_cards_are_too_many(sending: Sender) -> None:
    cards = [{**FOB, "Card number": f"0A0B0D{number:02}"} for number in range(5)]
    checked = sending.check({**WHOLE, "Cards": cards})
    ((sheet, row, _column, words),) = told(checked)
    assert (sheet, row) == ("Cards", 6)
    assert words == "A person holds at most five cards. Remove one first."


# --- Strange files ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"Personel": [NINA]}, "The template has no sheet “Personel”."),
        ({**WHOLE, "Firmen": [{"Name": "Elm"}]}, "There are two sheets for “Companies”."),
        ({"Cards": [{"Card number": "0A0B0C01"}]}, "The column “Personnel ID” is missing."),
        ({"Companies": [{"Name": "Elm", "Colour": "red"}]}, "Colour"),
    ],
)
def test_a_workbook_that_is_not_as_the_template_is_told_so(
    sheets: dict[str, list[dict[str, str]]], words: str, sending: Sender
) -> None:
    checked = sending.check(sheets)
    assert checked.state == Work.State.FAILED
    assert checked.error.startswith("The workbook is not as the template.")
    assert any(words in one for _sheet, _row, _column, one in told(checked))


def test_a_formula_is_never_taken_for_what_it_gives(sending: Sender) -> None:
    checked = sending.check({"Companies": [{"Name": "=1+1"}], "Cards": [{**FOB, "Label": "=A1"}]})
    assert {(sheet, row) for sheet, row, _column, _words in told(checked)} >= {
        ("Companies", 2),
        ("Cards", 2),
    }


def test_a_sign_that_no_text_may_have_is_told_with_its_cell(sending: Sender) -> None:
    checked = sending.check(
        {"Companies": [{"Name": "Nul\x00"}], "Personnel": [{**NINA, "Personnel ID": "N\x00"}]}
    )
    assert {(sheet, column) for sheet, _row, column, _words in told(checked)} >= {
        ("Companies", "Name (A2)"),
        ("Personnel", "Personnel ID (A2)"),
    }


def test_such_a_sign_in_the_name_of_a_column_is_told_there(sending: Sender) -> None:
    checked = sending.check({"Personnel": [{**NINA, "Shoe\x00size": "42"}]})
    assert checked.state == Work.State.FAILED
    assert told(checked) == [
        ("Personnel", 1, "G (G1)", "Column G is called “Shoe\ufffdsize”, which is none of ours.")
    ]


def test_five_thousand_rows_are_taken_and_one_more_is_not(sending: Sender) -> None:
    names = [{"Name": f"Company {number}"} for number in range(2_500)]
    fobs = [{**FOB, "Card number": f"{number:08X}"} for number in range(1, 2_502)]
    checked = sending.check({"Companies": names, "Cards": fobs})
    assert checked.state == Work.State.FAILED
    assert checked.error.startswith("A file holds at most 5,000 rows.")


@pytest.mark.parametrize("content", [b"Name\nCedar\n", b"no workbook at all"])
def test_what_is_no_workbook_is_refused_at_once(content: bytes, sending: Sender) -> None:
    with pytest.raises(Invalid) as refusal:
        sending.check(content)
    assert "file" in refusal.value.faults


def test_a_file_that_is_huge_inside_is_refused_at_once(
    sending: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 10_000)
    with pytest.raises(Invalid) as refusal:
        sending.check({"Companies": [{"Name": f"Company {number}"} for number in range(500)]})
    assert "far larger inside" in str(refusal.value.faults["file"])


def test_a_workbook_that_says_nothing_new_offers_nothing(cast: Cast, sending: Sender) -> None:
    checked = sending.check({"Companies": [{"Name": "Acme"}]})
    page = reverse("workbook-check", args=[cast.maple.pk, checked.pk])
    text = cast.client("ivan").get(page).content.decode()
    assert "All that it says is there already." in text
    assert reverse("workbook-apply", args=[cast.maple.pk, checked.pk]) not in text


def test_a_check_is_of_its_site_alone(cast: Cast, sending: Sender) -> None:
    checked = sending.check(WHOLE)
    for page in ("workbook-check", "people-import-check"):
        where = reverse(page, args=[cast.oak.pk, checked.pk])
        assert cast.client("ivan", again=True).get(where).status_code == 404
    where = reverse("people-import-check", args=[cast.maple.pk, checked.pk])
    assert cast.client("ivan", again=True).get(where).status_code == 404


def test_a_blank_workbook_is_told(sending: Sender) -> None:
    checked = sending.check({"Sheet1": []})
    assert checked.error == "All sheets of the workbook are blank. Fill in the template."


# --- Who may ----------------------------------------------------------------------------------


def test_a_sub_installer_may_and_a_property_manager_may_not(cast: Cast, sending: Sender) -> None:
    assert sending.check(WHOLE, "iris").state == Work.State.DONE
    for who in ("mona", "ada", "oscar", "dora"):
        with pytest.raises(Forbidden):
            ask_for_check(cast.actor(who), cast.maple, BookFile(WHOLE), Choices())


# --- How much it asks -------------------------------------------------------------------------


def test_more_rows_take_no_more_questions(cast: Cast, sending: Sender) -> None:
    _warm, few, many = (_questions(cast, sending, number) for number in (2, 4, 40))
    assert many <= few + 3


def _questions(cast: Cast, sending: Sender, count: int) -> int:
    macs = [f"0C11{count:04X}{number:04X}" for number in range(count)]
    register_macs(BUILDER, cast.maple.installer, macs)
    people = [
        {
            **NINA,
            "Personnel ID": f"Q{count}-{number}",
            "Company": f"Elm {count}-{number}",
            "Card 1": f"{0xA0000000 + count * 1000 + number:08X}",
        }
        for number in range(count)
    ]
    fobs = [
        {**FOB, "Personnel ID": row["Personnel ID"], "Card number": f"B{row['Card 1'][1:]}"}
        for row in people
    ]
    devices = [{**GATE, "Name": f"Gate {mac}", "MAC": mac} for mac in macs]
    content = book_of(
        {
            "Companies": [{"Name": row["Company"]} for row in people],
            "Personnel": people,
            "Devices": devices,
            "Cards": fobs,
        }
    )
    with CaptureQueriesContext(connection) as captured:
        sending(content)
    return len(captured)
