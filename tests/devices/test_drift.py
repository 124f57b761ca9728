"""What others did to a device is kept, told without a secret, and put right by a new epoch."""

import pytest
from django.utils import timezone

from doorward.devices import differences
from doorward.devices.actions import devices, drift, shelf
from doorward.devices.models import (
    Connector,
    Device,
    Drift,
    Moment,
    ShelfEntry,
    ShelfHead,
    Stranger,
)
from doorward.devices.moments import sentence
from doorward.gateway import intake, rosters
from doorward.kit import clock
from doorward.kit.errors import Forbidden
from doorward.people.models import Person
from doorward.portal import drifting, troubles
from doorward.portal.amiss import Look
from doorward.protocols import neutral
from doorward.protocols.link.frames import report
from doorward.protocols.neutral import Difference, Kind, Oddity
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry
from tests.at_home import SignedIn
from tests.cast import BUILDER, DEVICE_PASSWORD, FREE_MAC, Cast, found_changed, stranger
from tests.devices.test_devices import form

pytestmark = pytest.mark.django_db


def head(device: Device) -> ShelfHead:
    return ShelfHead.objects.get(device=device)


def confirmed(device: Device, *failures: neutral.EntryFailure) -> ShelfHead:
    """Let the device be read back as it should be, but for some entries."""
    now = head(device)
    shelf.confirm(device.pk, epoch=now.epoch, revision=now.revision, failures=failures)
    drift.note_mended(device.pk)
    return now


def missing(key: object, kind: Kind = Kind.PERSON) -> Difference:
    return Difference(kind, str(key), Oddity.MISSING)


def found(device: Device, *told: Difference) -> Drift:
    return drift.take_drift(BUILDER, device, found_changed(device, *told, epoch=head(device).epoch))


def seen(device: Device, *strangers: neutral.Stranger) -> list[Stranger]:
    told = neutral.StrangersSeen(str(device.pk), clock.now(), strangers, len(strangers))
    drift.take_strangers(device, told)
    return list(Stranger.objects.filter(device=device).order_by("name"))


def attention(actor: Actor) -> list[str]:
    found = troubles.worst_of(troubles.sources(Look(actor, clock.now())))
    return [one.title for one in found.shown]


# --- drift ------------------------------------------------------------------------------------


def test_what_was_found_begins_an_epoch_and_is_over_once_read_back(
    lobby: Device, rita: Person
) -> None:
    before = confirmed(lobby)
    one = found(lobby, missing(rita.pk))
    assert head(lobby).epoch == before.epoch + 1
    assert not head(lobby).in_sync
    assert not ShelfEntry.objects.filter(device=lobby, synced_at__isnull=False).exists()
    one.refresh_from_db()
    assert one.mended_at is None
    confirmed(lobby)
    one.refresh_from_db()
    assert one.mended_at is not None


def test_what_is_told_twice_or_late_begins_no_further_epoch(lobby: Device, rita: Person) -> None:
    confirmed(lobby)
    told = found_changed(lobby, missing(rita.pk), epoch=head(lobby).epoch)
    drift.take_drift(BUILDER, lobby, told)
    epoch = head(lobby).epoch
    late = drift.take_drift(BUILDER, lobby, told)
    assert head(lobby).epoch == epoch
    confirmed(lobby)
    late.refresh_from_db()
    assert late.mended_at is not None


def test_what_could_not_be_put_right_stays_open(lobby: Device, rita: Person) -> None:
    confirmed(lobby)
    one = found(lobby, missing(rita.pk))
    confirmed(lobby, neutral.EntryFailure(Kind.PERSON, str(rita.pk), "full"))
    one.refresh_from_db()
    assert one.mended_at is None
    confirmed(lobby, neutral.EntryFailure(Kind.RELAY, "1", "no such relay"))
    one.refresh_from_db()
    assert one.mended_at is not None


@pytest.mark.parametrize(
    ("told", "nature"),
    [
        ([missing(1), missing(2), missing(1, Kind.SCHEDULE)], Drift.Nature.RESET),
        ([missing(1), Difference(Kind.PERSON, "9", Oddity.ADDED)], Drift.Nature.RESTORED),
        ([Difference(Kind.RELAY, "1", Oddity.CHANGED, ("name",))], Drift.Nature.SETTINGS),
        ([missing(1)], Drift.Nature.EDITED),
        ([Difference(Kind.PERSON, "1", Oddity.CHANGED, ("pin",))], Drift.Nature.EDITED),
    ],
)
def test_what_differences_look_like(told: list[Difference], nature: Drift.Nature) -> None:
    assert differences.nature(told, people=2) == nature


def test_a_mad_connector_says_no_more_than_there_is_room_for(lobby: Device) -> None:
    mad = Difference(Kind.PERSON, "x" * 50, Oddity.CHANGED, ("y" * 5000,) * 500, "z" * 5000)
    many = [Difference(Kind.PERSON, str(n), *mad_facts(mad)) for n in range(900)]
    one = found(lobby, mad, *many)
    assert len(str(one.lines)) < 300_000
    assert len(one.lines) < differences.MOST + 1


