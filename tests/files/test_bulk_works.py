"""A deed on very many rows is done in the background: to those that were confirmed, or to none."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from doorward.devices.actions import macs
from doorward.devices.models import MacEntry
from doorward.files import lists
from doorward.files.models import Work
from doorward.kit.pages import bulk
from doorward.tenancy.models import Standing
from doorward.tenancy.permissions import Role
from tests.cast import BUILDER, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db

FREE = [f"0C1105AD{number:04X}" for number in range(4)]


@pytest.fixture(autouse=True)
def _works(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Any: what pytest-django gives has no public name.
    settings.WORKS = "doorward.works.WORKS"
    monkeypatch.setattr(bulk, "AT_ONCE", 2)


@pytest.fixture
def library(cast: Cast) -> str:
    for mac in FREE:
        macs.register_mac(BUILDER, cast.maple.installer, mac=mac)
    return reverse("macs")


def remove(browser: Client, where: str, **fields: object) -> Any:
    return browser.post(where, {"deed": "remove", **fields})


def left() -> set[str]:
    return set(MacEntry.objects.filter(mac__in=FREE).values_list("mac", flat=True))


def begun(browser: Client, library: str) -> Work:
    """Remove all free MACs that match, and return the work it is."""
    answer = remove(browser, f"{library}?q=0C1105AD&state=free", all="yes", confirmed="4")
    work = Work.objects.latest("pk")
    assert answer.url == reverse("work", args=[work.pk])
    return work


def test_many_rows_are_done_in_the_background(cast: Cast, library: str, run_jobs: RunJobs) -> None:
    work = begun(cast.client("ivan"), library)
    assert (work.title, left()) == ("Remove 4 MACs", set(FREE))
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.counts, left()) == ("done", {"deleted": 4}, set())


def test_few_rows_are_done_at_once(cast: Cast, library: str) -> None:
    keys = MacEntry.objects.filter(mac__in=FREE[:2]).values_list("pk", flat=True)
    remove(cast.client("ivan"), library, ids=list(keys), confirmed="2")
    assert left() == set(FREE[2:])


def test_what_came_since_is_left_alone_and_what_went_is_told(
    cast: Cast, library: str, run_jobs: RunJobs
) -> None:
    work = begun(cast.client("ivan"), library)
    macs.register_mac(BUILDER, cast.maple.installer, mac="0C1105AD00FF")
    macs.remove_mac(BUILDER, MacEntry.objects.get(mac=FREE[0]))
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.counts) == ("done", {"deleted": 3, "skipped": 1})
    assert MacEntry.objects.filter(mac="0C1105AD00FF").exists()


def test_whoever_may_it_no_longer_does_it_no_more(
    cast: Cast, library: str, run_jobs: RunJobs
) -> None:
    work = begun(cast.client("ivan"), library)
    Standing.objects.filter(account__username="ivan").update(role=Role.SUB_DISTRIBUTOR)
    run_jobs()
    work.refresh_from_db()
    assert (work.state, left()) == ("failed", set(FREE))
    assert "Your role does not allow this" in work.error


def test_more_than_anybody_means_is_refused(
    cast: Cast, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 3)
    before = Work.objects.count()
    remove(cast.client("ivan"), f"{library}?q=0C1105AD", all="yes", confirmed="4")
    assert (Work.objects.count(), left()) == (before, set(FREE))


def test_which_rows_is_told_to_nobody(cast: Cast, library: str) -> None:
    assert begun(cast.client("ivan"), library).parameters == {}
