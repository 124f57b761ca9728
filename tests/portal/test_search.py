"""Searching everything: what is found, by whom, and what never stands in an address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.devices.models import MacEntry
from doorward.kit import clock
from doorward.people.actions import PersonForm, create_people, create_person
from doorward.people.models import Person
from doorward.portal.search import found, kinds
from doorward.portal.search.commands import commands
from doorward.portal.search.kinds import KINDS, KindName
from doorward.portal.search.typed import Typed
from doorward.sites.models import Site
from doorward.tenancy.audit import AuditEntry
from doorward.tenancy.guessing import PATIENCE, Circle, Purpose
from doorward.tenancy.models import Guesses
from tests.at_home import SignedIn
from tests.cast import BUILDER, LOBBY_MAC, NAMES, OAKS_CARD, RITAS_CARD, Cast
from tests.house.test_queries import crowd
from tests.jobs import run_all

pytestmark = pytest.mark.django_db

MANY = 50


def names(cast: Cast, who: str, words: str) -> set[str]:
    """Return what somebody finds, as "kind title"."""
    findings = found.search(cast.actor(who), Typed.of(words), most=MANY)
    return {f"{one.kind.name} {one.title}" for part in findings.parts for one in part.found}


def why(cast: Cast, who: str, words: str) -> list[str]:
    findings = found.search(cast.actor(who), Typed.of(words), most=MANY)
    told = (fact for part in findings.parts for one in part.found for fact in one.why)
    return [f"{fact.name} {fact.text}" for fact in told]


# --- What is found ----------------------------------------------------------------------------


@pytest.fixture
def nils(cast: Cast) -> Person:
    told = PersonForm(
        first_name="Nils",
        last_name="Söder%Ström_O'Neil",
        personnel_id="EMP-77",
        email="nils@work.example",
        mobile="+4915123456789",
        landline="+4930901820",
    )
    return create_person(BUILDER, cast.acme, told)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("rita", "person Rita Rowe"),
        ("rowe rit", "person Rita Rowe"),
        ("front", "door Front door"),
        ("lob", "device Lobby"),
        ("0C:11:05:AA:BB:01", "device Lobby"),
        ("0c1105aabb01", "device Lobby"),
        ("aabb01", "device Lobby"),
        ("10.0.0.7", "device Lobby"),
        ("acme", "company Acme"),
        ("maple", "site Maple Court"),
        ("berlin", "site Maple Court"),
        ("office hours", "access_group Office hours"),
        ("2C3D", "card Rita Rowe"),
        (RITAS_CARD, "card Rita Rowe"),
    ],
)
def test_everything_is_found_by_what_people_call_it(cast: Cast, words: str, expected: str) -> None:
    assert expected in names(cast, "mona", words)


def test_a_site_is_found_by_its_street(cast: Cast) -> None:
    Site.objects.filter(pk=cast.maple.pk).update(street="Acorn Lane 3")
    assert "site Maple Court" in names(cast, "mona", "acorn lane")


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ("emp-77", "personnel_id EMP-77"),
        ("nils@work", "email nils@work.example"),
        ("01512 3456789", "mobile +49 1512 3456789"),
        ("+4915123456789", "mobile +49 1512 3456789"),
        ("030 901820", "landline +49 30 901820"),
    ],
)
def test_a_person_is_found_by_what_is_known_and_it_says_so(
    cast: Cast, nils: Person, words: str, fact: str
) -> None:
    assert f"person {nils}" in names(cast, "mona", words)
    assert fact in why(cast, "mona", words)


@pytest.mark.parametrize(
    "typed",
    [
        *("0A1B2C3D", "0a:1b:2c:3d", "3D2C1B0A", "0169552957", "1026300682"),
        " 0A 1B 2C 3D ",
    ],
)
def test_a_whole_card_number_finds_its_holder_in_every_format(cast: Cast, typed: str) -> None:
    assert "card Rita Rowe" in names(cast, "mona", typed)
    assert "tail ••••2C3D" in why(cast, "mona", typed)


def test_what_is_named_so_comes_first_and_what_is_near_before_what_is_far(cast: Cast) -> None:
    for name in ("Anna Maria", "Mari", "Marianne"):
        create_person(BUILDER, cast.acme, PersonForm(first_name=name, last_name="Zorn"))
    (part,) = found.search(cast.actor("mona"), Typed.of("mari zorn"), most=2).parts
    assert [one.title for one in part.found] == ["Mari Zorn", "Marianne Zorn"]
    assert part.has_more
    assert [url for _name, url in part.lists] == [
        f"{reverse('people', args=[cast.maple.pk])}?q=mari+zorn"
    ]


def test_a_short_name_is_not_lost_among_those_that_begin_so(cast: Cast) -> None:
    crowded = [PersonForm(first_name=f"Lina{n}", last_name="Lind") for n in range(3)]
    for told in (*crowded, PersonForm(first_name="Wei", last_name="Li")):
        create_person(BUILDER, cast.acme, told)
    (part,) = found.search(cast.actor("mona"), Typed.of("li"), most=1).parts[:1]
    assert len(part.found) == 1
    assert "person Wei Li" in names(cast, "mona", "li")


def test_of_too_many_the_same_are_found_wherever_their_rows_lie(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [(cast.acme, PersonForm(first_name=f"Lina{n}", last_name="Zorn")) for n in range(4)]
    first, *_others = create_people(BUILDER, told)
    monkeypatch.setattr(kinds, "POOL", 2)
    before = names(cast, "mona", "zorn")
    Person.objects.filter(pk=first.pk).update(remark="Written anew, behind the others.")
    assert names(cast, "mona", "zorn") == before == {"person Lina0 Zorn", "person Lina1 Zorn"}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("ivan", "device Lobby"),
        ("dora", "device Lobby"),
        ("mona", "device Lobby"),
        ("oscar", "device Oak"),
        ("otto", "device Lobby"),
    ],
)
def test_one_s_own_are_found_by_how_the_macs_of_many_begin(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, who: str, expected: str
) -> None:
    """Of all MACs the oldest are free, and of those in use Lobby's is the oldest."""
    old = {"node": cast.maple.installer, "registered_at": clock.now() - timedelta(days=9_000)}
    free = [MacEntry(mac=f"0C1105A0000{number}", **old) for number in range(3)]
    MacEntry.objects.bulk_create(free)
    used = MacEntry.objects.filter(mac=LOBBY_MAC)
    used.update(registered_at=clock.now() - timedelta(days=1_000))
    monkeypatch.setattr(kinds, "POOL", 1)
    assert names(cast, who, "0C1105") == {expected}


