"""The first page counts what there is, and openings by the hour of the reader's clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from doorward.activity.actions.log import record
from doorward.activity.models import DoorEvent
from doorward.devices.models import Connector, ShelfEntry
from doorward.kit import clock
from doorward.portal.hours import day_of, lines_in_view
from doorward.portal.pages import dashboard
from doorward.sites.actions import SiteForm, create_site, delete_site
from tests.cast import BUILDER, Cast

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")


def events_at(cast: Cast, *moments: datetime) -> None:
    """Let the front door be opened at these moments, besides what the cast has done."""
    record(
        [
            DoorEvent(
                at=at,
                node_id=cast.maple.node_id,
                site_id=cast.maple.pk,
                device_id=cast.device("Lobby").pk,
                method="card",
                accepted=True,
                reason="ok",
                local_id=f"at-{number}",
            )
            for number, at in enumerate(moments)
        ]
    )


def values(at: datetime, zone: ZoneInfo) -> dict[str, int]:
    lines = DoorEvent.objects.filter(local_id__startswith="at-")
    day = day_of(lines, zone, at)
    return {str(row["label"]): int(str(row["value"])) for row in day.hours if row["value"]}


def test_sites_are_counted_by_kind_and_a_kind_without_one_has_no_tile(cast: Cast) -> None:
    create_site(BUILDER, cast.maple.installer, SiteForm(name="Elm", zone="Europe/Berlin"))
    kinds = cast.client("ivan").get(reverse("dashboard")).context["kinds"]
    assert [(kind.label, kind.total) for kind in kinds] == [("Offices", 2)]
    oscar = cast.client("oscar").get(reverse("dashboard")).context["kinds"]
    assert [(kind.label, kind.total) for kind in oscar] == [("Offices", 1)]


def test_failed_syncs_and_open_alarms_are_counted(cast: Cast) -> None:
    ivan = cast.client("ivan")
    before = ivan.get(reverse("dashboard")).context
    entry = ShelfEntry.objects.filter(device=cast.device("Garage")).first()
    assert entry is not None
    found = ShelfEntry.objects.filter(device=entry.device_id, kind=entry.kind, key=entry.key)
    found.update(failure="full")
    after = ivan.get(reverse("dashboard")).context
    assert after["devices"].failed == before["devices"].failed + 1
    assert after["alarms"] == before["alarms"] == 2


def test_of_very_many_sites_what_is_amiss_comes_by_itself(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The connectors are here, however long ago the cast was built.
    Connector.objects.update(online_since=clock.now(), last_seen_at=clock.now())
    ivan, part = cast.client("ivan"), reverse("dashboard-attention")
    text = ivan.get(reverse("dashboard")).content.decode()
    assert "Lobby has" in text
    assert part not in text
    monkeypatch.setattr(dashboard, "AT_ONCE", 0)
    text = ivan.get(reverse("dashboard")).content.decode()
    assert "Lobby has" not in text
    assert f'hx-get="{part}"' in text
    assert "Lobby has" in ivan.get(part).content.decode()


def test_whoever_sees_no_log_is_shown_no_chart(cast: Cast) -> None:
    chart = reverse("dashboard-hours")
    assert chart in cast.client("ivan").get(reverse("dashboard")).content.decode()
    assert chart not in cast.client("dora").get(reverse("dashboard")).content.decode()


def test_quick_links_lead_to_what_one_may_do(cast: Cast) -> None:
    def links(who: str) -> set[str]:
        return {url for _, url, _ in cast.client(who).get(reverse("dashboard")).context["links"]}

    manager = f"{reverse('user-new')}?role=property_manager"
    assert {manager, reverse("mac-new")} <= links("ivan")
    assert manager not in links("dora")
    assert reverse("mac-new") in links("dora")
    assert reverse("mac-new") not in links("sven")


def test_openings_stand_at_the_hour_of_the_zone(cast: Cast) -> None:
    now = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)
    events_at(cast, now - timedelta(hours=23), now - timedelta(hours=1), now)
    # In Berlin it is half past eleven at night, and the day began at eleven of the evening before.
    assert values(now, BERLIN) == {"00": 1, "22": 1, "23": 1}
    assert values(now, ZoneInfo("UTC")) == {"21": 1, "22": 1}


def test_an_hour_that_comes_twice_is_one_bar_and_a_skipped_one_is_empty(cast: Cast) -> None:
    # Clocks in Berlin went back at one o'clock of UTC: half past two came twice.
    autumn = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    events_at(cast, autumn, autumn + timedelta(hours=1), autumn + timedelta(hours=2))
    assert values(autumn + timedelta(hours=9), BERLIN) == {"02": 2, "03": 1}


@pytest.mark.parametrize("who", ["otto", "ivan", "iris", "mona", "ada", "oscar"])
def test_lines_are_those_that_the_log_shows(cast: Cast, who: str) -> None:
    actor = cast.actor(who)
    wanted = set(DoorEvent.objects.visible_to(actor).values_list("pk", flat=True))
    assert set(lines_in_view(actor).values_list("pk", flat=True)) == wanted != set()


@pytest.mark.parametrize("who", ["otto", "ivan", "iris", "mona", "ada"])
def test_lines_of_a_deleted_office_are_counted_no_more(cast: Cast, who: str) -> None:
    lines = DoorEvent.objects.filter(site=cast.maple.pk).values("pk")
    assert lines_in_view(cast.actor(who)).filter(pk__in=lines).exists()
    delete_site(BUILDER, cast.maple, unbind=True)
    assert not lines_in_view(cast.actor(who)).filter(pk__in=lines).exists()


def test_whoever_looks_after_nothing_counts_nothing(cast: Cast) -> None:
    for who in ("dora", "sven", "rita"):
        assert not lines_in_view(cast.actor(who)).exists()


def test_the_chart_has_its_table_and_names_its_zone(cast: Cast) -> None:
    text = cast.client("ivan").get(reverse("dashboard-hours")).content.decode()
    assert "<table" in text
    assert "Berlin" in text
    assert '<th scope="row">23</th>' in text


def test_more_sites_cost_no_more_questions(cast: Cast) -> None:
    def asked() -> int:
        actor = cast.actor("ivan")
        with CaptureQueriesContext(connection) as found:
            day_of(lines_in_view(actor), BERLIN, clock.now())
        return len(found)

    few = asked()
    for number in range(5):
        form = SiteForm(name=f"Site {number}", zone="Europe/Berlin")
        create_site(BUILDER, cast.maple.installer, form)
    assert asked() == few


def test_the_breadcrumb_begins_with_the_account(cast: Cast) -> None:
    ivan = cast.client("ivan")
    begun = '<li class="crumb-account"><a href="/">Ivan</a></li>'
    for page in ("dashboard", "macs", "mac-import"):
        assert begun in ivan.get(reverse(page)).content.decode()
    # Within a site the switcher beside it says whose, and the site comes first.
    inside = ivan.get(reverse("devices", args=[cast.maple.pk])).content.decode()
    assert "crumb-account" not in inside