def mad_facts(mad: Difference) -> tuple[Oddity, tuple[str, ...], str]:
    return mad.oddity, mad.fields, mad.shown


def test_reports_come_in_through_the_gateway(
    basement: Connector, lobby: Device, rita: Person
) -> None:
    confirmed(lobby)
    epoch = head(lobby).epoch
    told = found_changed(lobby, missing(rita.pk), epoch=epoch)
    who = neutral.StrangersSeen(str(lobby.pk), clock.now(), (stranger(),), 1)
    assert intake.store(basement.pk, "s1", [report(1, told), report(2, who)]) == 2
    assert head(lobby).epoch == epoch + 1
    now = head(lobby)
    applied = neutral.ChangesApplied(str(lobby.pk), clock.now(), now.epoch, now.revision, ())
    intake.store(basement.pk, "s1", [report(3, applied)])
    assert not Drift.objects.filter(device=lobby).open().exists()
    assert Stranger.objects.filter(device=lobby, name="Janitor").exists()


def test_the_timeline_tells_of_it_and_no_more_is_kept_than_is_worth_it(
    lobby: Device, rita: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "KEPT_OF_EACH", 3)
    confirmed(lobby)
    for _ in range(5):
        found(lobby, missing(rita.pk))
    confirmed(lobby)
    assert Drift.objects.filter(device=lobby).count() == 3
    told = [sentence(one) for one in Moment.objects.filter(device=lobby).order_by("-pk")[:2]]
    assert told == [
        "What was changed on site is put right",
        "Changed at the device itself: 1 difference",
    ]


def test_a_change_on_site_needs_attention_until_somebody_has_seen_it(
    cast: Cast, mona: Actor, lobby: Device, rita: Person
) -> None:
    cast.power_on()
    confirmed(lobby)
    assert "Lobby was changed on site" not in attention(mona)
    found(lobby, missing(rita.pk))
    assert "Lobby was changed on site" in attention(mona)
    assert drift.see_drifts(mona, lobby) == 1
    assert "Lobby was changed on site" not in attention(mona)
    assert drift.see_drifts(mona, lobby) == 0
    assert AuditEntry.objects.filter(verb="see drift", actor="mona").count() == 1


def test_names_are_shown_as_far_as_one_may_see_them(
    cast: Cast, dora: Actor, mona: Actor, lobby: Device, rita: Person
) -> None:
    changed = Difference(Kind.PERSON, str(rita.pk), Oddity.CHANGED, ("pin", "cards"), "Rita Rich")
    gone = Difference(Kind.PERSON, "4711", Oddity.ADDED, (), "Gone Long Ago")
    found(lobby, changed, gone)
    told = drifting.found(mona, lobby)[0]
    assert [one.name for one in told.lines] == ["Rita Rowe", "Gone Long Ago"]
    assert told.lines[0].what == "other PIN, other cards"
    hidden = drifting.found(dora, lobby)[0]
    assert [one.name for one in hidden.lines] == ["Somebody", "Somebody"]
    page = cast.client("dora").get(f"/sites/{lobby.site_id}/devices/{lobby.pk}/").content.decode()
    assert "Changed on site" in page
    assert "Rita" not in page
    assert "Gone" not in page


def test_the_api_tells_names_to_those_who_see_people(
    signed_in: SignedIn, lobby: Device, rita: Person
) -> None:
    found(lobby, Difference(Kind.PERSON, str(rita.pk), Oddity.CHANGED, ("name",), "Rita Rich"))
    seen(lobby, stranger())
    path = f"/api/v1/devices/{lobby.pk}"
    for name, shown, who in (("mona", "Rita Rich", "Janitor"), ("dora", "", "")):
        browser = signed_in(name)
        (drifts, strangers) = (
            browser.get(f"{path}/{one}").json() for one in ("drifts", "strangers")
        )
        newest = max(drifts["items"], key=lambda one: int(one["id"]))
        assert newest["differences"][0]["shown"] == shown
        assert [one["name"] for one in strangers["items"]] == [who]


# --- strangers --------------------------------------------------------------------------------


def test_a_stranger_needs_attention_until_somebody_agrees(
    cast: Cast, mona: Actor, lobby: Device
) -> None:
    cast.power_on()
    (janitor,) = seen(lobby, stranger())
    assert "Lobby holds 1 person who is not from here" in attention(mona)
    assert drift.keep_strangers(mona, lobby, [janitor.pk]) == 1
    assert not any("not from here" in title for title in attention(mona))
    janitor.refresh_from_db()
    assert janitor.kept_by == mona.account
    assert AuditEntry.objects.get(verb="keep stranger").after == {"people": "Janitor"}
    assert drift.question_strangers(mona, lobby, [janitor.pk]) == 1
    assert any("not from here" in title for title in attention(mona))