# --- By whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["rita", "front", "lobby", "acme", "maple", "office", "2C3D"])
def test_a_stranger_finds_nothing(cast: Cast, words: str) -> None:
    assert names(cast, "oscar", words) == set()


@pytest.mark.parametrize("number", [RITAS_CARD, LOBBY_MAC])
def test_a_stranger_learns_of_no_number(cast: Cast, number: str) -> None:
    assert names(cast, "oscar", number) == names(cast, "oscar", "0A1B2C3E") == set()


def test_a_company_administrator_finds_the_own_and_no_neighbours(cast: Cast) -> None:
    seen = {words: names(cast, "ada", words) for words in ("rita", "bob", "acme", "birch", "o")}
    assert seen == {
        "rita": {"person Rita Rowe"},
        "bob": set(),
        "acme": {"company Acme", "access_group Acme nights"},
        "birch": set(),
        "o": set(),
    }
    assert names(cast, "ada", "door") == {"door Front door"}
    assert names(cast, "ada", "ramp") == set()
    assert names(cast, "ada", "lobby") == set()


def test_a_reseller_finds_sites_and_devices_only(cast: Cast) -> None:
    assert names(cast, "dora", "maple") == {"site Maple Court"}
    assert names(cast, "dora", "lobby") == {"device Lobby"}
    assert names(cast, "dora", "rita") == names(cast, "dora", RITAS_CARD) == set()


def test_personnel_find_nothing_that_they_have_no_page_of(cast: Cast) -> None:
    assert names(cast, "rita", "rita") == names(cast, "rita", "2C3D") == set()


