"""Devices of all sites: sorted by their sites, and found by words of several tables."""

import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.devices import macs
from doorward.devices.models import Device, MacEntry
from doorward.kit import rows
from doorward.tenancy import sight
from doorward.tenancy.models import Account, Standing
from doorward.tenancy.permissions import ROLES, Can
from tests.api.conftest import Caller
from tests.cast import GARAGE_MAC, LOBBY_MAC, OAK_MAC, Cast

pytestmark = pytest.mark.django_db

# Of Maple Court, and of Oak Lane.
MAPLES, OAKS = ["Garage", "Lobby"], ["Oak"]
MAPLES_MACS = {GARAGE_MAC, LOBBY_MAC}


@pytest.fixture
def both(cast: Cast) -> Cast:
    """Mona manages Oak Lane as well."""
    mona = Account.objects.get(username="mona")
    role = Standing.objects.filter(account=mona)[0].role
    Standing.objects.create(account=mona, node=cast.oak.node, role=role)
    return cast


def shown(cast: Cast, login: str, page: str = "all-devices", **asked: str) -> list[int]:
    answer = cast.client(login).get(reverse(page), asked)
    return [row.record.pk for row in answer.context["table"].paginated_rows]


def named(keys: list[int]) -> list[str]:
    names = dict(Device.objects.values_list("pk", "name"))
    return [names[key] for key in keys]


@pytest.mark.parametrize("most", [100, 0])
def test_whoever_has_few_sites_sees_theirs_by_site_as_whoever_has_many(
    both: Cast, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(sight, "MOST_APART", most)
    up = named(shown(both, "mona", sort="site"))
    assert (sorted(up[:2]), up[2:]) == (MAPLES, OAKS)
    assert named(shown(both, "mona", sort="-site")) == up[::-1]
    told = Caller(both.token("mona")).get("/devices", sort="site").json()["items"]
    assert [one["name"] for one in told] == up


def test_of_few_sites_the_database_is_told_which(cast: Cast) -> None:
    def conditions(login: str) -> str:
        actor = cast.actor(login)
        question = str(Device.objects.visible_to(actor).at_sites_of(actor).query)
        return question.partition(" WHERE ")[2]

    assert "sites_site" in conditions("mona")
    assert "sites_site" not in conditions("otto")


def test_nobody_sees_devices_of_others_in_any_order(cast: Cast) -> None:
    assert sorted(named(shown(cast, "mona", sort="site"))) == MAPLES
    assert named(shown(cast, "oscar", sort="-site")) == OAKS
    assert shown(cast, "ada", sort="site") == []


@pytest.mark.parametrize("known", [10_000, 0])
@pytest.mark.parametrize(
    ("words", "names"),
    [("oak", []), ("maple", MAPLES), ("aabb02", ["Garage"]), ("lob", ["Lobby"]), ("zzz", [])],
)
def test_words_find_nothing_of_others(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, words: str, names: list[str], known: int
) -> None:
    monkeypatch.setattr(rows, "_KNOWN", known)
    assert sorted(named(shown(cast, "ivan", q=words))) == names
    used = Device.objects.filter(mac_entry__in=shown(cast, "ivan", "macs", q=words))
    assert sorted(used.values_list("name", flat=True)) == names


@pytest.mark.parametrize(("login", "used"), [("oscar", {OAK_MAC}), ("ivan", MAPLES_MACS)])
def test_a_search_of_macs_looks_at_no_device_of_others(
    cast: Cast, login: str, used: set[str]
) -> None:
    Device.objects.update(name=Concat(Value("Terminal "), "name"))
    actor = cast.actor(login)
    seen = MacEntry.objects.visible_to(actor)
    with CaptureQueriesContext(connection) as asked:
        found = seen.about("terminal", actor)
    (statement,) = (one["sql"] for one in asked)
    with connection.cursor() as cursor:
        cursor.execute(statement)
        keys = {key for (key,) in cursor.fetchall()}
    assert set(MacEntry.objects.filter(pk__in=keys).values_list("mac", flat=True)) == used
    assert set(found.values_list("mac", flat=True)) == used


def test_whoever_sees_macs_sees_devices() -> None:
    assert all(Can.VIEW_DEVICE in cans for cans in ROLES.values() if Can.VIEW_MAC in cans)


def test_what_belongs_to_devices_is_asked_once_for_all_of_a_page(cast: Cast) -> None:
    caller = Caller(cast.token("otto"))

    def questions(**asked: object) -> int:
        with CaptureQueriesContext(connection) as made:
            assert caller.get("/devices", **asked).json()["items"]
        return len(made)

    questions()
    assert questions(limit=1) == questions(limit=3)


@pytest.mark.parametrize(
    ("typed", "part"),
    [("aa:bb", "AABB"), ("0c-11", "0C11"), (GARAGE_MAC, GARAGE_MAC), ("Terminal 7", ""), ("", "")],
)
def test_only_hex_digits_can_be_a_part_of_a_mac(typed: str, part: str) -> None:
    assert macs.part(typed) == part
