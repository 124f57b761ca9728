"""Open pages are woken by what their reader sees in the log, and by nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from doorward.access.actions import badges
from doorward.devices.models import Device
from doorward.kit import live
from doorward.sites.models import Site
from tests.cast import BOBS_CARD, RITAS_CARD, Cast, badge

pytestmark = pytest.mark.django_db

Woken = set[str]


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> Woken:
    """What was published so far."""
    told: Woken = set()
    monkeypatch.setattr(live, "publish", lambda topics, on=None: told.update(topics))
    return told


def heard_by(browser: Client, site: Site) -> Woken:
    """Return what the log, the overview and the list of doors listen to, if they are in view."""
    found: Woken = set()
    for name in ("door-log", "site", "doors"):
        answer = browser.get(reverse(name, args=[site.pk]))
        if answer.status_code == 200:
            found |= set((answer.context["live_topics"] or "").split())
    return {topic for topic in found if topic.endswith(":events")}


@pytest.mark.parametrize(
    ("name", "card", "wakes"),
    [
        ("mona", BOBS_CARD, True),
        ("mona", "0BADBAD0", True),
        ("ada", RITAS_CARD, True),
        ("ada", BOBS_CARD, False),
        ("ada", "0BADBAD0", False),
        ("oscar", BOBS_CARD, False),
    ],
)
def test_who_is_woken_by_a_card(
    name: str, card: str, wakes: bool, cast: Cast, maple: Site, lobby: Device, woken: Woken
) -> None:
    heard = heard_by(cast.client(name), maple)
    badges.record_badges(lobby, [badge(lobby, 4711, card)])
    assert bool(woken & heard) is wakes


def test_who_sees_their_own_lines_alone_listens_to_nothing_of_others(
    cast: Cast, maple: Site
) -> None:
    assert heard_by(cast.client("rita"), maple) == set()
