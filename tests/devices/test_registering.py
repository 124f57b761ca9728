"""A sheet of MACs becomes a library: all rows or none, in any notation, told before."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.devices import registering
from doorward.devices.actions.devices import DeviceForm, create_device
from doorward.devices.actions.macs import move_macs, register_mac, require_registrar
from doorward.devices.models import MacEntry
from doorward.devices.sheets import MACS, Registered
from doorward.files import folder
from doorward.files.importing import TIMELESS
from doorward.files.models import Work
from doorward.kit.errors import Forbidden, Invalid, Refused
from doorward.kit.sheets import write_xlsx
from doorward.kit.sheets.archive import Archive
from doorward.kit.sheets.workbook import Workbook
from doorward.sites.models import Site
from doorward.tenancy.actions import plant_node
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, Node, Standing
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, FREE_MAC, LOBBY_MAC, OAK_MAC, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db

NOTATIONS = (
    *("0C1105FF0001", "0c:11:05:ff:00:02", "0C-11-05-FF-00-03", "0c11.05ff.0004"),
    *("0C 11 05 FF 00 05", "MAC: 0c_11_05_ff_00_06", "0C\u201311\u201305\u2013FF\u201300\u201307"),
)
Check = Callable[..., Work]


@pytest.fixture
def check(cast: Cast, run_jobs: RunJobs) -> Check:
    """Look at rows, or at a whole file, as somebody; return the work as it ended."""

    def looked_at(who: str, *rows: str, file: bytes = b"", installer: Node | None = None) -> Work:
        content = file or "\r\n".join(["MAC", *rows]).encode()
        sent = SimpleUploadedFile("macs.csv", content, "text/csv")
        owner = installer or cast.maple.installer
        work = registering.ask_for_check(cast.actor(who), owner, sent)
        run_jobs()
        return Work.objects.select_related("source", "node", "account").get(pk=work.pk)

    return looked_at


@pytest.fixture
def follow(cast: Cast, run_jobs: RunJobs) -> Callable[[str, Work], Work]:
    def followed(who: str, work: Work) -> Work:
        begun = registering.MAC_IMPORT.follow(cast.actor(who), work)
        run_jobs()
        return Work.objects.select_related("result").get(pk=begun.pk)

    return followed


def told(work: Work) -> list[tuple[int, str]]:
    return [(fault["row"], fault["words"]) for fault in work.faults]


def library(cast: Cast) -> set[str]:
    entries = MacEntry.objects.filter(node=cast.maple.installer)
    return set(entries.values_list("mac", flat=True))


def test_every_notation_is_registered_one_way(cast: Cast, check: Check, follow) -> None:
    before = library(cast)
    looked = check("ivan", *NOTATIONS)
    assert (looked.faults, looked.counts) == ([], {"created": 7, "unchanged": 0, "faulty": 0})
    assert library(cast) == before
    done = follow("ivan", looked)
    assert done.state == Work.State.DONE, done.error
    assert library(cast) - before == {f"0C1105FF000{number}" for number in range(1, 8)}
    assert AuditEntry.objects.filter(verb="register", label__startswith="0C1105FF000").count() == 7


def test_the_result_names_each_row(cast: Cast, check: Check, follow) -> None:
    done = follow("ivan", check("ivan", "0C1105FF0001", FREE_MAC))
    assert done.result is not None
    with folder.read(done.result.key) as file:
        book = Workbook(Archive(io.BytesIO(file.read())))
    lines = [list(cells.values())[1:] for _row, cells in book.rows("Result")]
    assert lines == [
        ["MAC", "Outcome"],
        ["0C1105FF0001", "Registered"],
        [FREE_MAC, "Was there already"],
    ]


def test_what_is_there_already_stays_and_nothing_is_left_to_do(check: Check) -> None:
    looked = check("ivan", FREE_MAC, LOBBY_MAC)
    assert looked.counts == {"created": 0, "unchanged": 2, "faulty": 0}
    assert not registering.MAC_IMPORT.may_follow(looked)


def test_doubles_foreign_and_malformed_rows_are_told_and_nothing_is_kept(
    cast: Cast, check: Check
) -> None:
    before = library(cast)
    looked = check(
        *("ivan", "0C1105FF0001", "0c:11:05:ff:00:01", OAK_MAC, "0C1105FF000", "0C1105FF00XY"),
        *("=HYPERLINK(0)", "-", "0C1105FF00011"),
    )
    assert [row for row, _words in told(looked)] == [3, 4, 5, 6, 7, 8, 9]
    words = [sentence for _row, sentence in told(looked)]
    assert words[0] == "Row 2 has this MAC too."
    assert words[1] == "This MAC is registered already, in another library."
    assert all("is no MAC" in sentence for sentence in (*words[2:4], *words[5:]))
    # Whose it is, is nobody's business.
    assert "Oscar" not in str(looked.faults)
    assert not registering.MAC_IMPORT.may_follow(looked)
    with pytest.raises(Refused, match=r"import\.unchecked"):
        registering.MAC_IMPORT.follow(cast.actor("ivan"), looked)
    assert library(cast) == before


def test_all_or_none_where_the_library_changes_meanwhile(cast: Cast, check: Check, follow) -> None:
    looked = check("ivan", "0C1105FF0001", "0C1105FF0002")
    register_mac(BUILDER, cast.oak.installer, mac="0C1105FF0002")
    done = follow("ivan", looked)
    assert done.state == Work.State.FAILED
    assert "Nothing was changed" in done.error
    assert "0C1105FF0001" not in library(cast)
    looked = check("ivan", "0C1105FF0001", "0C1105FF0003")
    register_mac(BUILDER, cast.maple.installer, mac="0C1105FF0003")
    done = follow("ivan", looked)
    assert "The library has changed meanwhile" in done.error
    assert "0C1105FF0001" not in library(cast)


def test_twenty_thousand_rows_go_by_the_set_and_one_more_is_too_many(
    cast: Cast, check: Check, follow
) -> None:
    rows = [f"0C11{number:08X}" for number in range(0x10000000, 0x10000000 + 20_000)]
    looked = check("ivan", *rows)
    assert looked.counts == {"created": 20_000, "unchanged": 0, "faulty": 0}
    with CaptureQueriesContext(connection) as asked:
        done = follow("ivan", looked)
    assert done.state == Work.State.DONE, done.error
    assert len(library(cast)) > 20_000
    # Not one for each row.
    assert len(asked) < 200
    looked = check("ivan", *rows, "0C1199999999")
    assert looked.state == Work.State.FAILED
    assert "20,000" in looked.error


def test_a_workbook_is_read_and_its_example_is_nobody(check: Check) -> None:
    stream = io.BytesIO()
    rows = [Registered(2, "0C11050B9814", is_new=True), Registered(3, "0C1105FF0001", is_new=True)]
    write_xlsx(MACS, rows, stream, TIMELESS)
    assert check("ivan", file=stream.getvalue()).counts["created"] == 1


@pytest.mark.parametrize("file", [b"%PDF-1.7 nothing", b"   \n", b"\xff\xd8\xff no sheet"])
def test_what_is_no_sheet_is_refused_at_its_field(cast: Cast, check, file: bytes) -> None:
    with pytest.raises(Invalid) as fault:
        check("ivan", file=file)
    assert set(fault.value.faults) == {"file"}


def test_text_that_is_no_sheet_is_told_with_the_template(check: Check) -> None:
    looked = check("ivan", file=b"\x00\x01\x02 and more")
    assert looked.state == Work.State.FAILED
    assert looked.error
    looked = check("ivan", file=b"0C1105FF0001\r\n0C1105FF0002")
    assert "The first row is not as in the template" in looked.error
    assert looked.faults


def test_another_s_library_is_nobody_s_to_fill(cast: Cast, check: Check) -> None:
    for who in ("oscar", "mona", "sven"):
        with pytest.raises(Forbidden):
            check(who, "0C1105FF0001")
    with pytest.raises(Forbidden):
        check("ivan", "0C1105FF0001", installer=cast.oak.installer)


def test_who_lost_the_right_meanwhile_registers_nothing(cast: Cast, check: Check, follow) -> None:
    looked = check("ivan", "0C1105FF0001")
    Node.objects.filter(pk=cast.maple.installer_id).update(registers_macs=False)
    done = follow("ivan", looked)
    assert done.state == Work.State.FAILED
    assert "0C1105FF0001" not in library(cast)


# --- Moving -----------------------------------------------------------------------------------


@pytest.fixture
def other(cast: Cast) -> Node:
    """Another installer below Dora."""
    above = Node.objects.get(pk=cast.maple.installer.parent_id)
    return plant_node(above, Node.Kind.INSTALLER, "Ida's installations")


def entry(mac: str) -> MacEntry:
    return MacEntry.objects.select_related("node").get(mac=mac)


def test_a_free_mac_goes_to_another_installer(cast: Cast, other: Node) -> None:
    moved = move_macs(cast.actor("dora"), [entry(FREE_MAC)], other)
    assert [one.mac for one in moved] == [FREE_MAC]
    assert entry(FREE_MAC).node == other
    told = AuditEntry.objects.filter(label=FREE_MAC).order_by("-pk").values_list("verb", "node")[:2]
    assert set(told) == {("remove", cast.maple.installer_id), ("register", other.pk)}
    # To neither it is said who the other one is.
    rows = AuditEntry.objects.filter(label=FREE_MAC)
    assert "Ida" not in str(list(rows.values("before", "after")))


def test_one_in_use_keeps_all_where_they_are(cast: Cast, other: Node) -> None:
    with pytest.raises(Refused, match=r"mac\.in_use"):
        move_macs(cast.actor("dora"), [entry(FREE_MAC), entry(LOBBY_MAC)], other)
    assert entry(FREE_MAC).node_id == cast.maple.installer_id


def test_a_moved_mac_is_added_by_its_new_installer_alone(cast: Cast, other: Node) -> None:
    move_macs(cast.actor("dora"), [entry(FREE_MAC)], other)
    form = DeviceForm(
        name="Gate phone",
        mac=FREE_MAC,
        connector=cast.connector("Basement"),
        address="10.0.0.9",
    )
    with pytest.raises(Invalid) as fault:
        create_device(cast.actor("ivan"), cast.maple, form)
    assert set(fault.value.faults) == {"mac"}


@pytest.mark.parametrize("who", ["ivan", "iris", "mona", "oscar", "sven"])
def test_nobody_but_the_distributor_moves(cast: Cast, other: Node, who: str) -> None:
    with pytest.raises(Forbidden):
        move_macs(cast.actor(who), [entry(FREE_MAC)], other)
    with pytest.raises(Forbidden):
        move_macs(cast.actor(who), [entry(FREE_MAC)], cast.oak.installer)
    assert entry(FREE_MAC).node_id == cast.maple.installer_id


def test_no_distributor_takes_from_another_or_gives_to_one(cast: Cast, other: Node) -> None:
    dora = cast.actor("dora")
    with pytest.raises(Forbidden):
        move_macs(dora, [entry(FREE_MAC)], cast.oak.installer)
    with pytest.raises(Forbidden):
        move_macs(dora, [entry(OAK_MAC)], other)
    assert entry(FREE_MAC).node_id == cast.maple.installer_id


def test_the_list_offers_moving_to_the_distributor_and_not_to_an_installer(
    cast: Cast, other: Node
) -> None:
    address = reverse("macs")
    assert 'value="move"' in cast.client("dora").get(address).content.decode()
    assert 'value="move"' not in cast.client("ivan").get(address).content.decode()
    told = {"deed": "move", "ids": [entry(FREE_MAC).pk], "owner": other.pk, "confirmed": "1"}
    assert cast.client("ivan", again=True).post(address, told).status_code == 403
    assert cast.client("dora", again=True).post(address, told).status_code == 302
    assert entry(FREE_MAC).node == other


def test_whoever_sees_one_library_is_not_asked_whose(cast: Cast, other: Node) -> None:
    register_mac(BUILDER, other, mac="0C1105FF0009")
    dora = cast.client("dora")
    address = f"{reverse('macs')}?installer={other.pk}"
    text = dora.get(address).content.decode()
    assert "0C1105FF0009" in text
    assert FREE_MAC not in text
    assert 'name="installer"' not in cast.client("ivan").get(reverse("macs")).content.decode()


def test_an_installer_who_does_not_register_is_not_offered_it(cast: Cast) -> None:
    Node.objects.filter(pk=cast.maple.installer_id).update(registers_macs=False)
    ivan = cast.client("ivan")
    text = ivan.get(reverse("macs")).content.decode()
    assert reverse("mac-new") not in text
    assert reverse("mac-import") not in text
    assert "Your distributor registers MACs for you." in text
    assert ivan.get(reverse("mac-import")).status_code == 403


def test_over_the_api_a_file_is_looked_at_first(cast: Cast, run_jobs: RunJobs) -> None:
    browser = Client()
    headers = {"Authorization": f"Bearer {cast.token('ivan')}"}
    sent = SimpleUploadedFile("macs.csv", b"MAC\n0C1105FF0001\n", "text/csv")
    looked = browser.post("/api/v1/macs/import", {"file": sent}, headers=headers)
    assert looked.status_code == 202
    run_jobs()
    assert "0C1105FF0001" not in library(cast)
    sent.seek(0)
    told = {"file": sent, "dry_run": "false"}
    assert browser.post("/api/v1/macs/import", told, headers=headers).status_code == 202
    run_jobs()
    assert "0C1105FF0001" in library(cast)


def test_a_second_role_makes_nobody_register(cast: Cast, ivan: Actor, maple: Site) -> None:
    Node.objects.filter(pk=maple.installer_id).update(registers_macs=False)
    Standing.objects.create(account=ivan.account, node=maple.node, role=Role.PROPERTY_MANAGER)
    with pytest.raises(Forbidden):
        require_registrar(cast.actor("ivan"), Node.objects.get(pk=maple.installer_id))