@pytest.mark.parametrize("who", NAMES)
def test_whatever_is_found_has_a_page_for_its_finder(who: str, cast: Cast) -> None:
    browser = cast.client(who)
    for words in ("ri", "do", "lo", "ac", "ma", "of", "oa", "2C3D", OAKS_CARD):
        findings = found.search(cast.actor(who), Typed.of(words), most=MANY)
        for one in (one for part in findings.parts for one in part.found):
            assert browser.get(one.url).status_code == 200, one.url


@pytest.mark.parametrize("who", NAMES)
def test_every_page_that_is_offered_is_there(who: str, cast: Cast) -> None:
    browser, actor = cast.client(who), cast.actor(who)
    for one in commands(actor, Typed.of(""), None):
        assert browser.get(one.url).status_code in {200, 302}, one.url


@pytest.mark.parametrize(
    ("who", "words", "page"),
    [
        ("mona", "add person", "person-new"),
        ("ada", "add pers", "person-new"),
        ("mona", "door log", "door-log"),
        ("mona", "log maple", "door-log"),
        ("ivan", "new office", "site-new"),
        ("rita", "password", "account-password"),
    ],
)
def test_pages_are_found_by_name(cast: Cast, who: str, words: str, page: str) -> None:
    args = [] if page in {"site-new", "account-password"} else [cast.maple.pk]
    offered = commands(cast.actor(who), Typed.of(words), None)
    assert reverse(page, args=args) in {one.url for one in offered}


def test_nobody_is_offered_what_the_role_may_not(cast: Cast) -> None:
    offered = {one.url for one in commands(cast.actor("ada"), Typed.of("add"), None)}
    assert offered == {reverse(page, args=[cast.maple.pk]) for page in ("person-new", "group-new")}


# --- Numbers are not guessed, and stand nowhere -------------------------------------------------


def test_numbers_that_nobody_holds_rest_after_many_and_all_else_goes_on(cast: Cast) -> None:
    mona, free = cast.actor("mona"), PATIENCE[Purpose.CARD, Circle.ACCOUNT].free
    for number in range(free):
        assert found.search(mona, Typed.of(f"{0xE000_0000 + number:08X}"), most=5).note == ""
    # Right or wrong, the next one is not looked up, so that the answer tells nothing.
    assert found.search(mona, Typed.of(RITAS_CARD), most=5).note
    assert "card Rita Rowe" not in names(cast, "mona", RITAS_CARD)
    assert "person Rita Rowe" in names(cast, "mona", "rita")
    # Nobody else waits for it.
    assert "card Rita Rowe" in names(cast, "ada", RITAS_CARD)
    Guesses.objects.update(blocked_until="2020-01-01T00:00Z")
    assert "card Rita Rowe" in names(cast, "mona", RITAS_CARD)


def test_a_right_number_is_no_guess(cast: Cast) -> None:
    for _time in range(PATIENCE[Purpose.CARD, Circle.ACCOUNT].free + 5):
        assert "card Rita Rowe" in names(cast, "mona", RITAS_CARD)
        assert "device Lobby" in names(cast, "mona", LOBBY_MAC)


def test_a_word_stands_in_the_address_and_a_number_does_not(signed_in: SignedIn) -> None:
    mona = signed_in("mona")
    words = mona.post(reverse("search"), {"q": "rita"})
    assert (words.status_code, words["Location"]) == (302, "/search/?q=rita")
    number = mona.post(reverse("search"), {"q": RITAS_CARD})
    assert number.status_code == 200
    assert "Rita Rowe" in number.content.decode()


@pytest.mark.parametrize("number", [RITAS_CARD, "0a:1b:2c:3d", "0169552957", "2C3D"])
def test_a_number_in_an_address_is_taken_out_and_not_looked_up(
    signed_in: SignedIn, number: str
) -> None:
    answer = signed_in("mona").get(reverse("search"), {"q": number})
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    assert not Guesses.objects.exists()


def test_a_number_leads_to_no_list_with_it_in_the_address(cast: Cast) -> None:
    for n in range(4):
        told = PersonForm(first_name="A", last_name="B", personnel_id=f"112233{n}")
        create_person(BUILDER, cast.acme, told)
    (part,) = found.search(cast.actor("mona"), Typed.of("112233"), most=2).parts
    assert part.has_more
    assert part.lists == []