def test_a_kept_stranger_stays_kept_until_they_are_changed_or_gone(
    mona: Actor, lobby: Device
) -> None:
    (janitor,) = seen(lobby, stranger())
    drift.keep_strangers(mona, lobby, [janitor.pk])
    (again,) = seen(lobby, stranger())
    assert again.kept_at is not None
    (other,) = seen(lobby, stranger("k2", cards=2))
    assert other.kept_at is None
    assert seen(lobby) == []


def test_another_system_s_people_need_nobody(cast: Cast, mona: Actor, lobby: Device) -> None:
    cast.power_on()
    (guest,) = seen(lobby, stranger(elsewhere=True))
    assert not any("not from here" in title for title in attention(mona))
    assert drift.keep_strangers(mona, lobby, [guest.pk]) == 0


def test_a_stranger_who_is_to_go_is_told_to_the_connector_until_gone(
    cast: Cast, mona: Actor, basement: Connector, lobby: Device
) -> None:
    cast.power_on()
    (janitor,) = seen(lobby, stranger())
    assert drift.remove_strangers(mona, lobby, [janitor.pk]) == 1
    assert unwanted(basement, lobby) == ("k1",)
    assert not any("not from here" in title for title in attention(mona))
    assert AuditEntry.objects.get(verb="remove stranger").before == {"people": "Janitor"}
    assert len(seen(lobby, stranger())) == 1
    assert unwanted(basement, lobby) == ("k1",)
    assert seen(lobby) == []
    assert unwanted(basement, lobby) == ()


def test_another_system_s_people_are_never_removed(
    mona: Actor, basement: Connector, lobby: Device
) -> None:
    (guest,) = seen(lobby, stranger(elsewhere=True))
    assert drift.remove_strangers(mona, lobby, [guest.pk]) == 0
    assert unwanted(basement, lobby) == ()


def test_a_removal_is_taken_back_while_it_has_not_happened(
    mona: Actor, basement: Connector, lobby: Device
) -> None:
    (janitor,) = seen(lobby, stranger())
    drift.remove_strangers(mona, lobby, [janitor.pk])
    assert drift.question_strangers(mona, lobby, [janitor.pk]) == 1
    assert unwanted(basement, lobby) == ()


def unwanted(connector: Connector, device: Device) -> tuple[str, ...]:
    order = rosters.roster(connector.pk)
    assert order is not None
    return next(one.unwanted for one in order.devices if one.device == str(device.pk))


def test_who_may_not_change_devices_decides_about_nobody(
    dora: Actor, cast: Cast, lobby: Device
) -> None:
    (janitor,) = seen(lobby, stranger())
    for deed in (drift.keep_strangers, drift.question_strangers, drift.remove_strangers):
        with pytest.raises(Forbidden):
            deed(dora, lobby, [janitor.pk])
    with pytest.raises(Forbidden):
        drift.see_drifts(dora, lobby)


def test_a_stranger_of_another_device_is_passed_over(
    mona: Actor, cast: Cast, lobby: Device
) -> None:
    (theirs,) = seen(cast.device("Oak"), stranger())
    assert drift.keep_strangers(mona, lobby, [theirs.pk]) == 0


def test_strangers_that_were_not_all_named_make_nobody_go(lobby: Device) -> None:
    seen(lobby, stranger("k1"), stranger("k2", name="Plumber"))
    told = neutral.StrangersSeen(str(lobby.pk), timezone.now(), (stranger("k1"),), 500)
    drift.take_strangers(lobby, told)
    assert Stranger.objects.filter(device=lobby).count() == 2


# --- another unit in its place ----------------------------------------------------------------


def test_a_replaced_unit_needs_nothing_but_its_new_mac(
    ivan: Actor, cast: Cast, lobby: Device
) -> None:
    known = form(cast, name="Lobby", mac=FREE_MAC, address=lobby.address, user=lobby.user)
    seen(lobby, stranger())
    before = head(lobby).epoch
    changed = devices.change_device(ivan, lobby, known)
    assert (changed.mac, changed.password) == (FREE_MAC, DEVICE_PASSWORD)
    assert changed.binding == Device.Binding.WAITING
    assert head(lobby).epoch == before + 1


def test_a_new_mac_at_a_pinned_device_wants_the_password_again(
    ivan: Actor, cast: Cast, lobby: Device
) -> None:
    """Or whoever may change devices has it sent to whatever answers without the certificate."""
    Device.objects.filter(pk=lobby.pk).update(certificate="ab" * 32)
    known = {"name": "Lobby", "address": lobby.address, "user": lobby.user}
    told = form(cast, mac=FREE_MAC, certificate="ab" * 32, **known)
    with pytest.raises(devices.Invalid) as fault:
        devices.change_device(ivan, lobby, told)
    assert set(fault.value.faults) == {"password"}
