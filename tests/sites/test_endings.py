"""The end of an office: out of sight, its devices emptied, taken back, gone for good."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from doorward.access.models import AccessGroup, Credential
from doorward.activity.models import Alarm, DoorEvent
from doorward.devices.actions import devices, releasing, shelf
from doorward.devices.actions.connectors import create_connector
from doorward.devices.actions.devices import DeviceForm
from doorward.devices.models import Command, Device, MacEntry, ShelfEntry, ShelfHead
from doorward.gateway import outgo, rosters
from doorward.kit import clock
from doorward.kit.errors import Forbidden, Hidden, Invalid, Refused
from doorward.people.actions.endings import forget_site as forget_people
from doorward.people.models import Person
from doorward.sites import actions
from doorward.sites.actions import (
    SiteForm,
    create_company,
    create_site,
    delete_site,
    purge_deleted,
    restore_site,
)
from doorward.sites.models import KEPT, Company, Site
from doorward.tenancy import support
from doorward.tenancy.actions import invitations
from doorward.tenancy.actions import support as support_deeds
from doorward.tenancy.actions.invitations import InvitationForm
from doorward.tenancy.actions.signin import home_of
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AccountAccess, AuditEntry, Node, Standing
from doorward.tenancy.permissions import Role
from doorward.tenancy.places import places_to_give
from doorward.tenancy.sight import TenantQuerySet
from tests.cast import BUILDER, LOBBY_MAC, NAMES, Cast, identity
from tests.jobs import RunJobs
from tests.signin.conftest import letters
from tests.signin.test_accounts import link_in

pytestmark = pytest.mark.django_db

RIGHTS = ("person", "schedule")


@pytest.fixture
def deleted(ivan: Actor, maple: Site, run_jobs: RunJobs) -> Site:
    """Maple Court, just deleted by Ivan with all its devices unbound."""
    delete_site(ivan, maple, unbind=True)
    run_jobs()
    return Site.objects.select_related("installer", "node").get(pk=maple.pk)


def rights_on(device: Device) -> int:
    held = ShelfEntry.objects.filter(device=device, kind__in=RIGHTS, gone=False)
    return held.count()


def read_back(device: Device) -> None:
    """Let the connector say that the device holds all that it should, and nothing else."""
    head = ShelfHead.objects.get(device=device)
    shelf.confirm(device.pk, epoch=head.epoch, revision=head.revision, failures=())


def bind_elsewhere(cast: Cast) -> Device:
    """Let Maple Court's Lobby hang at another of Ivan's offices."""
    ivan, installer = cast.actor("ivan"), cast.maple.installer
    elm = create_site(ivan, installer, SiteForm(name="Elm Yard", zone="Europe/Paris"))
    connector, _code = create_connector(BUILDER, elm, name="Cellar")
    form = DeviceForm(
        name="Lobby",
        mac=LOBBY_MAC,
        connector=connector,
        address="10.0.0.7",
        user="admin",
        password="told-again",
    )
    return devices.create_device(ivan, elm, form)


# --- Out of sight -----------------------------------------------------------------------------


def kinds() -> list[type]:
    """Return every kind of row that is guarded by sight and has a node."""
    return [
        model
        for model in apps.get_models()
        if isinstance(model._default_manager.all(), TenantQuerySet)
        and any(field.name == "node" for field in model._meta.get_fields())
    ]


@pytest.mark.parametrize("who", NAMES)
def test_nothing_of_a_deleted_office_is_in_anybodys_sight(
    who: str, cast: Cast, deleted: Site
) -> None:
    actor, seen = cast.actor(who), {}
    for model in kinds():
        rows = model._default_manager.visible_to(actor)
        found = rows.filter(node__path__startswith=deleted.node.path)
        # What somebody did stays in their own trail.
        own = found.filter(account=actor.account) if model is AuditEntry else found.none()
        if found.exclude(pk__in=own.values("pk")).exists():
            seen[model.__name__] = found.count()
    assert seen == {}


def test_the_neighbours_are_still_seen_by_whoever_sees_everything(
    cast: Cast, deleted: Site
) -> None:
    seen = Site.objects.visible_to(cast.actor("otto"))
    assert list(seen.values_list("name", flat=True)) == ["Oak Lane"]


@pytest.mark.parametrize("page", ["site", "people", "doors", "devices", "site-audit", "site-edit"])
def test_its_pages_are_those_of_an_office_that_never_was(
    page: str, cast: Cast, deleted: Site
) -> None:
    for who in ("otto", "ivan", "mona", "ada"):
        assert cast.client(who).get(reverse(page, args=[deleted.pk])).status_code == 404


def test_whoever_managed_nothing_else_signs_in_to_an_empty_portal(
    cast: Cast, deleted: Site
) -> None:
    page = cast.client("mona").get(reverse("dashboard"))
    assert page.status_code == 200
    assert "Maple" not in page.content.decode()
    assert "You have no office at the moment" in page.content.decode()


def test_its_managers_are_still_their_installers_to_look_after(cast: Cast, deleted: Site) -> None:
    found = Account.objects.visible_to(cast.actor("ivan"))
    assert {"mona", "ada"} <= set(found.values_list("username", flat=True))


def test_nobody_is_invited_to_it(cast: Cast, deleted: Site) -> None:
    for who in ("otto", "ivan"):
        assert not places_to_give(cast.actor(who)).filter(pk=deleted.node_id).exists()


def test_orders_that_somebody_gave_there_are_out_of_sight(cast: Cast, deleted: Site) -> None:
    mona = Account.objects.get(username="mona")
    Command.objects.filter(door__site=deleted).update(account=mona)
    assert not Command.objects.visible_to(cast.actor("mona")).exists()


def test_what_is_added_just_then_goes_along(cast: Cast, ivan: Actor, maple: Site) -> None:
    """A page that was open still has the office as it stood."""
    before = Site.objects.select_related("node", "installer").get(pk=maple.pk)
    delete_site(ivan, maple, unbind=True)
    late = create_company(BUILDER, before, name="Late")
    assert Node.objects.get(pk=late.node_id).is_out


# --- Who may, and when ------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["otto", "dora", "mona", "ada", "rita", "oscar"])
def test_no_one_else_deletes_or_restores(who: str, cast: Cast, maple: Site) -> None:
    with pytest.raises(Forbidden):
        delete_site(cast.actor(who), maple, unbind=True)
    delete_site(BUILDER, maple, unbind=True)
    with pytest.raises(Forbidden):
        restore_site(cast.actor(who), maple)


def test_twice_the_same_is_refused(ivan: Actor, deleted: Site) -> None:
    with pytest.raises(Refused, match=r"site\.deleted"):
        delete_site(BUILDER, deleted)
    restore_site(ivan, deleted)
    with pytest.raises(Refused, match=r"site\.restored"):
        restore_site(ivan, deleted)


def test_the_name_is_free_and_a_restored_one_does_not_take_it_away(
    ivan: Actor, deleted: Site
) -> None:
    create_site(ivan, deleted.installer, SiteForm(name="Maple Court", zone="Europe/Berlin"))
    with pytest.raises(Refused, match=r"site\.name"):
        restore_site(ivan, deleted)


def test_after_thirty_days_nobody_brings_it_back(cast: Cast, ivan: Actor, deleted: Site) -> None:
    with time_machine.travel(clock.now() + KEPT):
        assert not Site.objects.deleted_below(ivan).exists()
        with pytest.raises(Refused, match=r"site\.gone"):
            restore_site(ivan, deleted)


@pytest.mark.parametrize("typed", ["", "Maple", "maple court", "Oak Lane"])
def test_a_mistyped_name_changes_nothing(typed: str, cast: Cast, maple: Site) -> None:
    address = reverse("site-delete", args=[maple.pk])
    page = cast.client("ivan").post(address, {"name": typed, "unbind": "on"})
    assert page.status_code == 422
    assert Site.objects.get(pk=maple.pk).deleted_at is None


def test_the_page_refuses_while_devices_are_bound(cast: Cast, maple: Site) -> None:
    address = reverse("site-delete", args=[maple.pk])
    page = cast.client("ivan").post(address, {"name": "Maple Court"})
    assert page.status_code == 422
    assert "2 devices are bound here" in page.content.decode()


def test_the_page_tells_consequences_in_numbers(cast: Cast, maple: Site) -> None:
    page = cast.client("ivan").get(reverse("site-delete", args=[maple.pk])).content.decode()
    text = " ".join(page.split())
    for words in ("2 companies", "2 people", "3 doors", "2 devices", "1 property manager"):
        assert words in text


def test_strangers_find_nothing_to_restore(cast: Cast, deleted: Site) -> None:
    assert "Maple Court" in cast.client("ivan").get(reverse("sites-deleted")).content.decode()
    assert "Maple" not in cast.client("oscar").get(reverse("sites-deleted")).content.decode()
    for who in ("oscar", "mona", "otto"):
        answer = cast.client(who).post(reverse("site-restore", args=[deleted.pk]))
        assert answer.status_code == 404


# --- Devices ----------------------------------------------------------------------------------


def test_its_macs_are_free_and_its_shelves_empty(lobby: Device, deleted: Site) -> None:
    assert MacEntry.objects.free().filter(mac=LOBBY_MAC).exists()
    lobby.refresh_from_db()
    assert (lobby.release, lobby.mac) == (Device.Release.TELLING, LOBBY_MAC)
    assert rights_on(lobby) == 0
    assert ShelfEntry.objects.filter(device=lobby, kind="person", gone=True).exists()


def test_the_connector_is_told_to_empty_them(lobby: Device, deleted: Site) -> None:
    order = rosters.roster(lobby.connector_id)
    assert order is not None
    assert LOBBY_MAC in [device.mac for device in order.devices]
    (gap,) = [g for g in outgo.gaps(lobby.connector_id, {}) if g.device == lobby.pk]
    entries = [entry for part in outgo.changes(gap) for entry in part.entries]
    # A full list that has no people in it.
    assert gap.full
    assert [entry.key for entry in entries if entry.kind in RIGHTS] == []


def test_one_that_has_forgotten_everything_is_let_go(lobby: Device, deleted: Site) -> None:
    assert releasing.note_emptied() == 0
    read_back(lobby)
    assert releasing.note_emptied() == 1
    lobby.refresh_from_db()
    assert lobby.release == Device.Release.EMPTIED
    order = rosters.roster(lobby.connector_id)
    assert order is not None
    assert LOBBY_MAC not in [device.mac for device in order.devices]
    assert not [g for g in outgo.gaps(lobby.connector_id, {}) if g.device == lobby.pk]


def test_one_that_could_not_forget_somebody_is_not_called_empty(
    lobby: Device, deleted: Site
) -> None:
    read_back(lobby)
    ShelfEntry.objects.filter(device=lobby, kind="person").update(failure="busy")
    assert releasing.note_emptied() == 0


def test_one_that_hangs_elsewhere_by_now_is_left_alone(
    cast: Cast, lobby: Device, deleted: Site
) -> None:
    bind_elsewhere(cast)
    lobby.refresh_from_db()
    assert lobby.release == Device.Release.TAKEN
    order = rosters.roster(lobby.connector_id)
    assert order is not None
    assert LOBBY_MAC not in [device.mac for device in order.devices]


def test_an_office_without_devices_needs_no_word_about_them(ivan: Actor, maple: Site) -> None:
    elm = create_site(ivan, maple.installer, SiteForm(name="Elm Yard", zone="Europe/Paris"))
    delete_site(ivan, elm)
    assert Site.objects.get(pk=elm.pk).deleted_at


# --- Back -------------------------------------------------------------------------------------


def test_what_comes_back_is_all_of_it(
    cast: Cast, ivan: Actor, lobby: Device, deleted: Site, run_jobs: RunJobs
) -> None:
    read_back(lobby)
    releasing.note_emptied()
    restore_site(ivan, deleted)
    run_jobs()
    mona = cast.actor("mona")
    assert list(Site.objects.visible_to(mona)) == [deleted]
    assert Person.objects.visible_to(mona).count() == 2
    assert Node.objects.get(pk=deleted.node_id).name == "Maple Court"
    lobby.refresh_from_db()
    assert (lobby.release, lobby.mac_entry) == ("", MacEntry.objects.get(mac=LOBBY_MAC))
    # It was let go of, so it says anew who it is, and then gets everything.
    assert lobby.binding == Device.Binding.WAITING
    devices.identify_device(BUILDER, lobby, identity(lobby, LOBBY_MAC))
    run_jobs()
    assert rights_on(lobby) > 0


def test_one_that_was_not_told_yet_goes_on_as_if_nothing_had_been(
    ivan: Actor, lobby: Device, deleted: Site, run_jobs: RunJobs
) -> None:
    restore_site(ivan, deleted)
    run_jobs()
    lobby.refresh_from_db()
    assert lobby.binding == Device.Binding.BOUND
    assert rights_on(lobby) > 0


def test_one_that_hangs_elsewhere_stays_unbound_until_it_gets_another_mac(
    cast: Cast, ivan: Actor, lobby: Device, deleted: Site, run_jobs: RunJobs
) -> None:
    bind_elsewhere(cast)
    restore_site(ivan, deleted)
    run_jobs()
    lobby.refresh_from_db()
    assert lobby.release == Device.Release.TAKEN
    page = cast.client("ivan").get(reverse("device", args=[deleted.pk, lobby.pk]))
    assert "is not bound" in page.content.decode()
    told = {name: getattr(lobby, name) for name in ("name", "kind", "address", "user")}
    form = DeviceForm(
        **told, mac=LOBBY_MAC, connector=lobby.connector, password="told-again", auth_mode="none"
    )
    with pytest.raises(Invalid):
        devices.change_device(ivan, lobby, form)


def test_an_office_that_is_deleted_again_at_once_stays_deleted(
    ivan: Actor, lobby: Device, deleted: Site, run_jobs: RunJobs
) -> None:
    site = restore_site(ivan, deleted)
    delete_site(ivan, site, unbind=True)
    run_jobs()
    lobby.refresh_from_db()
    assert lobby.release == Device.Release.TELLING
    assert rights_on(lobby) == 0


# --- Gone -------------------------------------------------------------------------------------


def test_it_goes_for_good_with_all_that_was_in_it(
    cast: Cast, deleted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_AT_ONCE", 2)
    assert purge_deleted() == 0
    with time_machine.travel(clock.now() + KEPT + timedelta(hours=1)):
        assert purge_deleted() > 0
    for model in (Company, Person, Device, AccessGroup, Credential, Alarm, DoorEvent):
        assert not model._default_manager.filter(site=deleted.pk).exists(), model
    assert not Site.objects.filter(pk=deleted.pk).exists()
    assert not Standing.objects.filter(node__path__startswith=deleted.node.path).exists()
    # The neighbours are as they were, and so are those who have another role.
    assert Person.objects.filter(site=cast.oak).exists()
    assert Account.objects.filter(username="ivan").exists()
    assert not Account.objects.filter(username="mona").exists()
    assert letters("mona@example.com")[-1].subject == "Your account was deleted"


def test_what_one_run_does_not_finish_the_next_one_does(
    deleted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "_MOST_A_TIME", 3)
    monkeypatch.setattr(actions, "_AT_ONCE", 1)
    with time_machine.travel(clock.now() + KEPT + timedelta(hours=1)):
        purge_deleted()
        assert Site.objects.filter(pk=deleted.pk).exists()
        runs = 0
        while purge_deleted():
            runs += 1
            assert runs < 100
    assert not Site.objects.filter(pk=deleted.pk).exists()


def test_the_trail_of_the_deletion_stays_with_the_installer(ivan: Actor, deleted: Site) -> None:
    trail = AuditEntry.objects.visible_to(ivan).filter(node=deleted.installer)
    assert {"delete", "unbind"} <= set(trail.values_list("verb", flat=True))


def test_a_deleted_office_is_hidden_from_whoever_asks_by_its_number(
    ivan: Actor, deleted: Site
) -> None:
    with pytest.raises(Hidden):
        Site.objects.find(ivan, deleted.pk)


# --- Over the API -----------------------------------------------------------------------------


def call(cast: Cast, who: str, method: str, path: str) -> HttpResponse:
    headers = {"Authorization": f"Bearer {cast.token(who)}"}
    return getattr(Client(), method)(f"/api/v1{path}", headers=headers)


def test_over_the_api_an_office_is_deleted_listed_and_restored(cast: Cast, maple: Site) -> None:
    refused = call(cast, "ivan", "delete", f"/sites/{maple.pk}")
    assert (refused.status_code, refused.json()["code"]) == (409, "site.bound")
    assert call(cast, "ivan", "delete", f"/sites/{maple.pk}?unbind=true").status_code == 204
    assert call(cast, "mona", "get", f"/sites/{maple.pk}").status_code == 404
    (told,) = call(cast, "ivan", "get", "/sites/deleted").json()["items"]
    assert (told["id"], told["name"], told["deleted_by"]) == (str(maple.pk), "Maple Court", "ivan")
    assert call(cast, "oscar", "get", "/sites/deleted").json()["items"] == []
    assert call(cast, "oscar", "post", f"/sites/{maple.pk}/restore").status_code == 404
    assert call(cast, "ivan", "post", f"/sites/{maple.pk}/restore").status_code == 200
    assert call(cast, "mona", "get", f"/sites/{maple.pk}").status_code == 200


def test_where_nothing_is_let_go_of_no_connector_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wake-up that names nobody has every connector told its whole roster."""
    woken: list[object] = []
    monkeypatch.setattr(releasing.live, "wake", lambda channel, words: woken.append(list(words)))
    assert releasing.note_emptied() == 0
    releasing.give_up(["0C1105FFFFFF"])
    assert woken == []