def test_searching_leaves_no_trace(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    before = AuditEntry.objects.count()
    cast.client("mona").post(reverse("search-typing"), {"q": RITAS_CARD})
    assert AuditEntry.objects.count() == before
    assert RITAS_CARD not in caplog.text


# --- Whatever is typed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        *("%", "_", "%%%", "'", '"', "\\", "';--", "\x00", "\x00rita", "a\x00b", "\u202e"),
        *("x" * 10_000, "é" * 99, "0" * 10_000, "1" * 99, "<script>alert(1)</script>", "İ", "ß"),
        *("(((", "[a-z", "*", "a b c d e f g h i j k l", "\n\t", "\uff03", "\U0001f600"),
    ],
)
def test_hostile_words_find_nothing_and_break_nothing(signed_in: SignedIn, words: str) -> None:
    mona = signed_in("mona")
    typing = mona.post(reverse("search-typing"), {"q": words})
    page = mona.post(reverse("search"), {"q": words}, follow=True)
    assert (typing.status_code, page.status_code) == (200, 200)
    assert b"<script>alert" not in typing.content + page.content


def test_too_much_is_said_and_not_searched(signed_in: SignedIn) -> None:
    answer = signed_in("mona").post(reverse("search-typing"), {"q": "rita " * 100})
    assert "Type at most 100 characters." in answer.content.decode()
    assert "Rita" not in answer.content.decode()


def test_signs_that_sql_knows_are_letters_like_others(cast: Cast, nils: Person) -> None:
    assert f"person {nils}" in names(cast, "mona", "der%str")
    assert f"person {nils}" in names(cast, "mona", "ström_o'n")
    assert names(cast, "mona", "Söder_ström") == set()


def test_a_strange_site_is_no_place_to_be_near(signed_in: SignedIn, cast: Cast) -> None:
    for site in ("x", "9" * 40, "-1", str(cast.oak.pk)):
        answer = signed_in("mona").post(reverse("search-typing"), {"q": "door log", "site": site})
        assert f"/sites/{cast.oak.pk}/" not in answer.content.decode()


def test_a_page_elsewhere_cannot_search_for_one(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = cast.client("mona").cookies
    assert browser.post(reverse("search-typing"), {"q": RITAS_CARD}).status_code == 403


# --- What it costs ------------------------------------------------------------------------------


def questions(cast: Cast, words: str) -> int:
    browser = cast.client("ivan")
    browser.post(reverse("search-typing"), {"q": "rita"})
    with CaptureQueriesContext(connection) as asked:
        assert browser.post(reverse("search-typing"), {"q": words}).status_code == 200
    return len(asked)


@pytest.mark.parametrize(("words", "budget"), [("extra", 12), ("0000D001", 22), ("", 5)])
def test_a_search_asks_as_much_for_many_rows_as_for_few(
    cast: Cast, words: str, budget: int
) -> None:
    for number in range(2):
        crowd(cast, number)
    few = questions(cast, words)
    for number in range(2, 9):
        crowd(cast, number)
    run_all()
    assert (few, questions(cast, words)) == (budget, budget)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_found_is_read_by_its_keys_in_one_question(kind: found.Kind, cast: Cast) -> None:
    otto, typed = cast.actor("otto"), Typed.of("2C3D" if kind.name is KindName.CARD else "o")
    with CaptureQueriesContext(connection) as asked:
        rows = kind.find(otto, typed)
    keys = {key for way in kind.ways(otto, typed) for key in way.values_list("pk", flat=True)}
    assert {row.pk for row in rows} == keys
    assert keys
    (statement,) = [one["sql"] for one in asked]
    assert '"id" = ANY(ARRAY(' in statement


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_way_of_finding_has_its_index(kind: found.Kind, cast: Cast) -> None:
    typed = Typed.of("2C3D" if kind.name is KindName.CARD else "aabb01")
    ways = list(kind.ways(cast.actor("otto"), typed))
    if kind.name is KindName.PERSON:
        ways += list(kind.ways(cast.actor("otto"), Typed.of("030 901820")))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plans = [way.order_by().values("pk")[:200].explain() for way in ways]
    assert [plan for plan in plans if "Seq Scan" in plan or "_pkey" in plan] == []
