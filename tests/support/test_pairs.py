"""What somebody leaves behind while acting for another belongs to the two, and to neither alone."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from doorward.devices.actions.doors import unlock_door
from doorward.devices.models import Command
from doorward.files import actions as files
from doorward.files import links
from doorward.files.lists import EXPORT
from doorward.files.models import StoredFile, Work
from doorward.kit import live
from doorward.kit.errors import Forbidden, Hidden
from doorward.people.actions import delete_person
from doorward.people.models import Person
from doorward.tenancy import drafts, support, undo
from doorward.tenancy.actions import support as deeds
from doorward.tenancy.actions.signin import is_live
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import AuditEntry, Draft, IdempotencyKey
from tests.cast import Cast
from tests.jobs import RunJobs
from tests.support.conftest import Enter, access_of, account, acting, visit_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(enter: Enter) -> Client:
    """Dora acts for Ivan here."""
    return enter("dora", "ivan")


@pytest.fixture
def dora_for_ivan(browser: Client) -> Actor:
    return acting(browser, "dora")


def test_what_was_deleted_comes_back_only_while_one_acts(
    cast: Cast, browser: Client, dora_for_ivan: Actor
) -> None:
    removed = delete_person(dora_for_ivan, cast.person("Bob"))
    assert removed
    page = reverse("person-restore", args=[cast.maple.pk, removed.pk])
    for name in ("dora", "ivan", "mona"):
        with pytest.raises(Hidden):
            undo.put_back(cast.actor(name), Person, removed.pk)
        assert cast.client(name).post(page).status_code == 404
    assert browser.post(page).status_code == 302
    assert cast.person("Bob")


def test_ones_own_deletion_does_not_come_back_in_anothers_name(cast: Cast, enter: Enter) -> None:
    removed = delete_person(cast.actor("ivan"), cast.person("Bob"))
    assert removed
    as_mona = acting(enter("ivan", "mona"), "ivan")
    with pytest.raises(Hidden):
        undo.put_back(as_mona, Person, removed.pk)
    assert undo.put_back(cast.actor("ivan"), Person, removed.pk)


def test_a_draft_is_of_the_two_and_goes_when_it_ends(
    cast: Cast, browser: Client, dora_for_ivan: Actor
) -> None:
    node, typed = cast.maple.node, {}
    drafts.keep(cast.actor("ivan"), "person-new", node, typed)
    assert drafts.find(dora_for_ivan, "person-new", node) is None
    drafts.keep(dora_for_ivan, "person-new", node, typed)
    assert drafts.find(cast.actor("dora"), "person-new", node) is None
    assert Draft.objects.count() == 2
    browser.post(reverse("support-end"))
    (left,) = Draft.objects.all()
    assert left.account == account("ivan")


def test_a_form_that_was_sent_is_new_in_anothers_name(cast: Cast, browser: Client) -> None:
    address = reverse("company-new", args=[cast.maple.pk])
    asked = {"name": "Cedar", "once": "the-very-form"}
    first = browser.post(address, asked)
    assert first.status_code == 302
    assert browser.post(address, asked)["Location"] == first["Location"]
    assert AuditEntry.objects.filter(subject="company", label="Cedar").count() == 1
    browser.post(reverse("support-end"))
    # Now it is Dora's, who may not, and learns nothing of where it led.
    assert browser.post(address, asked).status_code == 403


def test_a_key_of_the_api_is_anothers_while_one_acts(cast: Cast, browser: Client) -> None:
    body = {"name": "Cedar", "site": str(cast.maple.pk)}
    asked = {"content_type": "application/json", "headers": {"Idempotency-Key": "k" * 255}}
    first = browser.post("/api/v1/companies", body, **asked)
    again = browser.post("/api/v1/companies", body, **asked)
    assert (first.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    browser.post(reverse("support-end"))
    assert browser.post("/api/v1/companies", body, **asked).status_code == 403
    assert not IdempotencyKey.objects.filter(key="k" * 255).exists()


def test_long_work_is_done_in_both_names_and_seen_by_the_two(
    cast: Cast, browser: Client, dora_for_ivan: Actor
) -> None:
    work = files.start_work(dora_for_ivan, cast.maple.node, kind="nothing", title="Long")
    assert Work.objects.visible_to(dora_for_ivan).filter(pk=work.pk).exists()
    for name in ("dora", "ivan"):
        assert not Work.objects.visible_to(cast.actor(name)).filter(pk=work.pk).exists()
        with pytest.raises(Forbidden):
            files.cancel_work(cast.actor(name), work)
    doer = support.of_work(visit_of("dora"), account("dora"))
    assert (doer.account, doer.acting_for) == (account("dora"), account("ivan"))
    # The hour may pass while it waits; a permission that is withdrawn counts.
    browser.post(reverse("support-end"))
    assert support.of_work(visit_of("dora"), account("dora")).places == dora_for_ivan.places
    deeds.grant(cast.actor("ivan"), access_of("ivan"), granted=False)
    with pytest.raises(Forbidden):
        support.of_work(visit_of("dora"), account("dora"))


def ask_for_people(cast: Cast, actor: Actor) -> Work:
    path = reverse("people", args=[cast.maple.pk])
    order = json.dumps({"form": "csv", "whole": True, "path": path, "query": ""})
    return files.start_work(actor, cast.maple.node, kind=EXPORT, title="People", secret=order)


def test_the_worker_acts_for_the_other_as_well(
    cast: Cast, dora_for_ivan: Actor, run_jobs: RunJobs
) -> None:
    work = ask_for_people(cast, dora_for_ivan)
    run_jobs()
    work.refresh_from_db()
    assert work.state == Work.State.DONE
    assert work.result
    assert work.result.visit == visit_of("dora")
    line = AuditEntry.objects.filter(verb="export").latest("pk")
    assert (line.actor, line.acting_for) == ("dora", "ivan")


def test_the_worker_does_nothing_once_permission_is_withdrawn(
    cast: Cast, dora_for_ivan: Actor, run_jobs: RunJobs
) -> None:
    work = ask_for_people(cast, dora_for_ivan)
    deeds.grant(cast.actor("ivan"), access_of("ivan"), granted=False)
    run_jobs()
    work.refresh_from_db()
    assert (work.state, work.result) == (Work.State.FAILED, None)
    assert "was withdrawn" in work.error


def test_a_file_made_on_a_visit_stays_there(
    cast: Cast, browser: Client, dora_for_ivan: Actor
) -> None:
    file = files.store(
        dora_for_ivan,
        cast.maple.node,
        kind=StoredFile.Kind.RESULT,
        name="people.csv",
        content=[b"Rita\n"],
        content_type="text/csv",
    )
    key = browser.session.session_key
    link = links.link_for(file.pk, dora_for_ivan, session=key)
    assert browser.get(link).status_code == 200
    browser.post(reverse("support-end"))
    assert browser.get(link).status_code == 404
    for name in ("dora", "ivan"):
        assert not StoredFile.objects.visible_to(cast.actor(name)).filter(pk=file.pk).exists()


def test_an_opening_names_who_clicked_and_for_whom(cast: Cast, dora_for_ivan: Actor) -> None:
    cast.power_on()
    command = unlock_door(dora_for_ivan, cast.door("Front door"))
    assert command.account == account("dora")
    line = AuditEntry.objects.filter(verb="unlock").latest("pk")
    assert (line.actor, line.acting_for) == ("dora", "ivan")
    assert not Command.objects.visible_to(cast.actor("dora")).exists()
    assert Command.objects.visible_to(cast.actor("ivan")).filter(pk=command.pk).exists()


def test_open_pages_hear_nothing_after_its_end(
    cast: Cast, browser: Client, clock_hand: time_machine.Traveller
) -> None:
    key = browser.session.session_key or ""
    shown = browser.get(reverse("site", args=[cast.maple.pk])).content.decode()
    ticket = shown.partition('data-live-ticket="')[2].partition('"')[0]
    topics = live.read(ticket, session=key).topics
    assert visit_of("dora").topic in topics
    assert live.is_an_end(visit_of("dora").topic)
    assert is_live(key, topics)
    clock_hand.shift(timedelta(hours=1, seconds=1))
    assert not is_live(key, topics)
    assert is_live(key)
    clock_hand.shift(timedelta(hours=-1))
    browser.post(reverse("support-end"))
    assert not is_live(key, topics)