def test_no_device_is_added_where_the_office_is_deleted(
    ivan: Actor, maple: Site, lobby: Device, deleted: Site
) -> None:
    form = DeviceForm(
        name="Late", mac=LOBBY_MAC, connector=lobby.connector, address="10.0.0.9", auth_mode="none"
    )
    with pytest.raises(Hidden):
        devices.create_device(BUILDER, maple, form)


def test_what_came_back_at_the_last_moment_is_not_removed(
    ivan: Actor, deleted: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = Person.objects.filter(site=deleted).count()
    with time_machine.travel(clock.now() + KEPT + timedelta(hours=1)):
        over = list(Site.objects.over(clock.now()).select_related("node"))
        Site.objects.filter(pk=deleted.pk).update(deleted_at=None)
        monkeypatch.setattr(type(Site.objects.all()), "over", lambda rows, at: rows.none())
        assert [actions._end(forget_people, site, 1_000) for site in over] == [0]
    assert Person.objects.filter(site=deleted).count() == people > 0


def test_deeds_on_an_account_stand_where_somebody_reads_them(
    ivan: Actor, mona: Actor, deleted: Site
) -> None:
    assert mona.account is not None
    assert home_of(mona.account) == deleted.installer


def test_an_invitation_to_a_deleted_office_leads_nowhere(ivan: Actor, maple: Site) -> None:
    told = {"first_name": "P", "last_name": "M", "email": "pm@example.org"}
    form = InvitationForm(role=Role.PROPERTY_MANAGER, **told)
    invitations.invite(ivan, maple.node, form)
    link = link_in(letters("pm@example.org")[-1])
    delete_site(ivan, maple, unbind=True)
    assert invitations.read_link(link.strip("/").rpartition("/")[2]) is None


def test_a_manager_whose_office_is_deleted_still_withdraws_permission(
    ivan: Actor, mona: Actor, deleted: Site
) -> None:
    role = Standing.objects.get(account=mona.account)
    node, owner = support.owner_of(role)
    access = AccountAccess.objects.create(node=node, account=owner, enabled=True)
    support_deeds.grant(mona, access, granted=False)
    access.refresh_from_db()
    assert not access.granted
    assert AuditEntry.objects.latest("pk").node == deleted.installer
