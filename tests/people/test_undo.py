"""Deleting somebody, and thinking better of it: doors forget at once and are told again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from doorward.access.actions import credentials
from doorward.access.models import Credential
from doorward.activity.models import DoorEvent
from doorward.devices.models import ShelfEntry
from doorward.kit import clock
from doorward.kit.errors import Forbidden, Hidden, Refused
from doorward.people.actions import (
    PersonForm,
    create_people,
    create_person,
    delete_people,
    delete_person,
    restore_people,
)
from doorward.people.models import Person
from doorward.sites.actions import delete_company
from doorward.tenancy import undo
from doorward.tenancy.actions.limits import LimitsForm, change_limits
from doorward.tenancy.jobs import forget_removed
from doorward.tenancy.models import Account, AuditEntry, Node, Removed, Standing
from tests.cast import BUILDER, RITAS_CARD, Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db


def all_of(person: int) -> dict[str, list[dict[str, object]]]:
    """Return everything that hangs on a person, field by field."""
    memberships = Person.accessgroups.rel.related_model.people.through.objects
    return {
        "person": list(Person.objects.filter(pk=person).values()),
        "cards": list(Credential.objects.filter(person=person).order_by("pk").values()),
        "groups": list(memberships.filter(person=person).order_by("pk").values()),
    }


def on_shelves(person: int) -> list[bool]:
    entries = ShelfEntry.objects.filter(kind=ShelfEntry.Kind.PERSON, key=person)
    return list(entries.order_by("device").values_list("gone", flat=True))


def test_whoever_comes_back_is_as_before(cast: Cast) -> None:
    mona, rita = cast.actor("mona"), cast.person("Rita")
    before = all_of(rita.pk)
    removed = delete_person(mona, rita)
    assert removed
    assert all_of(before["person"][0]["id"]) == {"person": [], "cards": [], "groups": []}
    (back,) = restore_people(mona, removed.pk)
    assert all_of(back.pk) == before
    assert back.account == Account.objects.get(username="rita")


def test_doors_forget_at_once_and_are_told_again(cast: Cast, run_jobs: RunJobs) -> None:
    mona, rita = cast.actor("mona"), cast.person("Rita")
    key, known = rita.pk, on_shelves(rita.pk)
    removed = delete_person(mona, rita)
    run_jobs()
    assert known == [False]
    assert on_shelves(key) == [True]
    assert removed
    restore_people(mona, removed.pk)
    run_jobs()
    assert on_shelves(key) == [False]


def test_it_is_in_the_audit_trail(cast: Cast) -> None:
    mona = cast.actor("mona")
    removed = delete_person(mona, cast.person("Rita"))
    assert removed
    restore_people(mona, removed.pk)
    verbs = AuditEntry.objects.filter(subject="person", actor="mona").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["delete", "restore"]


def test_a_snapshot_is_sealed(cast: Cast) -> None:
    delete_person(cast.actor("mona"), cast.person("Rita"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text, secret FROM tenancy_removed r")
        row, secret = cursor.fetchone()
    told = row + bytes(secret).decode("latin-1")
    assert "Rita" not in told
    assert RITAS_CARD not in told


@pytest.mark.parametrize("name", ["ivan", "ada", "oscar", "rita"])
def test_nobody_else_takes_it_back(cast: Cast, name: str) -> None:
    removed = delete_person(cast.actor("mona"), cast.person("Rita"))
    assert removed
    with pytest.raises(Hidden):
        restore_people(cast.actor(name), removed.pk)


def test_whoever_lost_the_right_does_not_take_it_back(cast: Cast) -> None:
    removed = delete_person(cast.actor("mona"), cast.person("Rita"))
    assert removed
    Standing.objects.filter(account__username="mona").delete()
    with pytest.raises(Forbidden):
        restore_people(cast.actor("mona"), removed.pk)


def test_it_comes_back_once(cast: Cast) -> None:
    mona = cast.actor("mona")
    removed = delete_person(mona, cast.person("Rita"))
    assert removed
    restore_people(mona, removed.pk)
    with pytest.raises(Hidden):
        restore_people(mona, removed.pk)


def test_after_some_minutes_it_is_too_late(cast: Cast) -> None:
    mona = cast.actor("mona")
    removed = delete_person(mona, cast.person("Rita"))
    assert removed
    Removed.objects.update(created_at=clock.now() - undo.KEPT - timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        restore_people(mona, removed.pk)
    assert refusal.value.code == "undo.late"
    forget_removed(0)
    assert not Removed.objects.exists()


def test_a_card_that_somebody_else_has_now_stays_theirs(cast: Cast) -> None:
    mona = cast.actor("mona")
    removed = delete_person(mona, cast.person("Rita"))
    assert removed
    credentials.add_card(BUILDER, cast.person("Bob"), number=RITAS_CARD)
    with pytest.raises(Refused) as refusal:
        restore_people(mona, removed.pk)
    assert refusal.value.code == "undo.taken"
    assert "Bob" not in str(refusal.value.message)
    assert not Person.objects.filter(first_name="Rita").exists()


def test_whose_company_is_gone_does_not_come_back(cast: Cast) -> None:
    ivan = cast.actor("ivan")
    (cedric,) = create_people(
        BUILDER, [(cast.acme, PersonForm(first_name="Cedric", last_name="Cole"))]
    )
    removed = delete_people(ivan, [cedric])
    assert removed
    for group in cast.acme.access_groups.all():
        group.delete()
    Person.objects.filter(company=cast.acme).delete()
    delete_company(BUILDER, cast.acme)
    with pytest.raises(Refused):
        restore_people(ivan, removed.pk)


def test_many_come_back_together(cast: Cast) -> None:
    mona, people = cast.actor("mona"), [cast.person("Rita"), cast.person("Bob")]
    removed = delete_people(mona, people)
    assert removed
    back = restore_people(mona, removed.pk)
    assert {person.first_name for person in back} == {"Rita", "Bob"}
    assert Credential.objects.filter(person__in=back).count() == 2


def test_the_log_keeps_its_lines_throughout(cast: Cast) -> None:
    mona, rita = cast.actor("mona"), cast.person("Rita")
    lines = DoorEvent.objects.filter(person=rita.pk).count()
    removed = delete_person(mona, rita)
    assert removed
    restore_people(mona, removed.pk)
    assert DoorEvent.objects.filter(person=cast.person("Rita").pk).count() == lines


def test_the_page_offers_to_take_it_back(cast: Cast) -> None:
    mona, rita = cast.client("mona"), cast.person("Rita")
    page = mona.post(reverse("person-delete", args=[cast.maple.pk, rita.pk]), follow=True)
    path = reverse("person-restore", args=[cast.maple.pk, Removed.objects.get().pk])
    assert f'action="{path}"' in page.content.decode()
    back = mona.post(path, follow=True)
    assert "Rita" in back.content.decode()
    assert Person.objects.filter(pk=rita.pk).exists()


def test_a_site_does_not_grow_beyond_its_limit_by_undoing(cast: Cast) -> None:
    mona, count = cast.actor("mona"), Person.objects.filter(site=cast.maple).count()
    change_limits(cast.actor("otto"), Node.root(), LimitsForm(people=count))
    removed = delete_person(mona, cast.person("Rita"))
    assert removed
    other = create_person(mona, cast.acme, PersonForm(first_name="Nils", last_name="New"))
    with pytest.raises(Refused) as refusal:
        restore_people(mona, removed.pk)
    assert refusal.value.code == "limit.people"
    assert not Person.objects.filter(first_name="Rita").exists()
    delete_person(mona, other)
    assert restore_people(mona, removed.pk)
