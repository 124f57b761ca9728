"""The audit trail is sealed: whatever is changed in it behind our back shows, and where."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from doorward import audit as command
from doorward.kit import vault
from doorward.tenancy import audit, heads
from doorward.tenancy import chain as chain_of
from doorward.tenancy.actions import seals
from doorward.tenancy.actions.seals import seal_entries
from doorward.tenancy.actor import Actor
from doorward.tenancy.heads import Head
from doorward.tenancy.models import AuditEntry, AuditSeal, Node
from doorward.tenancy.trail import Read

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_FOLDER = tmp_path / "audit"
    return tmp_path / "audit"


def do(name: str) -> AuditEntry:
    root = Node.root()
    audit.record(SYSTEM, "change", root, root, before={"name": "was"}, after={"name": name})
    return AuditEntry.objects.latest("pk")


def behind_our_back(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount != 0


def faults(*noted: Head) -> list[str]:
    return list(Read(heads=list(noted)).faults())


def sealed() -> list[int]:
    return [key for seal in AuditSeal.objects.order_by("number") for key in seal.entries]


def copy_of(entry: AuditEntry, key: int) -> None:
    names = ", ".join(f.column for f in AuditEntry._meta.concrete_fields if f.name != "id")
    behind_our_back(
        f"INSERT INTO tenancy_auditentry (id, {names}) "
        f"SELECT %s, {names} FROM tenancy_auditentry WHERE id = %s",
        key,
        entry.pk,
    )


@pytest.fixture
def chain() -> list[AuditEntry]:
    """Seal what is there, and three deeds of which each has a seal of its own."""
    seal_entries()
    entries = []
    for name in ("one", "two", "three"):
        entries.append(do(name))
        seal_entries()
    # Once nothing is on its way any more, it is settled.
    seal_entries()
    assert faults() == []
    return entries


def test_every_entry_is_sealed_once(chain: list[AuditEntry]) -> None:
    everything = sorted(AuditEntry.objects.values_list("pk", flat=True))
    assert sorted(sealed()) == everything
    assert AuditSeal.objects.latest("number").total == len(everything)


def test_what_is_sealed_makes_no_more_seals(chain: list[AuditEntry]) -> None:
    before = AuditSeal.objects.count()
    for _time in range(3):
        seal_entries()
    assert AuditSeal.objects.count() == before


def test_many_entries_get_several_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MOST", 4)
    for number in range(6):
        do(str(number))
    seal_entries()
    assert len(sealed()) == AuditEntry.objects.count()
    assert {len(seal.entries) for seal in AuditSeal.objects.order_by("-number")[1:]} == {4}
    assert faults() == []
    seal_entries()
    assert len(sealed()) == AuditEntry.objects.count()


COLUMNS = [
    *("at = at + interval '1 microsecond'", "actor = 'nobody'"),
    *("account_id = 1", "address = '192.0.2.7'", "verb = 'delete'", "subject = 'door'"),
    *("subject_id = 7", "label = label || ' '", """before = '{"name": "was not"}'"""),
    """after = after || '{"more": 1}'""",
    "at = 'infinity'",
    *("acting_for = 'ivan'", "acting_for_account_id = 1"),
]


@pytest.mark.parametrize("change", COLUMNS)
def test_a_changed_column_names_its_entry(chain: list[AuditEntry], change: str) -> None:
    behind_our_back(f"UPDATE tenancy_auditentry SET {change} WHERE id = %s", chain[1].pk)
    (fault,) = faults()
    assert fault.startswith(f"entry {chain[1].pk} (")
    assert "changed after it was sealed" in fault


def sealed_in_form(form: int, monkeypatch: pytest.MonkeyPatch) -> AuditEntry:
    """Let an entry be sealed as it was by an older version."""
    with monkeypatch.context() as before:
        before.setattr(chain_of, "FORM", form)
        spelled = chain_of.SPELLINGS[form]
        before.setattr(seals, "_UNSEALED", seals._UNSEALED.replace(chain_of.SPELLINGS[2], spelled))
        entry = do("of before")
        seal_entries()
    assert AuditSeal.objects.latest("number").form == form
    return entry


def test_what_was_sealed_before_anybody_acted_for_another_still_stands(
    chain: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed_in_form(1, monkeypatch)
    do("of today")
    seal_entries()
    assert AuditSeal.objects.latest("number").form == 2
    assert faults() == []


@pytest.mark.parametrize("change", ["acting_for = 'ivan'", "acting_for_account_id = 1"])
def test_nobody_is_said_afterwards_to_have_acted_for_another(
    change: str, chain: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = sealed_in_form(1, monkeypatch)
    behind_our_back(f"UPDATE tenancy_auditentry SET {change} WHERE id = %s", entry.pk)
    (fault,) = faults()
    assert fault.startswith(f"entry {entry.pk} (")


def test_a_moment_that_is_none_stops_no_sealing(chain: list[AuditEntry]) -> None:
    strange = do("strange")
    behind_our_back("UPDATE tenancy_auditentry SET at = '-infinity' WHERE id = %s", strange.pk)
    later = do("later")
    seal_entries()
    assert {strange.pk, later.pk} <= set(sealed())
    assert faults() == []


@pytest.mark.parametrize("number", [0, -1])
def test_a_seal_that_is_none_of_ours_hides_nothing(chain: list[AuditEntry], number: int) -> None:
    behind_our_back("ALTER TABLE tenancy_auditseal DROP CONSTRAINT audit_seal_from_one")
    slipped = chain[0].pk - 1_000_000
    copy_of(chain[0], slipped)
    coming = list(range(chain[-1].pk + 1, chain[-1].pk + 100))
    behind_our_back(
        "INSERT INTO tenancy_auditseal (number, made_at, form, settled, seen, last, total,"
        " entries, digests, digest) VALUES (%s, now(), 1, 0, 0, %s, 0, %s, '', '')",
        number,
        2**62,
        [slipped, *coming],
    )
    later = do("later")
    seal_entries()
    assert later.pk in coming
    assert AuditSeal.objects.filter(number__gte=1, entries__contains=[later.pk]).count() == 1
    found = faults()
    assert any(fault.startswith(f"seal {number}: added by a stranger") for fault in found)
    assert any(fault.startswith(f"entry {slipped} ") and "added" in fault for fault in found)


def test_another_tenant_shows(chain: list[AuditEntry]) -> None:
    other = Node.objects.exclude(parent=None).first()
    assert other
    behind_our_back(
        "UPDATE tenancy_auditentry SET node_id = %s WHERE id = %s", other.pk, chain[1].pk
    )
    assert len(faults()) == 1


def test_a_removed_entry_is_missed(chain: list[AuditEntry]) -> None:
    behind_our_back("DELETE FROM tenancy_auditentry WHERE id = %s", chain[1].pk)
    (fault,) = faults()
    assert fault.startswith(f"entry {chain[1].pk}: missing")


def test_an_entry_slipped_in_shows(chain: list[AuditEntry]) -> None:
    copy_of(chain[1], -5)
    (fault,) = faults()
    assert fault.startswith("entry -5 (")
    assert "added among entries that were sealed without it" in fault


def test_an_entry_with_an_id_that_was_left_out_shows(chain: list[AuditEntry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenancy_auditentry', 'id'))")
        (left_out,) = cursor.fetchone()
    for name in ("four", "five"):
        do(name)
        seal_entries()
    seal_entries()
    copy_of(chain[1], left_out)
    seal_entries()
    (fault,) = faults()
    assert fault.startswith(f"entry {left_out} (")


def test_faults_under_one_seal_are_told_in_order() -> None:
    first, second = do("one"), do("two")
    seal_entries()
    behind_our_back("DELETE FROM tenancy_auditentry WHERE id = %s", second.pk)
    behind_our_back("UPDATE tenancy_auditentry SET actor = 'nobody' WHERE id = %s", first.pk)
    told = faults()
    assert [told[0].split(" (")[0], told[1].split(":")[0]] == [
        f"entry {first.pk}",
        f"entry {second.pk}",
    ]


def test_two_entries_that_change_places_show(chain: list[AuditEntry]) -> None:
    first, second = chain[0].pk, chain[1].pk
    for was, becomes in ((first, -1), (second, first), (-1, second)):
        behind_our_back("UPDATE tenancy_auditentry SET id = %s WHERE id = %s", becomes, was)
    assert [fault.split(" (")[0] for fault in faults()] == [f"entry {first}", f"entry {second}"]


def test_a_seal_made_anew_without_the_key_shows(
    chain: list[AuditEntry], monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = AuditSeal.objects.latest("number").number
    behind_our_back("UPDATE tenancy_auditentry SET actor = 'nobody' WHERE id = %s", chain[2].pk)
    behind_our_back("DELETE FROM tenancy_auditseal WHERE number >= %s", newest - 1)
    with monkeypatch.context() as forger:
        forger.setattr(vault, "derive", lambda purpose: b"guessed".ljust(32))
        seal_entries()
    # Said of the seal, and of each entry under it.
    assert faults()[0].startswith(f"seal {newest - 1}: changed after it was made")


def test_a_seal_that_is_missing_in_between_shows(chain: list[AuditEntry]) -> None:
    behind_our_back("DELETE FROM tenancy_auditseal WHERE number = 2")
    told = faults()
    proof = "its entries and of those of seal 3"
    assert told[0] == f"seal 2: missing, and with it the proof of {proof}"
    assert told[1].startswith(f"entry {chain[0].pk} (")


@pytest.mark.parametrize(
    "change", ["settled = settled + 1", "total = total - 1", "entries = entries[2:]"]
)
def test_a_changed_seal_shows(chain: list[AuditEntry], change: str) -> None:
    behind_our_back(f"UPDATE tenancy_auditseal SET {change} WHERE number = 1")
    assert faults()[0].startswith("seal 1: it was not made with this installation's master key")


def test_a_tail_that_is_cut_off_shows_by_the_head_that_is_kept(chain: list[AuditEntry]) -> None:
    kept = heads.kept()
    assert kept
    assert kept.stands
    behind_our_back("DELETE FROM tenancy_auditseal WHERE number > 2")
    behind_our_back("DELETE FROM tenancy_auditentry WHERE id > %s", chain[0].pk)
    # The chain alone cannot tell.
    assert faults() == []
    (fault,) = faults(kept)
    assert fault.startswith(f"seal {kept.number}: it was there and is no longer (the chain ends")


def test_a_tail_that_has_grown_again_shows_too(
    chain: list[AuditEntry], caplog: pytest.LogCaptureFixture
) -> None:
    kept = heads.kept()
    assert kept
    behind_our_back("DELETE FROM tenancy_auditseal WHERE number > 2")
    behind_our_back("DELETE FROM tenancy_auditentry WHERE id > %s", chain[0].pk)
    with caplog.at_level(logging.WARNING):
        for name in ("a", "b", "c", "d"):
            do(name)
            seal_entries()
    # Another head never takes the place of one that was lost.
    assert heads.kept() == kept
    assert "no longer has seal" in caplog.text
    (fault,) = faults(kept)
    assert "another is there" in fault


def test_the_command_tells_what_it_checked(
    chain: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["check"]) == 0
    told = capsys.readouterr().out
    count = AuditEntry.objects.count()
    assert f"Checked {count:,} entries under" in told
    assert "all of them stand as they were written" in told
    head = told.split("Head: ")[1].split("\n")[0]
    do("four")
    assert command.main(["check", "--head", head]) == 0


def test_the_command_names_the_first_that_does_not_fit(
    chain: list[AuditEntry], capsys: pytest.CaptureFixture[str]
) -> None:
    behind_our_back("DELETE FROM tenancy_auditentry WHERE id = %s", chain[2].pk)
    behind_our_back("UPDATE tenancy_auditentry SET actor = 'nobody' WHERE id = %s", chain[1].pk)
    assert command.main(["check"]) == 1
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith(f"Does not fit: entry {chain[1].pk} (")
    assert second.startswith(f"Does not fit: entry {chain[2].pk}: missing")
    assert "not all stand as they were written" in last


def test_the_command_remembers_a_head_that_was_noted(
    chain: list[AuditEntry], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = str(heads.kept())
    (folder / "head").unlink()
    behind_our_back("DELETE FROM tenancy_auditseal WHERE number > 2")
    behind_our_back("DELETE FROM tenancy_auditentry WHERE id > %s", chain[0].pk)
    assert command.main(["check", "--head", noted]) == 1
    assert "it was there and is no longer" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", "7", "7:", "7:abc", "x:" + "0" * 64])
def test_what_is_no_head_is_said(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", "--head", text]) == 2
    assert "is no head" in capsys.readouterr().err


def test_a_head_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        seal_entries()
    assert f"head {heads.kept()}" in caplog.text


Deed = Callable[[], object]


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def apart(deed: Deed) -> None:
    """Do something on a connection of its own."""
    try:
        deed()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_deed_that_is_committed_late_is_sealed_late(cast: object) -> None:
    begun, sealed_without, written = threading.Event(), threading.Event(), []

    def slowly() -> None:
        with transaction.atomic():
            written.append(do("late").pk)
            begun.set()
            assert sealed_without.wait(20)

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(apart, slowly)
        assert begun.wait(20)
        for name in ("early", "later"):
            do(name)
            seal_entries()
            seal_entries()
        assert written[0] not in sealed()
        assert AuditSeal.objects.latest("number").settled < written[0]
        assert faults() == []
        sealed_without.set()
        late.result(timeout=20)
    seal_entries()
    seal_entries()
    assert written[0] in sealed()
    assert AuditSeal.objects.latest("number").settled > written[0]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_many_who_write_while_it_is_sealed_are_all_sealed_once(
    cast: object, threads: ThreadPoolExecutor
) -> None:
    over = threading.Event()

    def write(number: int) -> None:
        for turn in range(15):
            with transaction.atomic():
                do(f"{number}.{turn}")
                if turn % 5 == 4:
                    over.wait(0.02 * number)
                if turn % 7 == 6:
                    transaction.set_rollback(True)

    def seal() -> None:
        while not over.is_set():
            seal_entries()

    sealing = [threads.submit(apart, seal) for _sealer in range(2)]
    writing = [threads.submit(apart, lambda number=n: write(number)) for n in range(5)]
    for one in writing:
        one.result(timeout=60)
    over.set()
    for one in sealing:
        one.result(timeout=60)
    seal_entries()
    seal_entries()
    assert sorted(sealed()) == sorted(AuditEntry.objects.values_list("pk", flat=True))
    newest = AuditSeal.objects.latest("number")
    assert newest.settled >= newest.last
    assert faults() == []
