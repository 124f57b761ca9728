"""The cast as fixtures: by name, in houses that every test finds as they were built."""

from collections.abc import Callable
from math import inf

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from doorward.devices.models import Connector, Device, Door
from doorward.kit import brand
from doorward.people.models import Person
from doorward.sites.models import Company, Site
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node
from tests.cast import Cast, build

SignedIn = Callable[[str], Client]


class Houses:
    """Whether the cast is at home: a test with real transactions leaves an empty database."""

    blocker: DjangoDbBlocker | None = None
    left = False

    @classmethod
    def fill(cls) -> None:
        if cls.blocker is not None:
            with cls.blocker.unblock():
                build()
            cls.left = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let the cast move in before the first test; every test then finds them at home."""
    Houses.blocker = django_db_blocker
    Houses.fill()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the cast move in again: once, and not in every test that finds nobody."""
    if Houses.left and not _really_commits(item) and "db" in _fixtures(item):
        Houses.fill()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    Houses.left = Houses.left or _really_commits(item)


def _really_commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & _fixtures(item)
    return bool(commits) or bool(marker and marker.kwargs.get("transaction"))


def _fixtures(item: pytest.Item) -> set[str]:
    named = {*getattr(item, "fixturenames", ())}
    return named | {"db"} if item.get_closest_marker("django_db") else named


@pytest.fixture(autouse=True)
def own_look() -> None:
    """Let the product's own looks be at hand: no page then asks for them, whichever comes first."""
    brand.keep(brand.Look(), inf)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast; a test with real transactions finds them rebuilt."""
    if not Node.objects.exists():
        build()
    return Cast()


@pytest.fixture
def signed_in(cast: Cast) -> SignedIn:
    """Return a browser for a name of the cast: `signed_in("mona")`."""
    return cast.client


@pytest.fixture
def maple(cast: Cast) -> Site:
    return cast.maple


@pytest.fixture
def oak(cast: Cast) -> Site:
    return cast.oak


@pytest.fixture
def acme(cast: Cast) -> Company:
    return cast.acme


@pytest.fixture
def birch(cast: Cast) -> Company:
    return cast.birch


@pytest.fixture
def otto(cast: Cast) -> Actor:
    return cast.actor("otto")


@pytest.fixture
def dora(cast: Cast) -> Actor:
    return cast.actor("dora")


@pytest.fixture
def sven(cast: Cast) -> Actor:
    return cast.actor("sven")


@pytest.fixture
def ivan(cast: Cast) -> Actor:
    return cast.actor("ivan")


@pytest.fixture
def iris(cast: Cast) -> Actor:
    return cast.actor("iris")


@pytest.fixture
def mona(cast: Cast) -> Actor:
    return cast.actor("mona")


@pytest.fixture
def ada(cast: Cast) -> Actor:
    return cast.actor("ada")


@pytest.fixture
def rita(cast: Cast) -> Person:
    """Rita as a person who opens doors; her account's actor is `cast.actor("rita")`."""
    return cast.person("Rita")


@pytest.fixture
def bob(cast: Cast) -> Person:
    return cast.person("Bob")


@pytest.fixture
def oscar(cast: Cast) -> Actor:
    return cast.actor("oscar")


@pytest.fixture
def lobby(cast: Cast) -> Device:
    return cast.device("Lobby")


@pytest.fixture
def garage(cast: Cast) -> Device:
    return cast.device("Garage")


@pytest.fixture
def front_door(cast: Cast) -> Door:
    return cast.door("Front door")


@pytest.fixture
def basement(cast: Cast) -> Connector:
    return cast.connector("Basement")
