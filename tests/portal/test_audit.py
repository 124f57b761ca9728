"""The pages of the audit trail: in words, with links to what is there, narrowed by who and when."""

import ast
import csv
import io
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

import doorward
from doorward.activity.actions.alarms import acknowledge_alarms
from doorward.activity.models import Alarm
from doorward.devices.actions import doors
from doorward.devices.actions.devices import DEVICE_FIELDS
from doorward.devices.actions.doors import DOOR_FIELDS
from doorward.kit import clock
from doorward.people.actions import PersonForm, change_person, create_person, delete_people
from doorward.people.actions.people import PERSON_FIELDS
from doorward.portal.pages import audit as pages
from doorward.sites.actions import SITE_FIELDS, create_company
from doorward.tenancy import audit
from doorward.tenancy.actions.policies import begin_draft, publish
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Account, AuditEntry
from doorward.tenancy.templatetags.audit_words import (
    called_by_the_house,
    changes,
    deed,
    kind,
    kind_word,
    label,
)
from doorward.tenancy.wording import FIELDS, SUBJECTS, SYSTEMS, VERBS
from tests.cast import BUILDER, NAMES, Cast

HOUSE = Path(doorward.__file__).parent
# Verbs that are told to the trail by a name, and where they come from.
NAMED = {
    "activity/actions/alarms.py": {"acknowledge", "close"},
    "access/actions/pins.py": {"add PIN", "replace PIN"},
    "access/actions/credentials.py": {"remove card", "remove PIN", "show card", "show PIN"},
    "devices/actions/drift.py": {"keep stranger", "question stranger"},
    "notices/actions/announcements.py": {"send", "recall"},
    "people/actions/people.py": {"suspend", "resume"},
    "tenancy/actions/profile.py": {"add factor", "remove factor", "renew recovery codes"},
}


def recorded() -> list[tuple[str, ast.Call]]:
    """Return every place where a line of the trail is written."""
    return [
        (file.relative_to(HOUSE).as_posix(), call)
        for file in sorted(HOUSE.rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in {"audit.record", "audit.record_many"}
    ]


def test_every_verb_of_the_house_has_its_words() -> None:
    calls = recorded()
    assert len(calls) > 60
    said = {v.value for _f, c in calls if isinstance(v := c.args[1], ast.Constant)}
    assert said - VERBS.keys() == set()
    named = {file for file, call in calls if not isinstance(call.args[1], ast.Constant)}
    assert named == NAMED.keys()
    assert set().union(*NAMED.values()) - VERBS.keys() == set()
    assert VERBS.keys() - said - set().union(*NAMED.values()) == set()


def test_every_fact_of_the_house_has_its_word() -> None:
    """Facts that stand in the call itself, and the columns that are told by name."""
    facts = {
        key.value
        for _file, call in recorded()
        for word in call.keywords
        if word.arg in {"before", "after"}
        for found in ast.walk(word.value)
        if isinstance(found, ast.Dict)
        for key in found.keys
        if isinstance(key, ast.Constant)
    }
    assert {"name", "role", "by", "drifts"} <= facts
    columns = {*SITE_FIELDS, *PERSON_FIELDS, *DEVICE_FIELDS, *DOOR_FIELDS}
    assert (facts | columns) - FIELDS.keys() == set()


def test_every_part_of_the_system_has_its_words() -> None:
    """Read off the source: whoever acts by a name of its own."""
    acting = {"Actor.system", "Actor"}
    called = {
        name.value
        for file in HOUSE.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in acting
        and call.args
        and isinstance(name := call.args[0], ast.Constant)
    }
    assert {"setup", "demo"} <= called
    assert called - SYSTEMS.keys() == set()


def line(cast: Cast, name: str, **asked: object) -> str:
    """Return the list of the trail as text, spaces folded."""
    page = reverse("site-audit", args=[cast.maple.pk])
    text = cast.client(name).get(page, asked).content.decode()
    body = text.split('id="list"')[1]
    return re.sub(r"\s+", " ", unescape(strip_tags(body)))


def body_of(cast: Cast, name: str, page: str = "", **asked: object) -> str:
    where = page or reverse("site-audit", args=[cast.maple.pk])
    return cast.client(name).get(where, asked).content.decode().split('id="list"')[1]


@pytest.mark.django_db
def test_everything_that_the_cast_did_is_said_in_words(cast: Cast) -> None:
    for entry in AuditEntry.objects.all():
        assert entry.verb in VERBS
        assert entry.subject in SUBJECTS
        assert deed(entry)
        assert kind(entry) or entry.label
        for change in changes(entry):
            assert "_" not in change.field


def test_every_kind_of_object_has_a_word_of_each_language() -> None:
    """All but those that are called the same in both."""
    with override("de"):
        german = {subject: kind_word(subject) for subject in SUBJECTS}
    same = {subject for subject, word in german.items() if word == kind_word(subject)}
    assert same == {"alarm", "macentry", "organisation", "person", "ticket"}


@pytest.mark.django_db
def test_what_the_house_named_itself_reads_in_the_reader_s_language(cast: Cast) -> None:
    """Whatever language somebody did it in."""
    alarm = Alarm.objects.filter(site=cast.maple).earliest("pk")
    with override("de"):
        acknowledge_alarms(cast.actor("mona"), Alarm.objects.filter(pk=alarm.pk))
        publish(BUILDER, begin_draft(BUILDER))
    entries = [AuditEntry.objects.get(verb=verb) for verb in ("acknowledge", "publish")]
    english = [f"Held open: {alarm.door_name}", "Privacy policy, version 1"]
    assert [label(entry) for entry in entries] == english
    with override("de"):
        german = [f"Zu lange offen: {alarm.door_name}", "Datenschutzerklärung, Version 1"]
        assert [label(entry) for entry in entries] == german
        assert list(AuditEntry.objects.filter(called_by_the_house("zu LANGE"))) == entries[:1]
    assert not AuditEntry.objects.filter(called_by_the_house("zu lange")).exists()


@pytest.mark.django_db
def test_a_name_that_somebody_typed_is_left_as_it_is(cast: Cast) -> None:
    create_company(BUILDER, cast.maple, name="Held open: always")
    with override("de"):
        assert "Held open: always" in {label(entry) for entry in AuditEntry.objects.all()}


@pytest.mark.django_db
def test_what_changed_is_said_by_names_and_in_the_time_of_the_site(cast: Cast) -> None:
    until = clock.now().replace(year=2031, month=7, day=1, hour=10, minute=0)
    form = PersonForm(first_name="Rita", last_name="Rowe", valid_until=until)
    change_person(cast.actor("mona"), cast.person("Rita"), cast.birch, form)
    text = line(cast, "mona", verb="change", subject="person")
    # Maple Court is two hours ahead of UTC in summer.
    assert "valid until: 2031-07-01 12:00" in text
    assert "company: Acme → Birch" in text


@pytest.mark.django_db
def test_choices_and_times_read_as_their_forms_have_them(cast: Cast) -> None:
    door = cast.door("Front door")
    form = doors.DoorForm(name="Front door", device=door.device, companies=[], contact_input=2)
    doors.change_door(BUILDER, door, form)
    text = line(cast, "mona", verb="change", subject="door")
    assert "door contact: Input B" in text or "door contact: B" in text
    assert "contact_input" not in text


@pytest.mark.django_db
def test_an_object_leads_to_its_page_as_long_as_it_is_there(cast: Cast) -> None:
    form = PersonForm(first_name="Nils", last_name="New")
    nils = create_person(BUILDER, cast.acme, form)
    page = reverse("person", args=[cast.maple.pk, nils.pk])
    assert f'href="{page}"' in body_of(cast, "mona", subject="person")
    delete_people(BUILDER, [nils])
    text = body_of(cast, "mona", subject="person")
    assert f'href="{page}"' not in text
    assert "Nils New" in text


@pytest.mark.django_db
def test_an_object_out_of_view_is_named_and_leads_nowhere(cast: Cast) -> None:
    """One's own deeds stay in view; what they were done to need not."""
    rita = cast.actor("rita")
    olga = cast.person("Olga")
    audit.record(rita, "change", olga, olga.node)
    text = body_of(cast, "rita", reverse("audit"))
    assert str(olga) in text
    assert f'href="{reverse("person", args=[olga.site_id, olga.pk])}"' not in text


@pytest.mark.django_db
def test_the_trail_can_be_narrowed_to_who_did_it(cast: Cast) -> None:
    create_company(cast.actor("mona"), cast.maple, name="Monas")
    create_company(cast.actor("ivan"), cast.maple, name="Ivans")
    assert "Monas" in line(cast, "mona", who="MONA")
    assert "Ivans" not in line(cast, "mona", who="MONA")
    # Parts of the system are called by what they are, in words.
    create_company(Actor.system("connector 7"), cast.maple, name="Boxes")
    text = line(cast, "mona", who="connector 7")
    assert "Connector 7 Created Company Boxes" in text
    assert "Monas" not in text
    create_company(Actor.system("sign-in"), cast.maple, name="Strangers")
    assert "Somebody not signed in Created Company Strangers" in line(cast, "mona", who="not sign")
    assert "Nothing matches" in line(cast, "mona", who="nobody at all")


@pytest.mark.django_db
def test_times_are_those_of_the_site(cast: Cast) -> None:
    create_company(BUILDER, cast.maple, name="Early")
    at = clock.now().replace(year=2026, month=7, day=1, hour=22, minute=30, second=0)
    AuditEntry.objects.filter(label="Early").update(at=at)
    # Half past midnight in Berlin.
    inside = {"since": "2026-07-02T00:00", "until": "2026-07-02T01:00", "subject": "company"}
    assert "Early" in line(cast, "mona", **inside)
    assert "2026-07-02 00:30:00" in line(cast, "mona", **inside)
    outside = {"since": "2026-07-01T22:00", "until": "2026-07-02T00:00", "subject": "company"}
    assert "Early" not in line(cast, "mona", **outside)


@pytest.mark.django_db
def test_words_are_looked_for_in_the_newest_lines_or_in_the_time_that_is_given(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "STRETCH", 3)
    create_company(BUILDER, cast.maple, name="Longago")
    long_ago = clock.now() - timedelta(days=200)
    AuditEntry.objects.filter(label="Longago").update(at=long_ago)
    assert "Created Company Longago" in line(cast, "mona", q="longago")
    for name in ("One", "Two", "Three"):
        create_company(BUILDER, cast.maple, name=name)
    assert "Give a time to look further back" in line(cast, "mona", q="longago")
    until = (long_ago + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert "Created Company Longago" in line(cast, "mona", q="longago", until=until)


@pytest.mark.django_db
def test_a_line_is_found_by_the_names_of_who_did_it_and_for_whom(cast: Cast) -> None:
    """By the names of their accounts, which stand in no line."""
    AuditEntry.objects.all().delete()
    create_company(cast.actor("ivan"), cast.maple, name="First")
    create_company(cast.actor("mona"), cast.maple, name="Second")
    ivan, mona = (Account.objects.get(username=name) for name in ("ivan", "mona"))
    AuditEntry.objects.filter(account=mona).update(acting_for="x", acting_for_account=ivan)
    Account.objects.filter(pk=ivan.pk).update(name="Pumpernickel")
    Account.objects.filter(pk=mona.pk).update(name="Sauerkraut")
    assert "Created Company First" in line(cast, "ivan", q="mpernick")
    assert "Created Company Second" in line(cast, "ivan", q="mpernick")
    assert "Created Company First" not in line(cast, "ivan", q="erkraut")
    assert "Created Company Second" in line(cast, "ivan", q="erkraut")
    assert "Created Company" not in line(cast, "ivan", q="erkraut", verb="delete")
    # A filter that is not understood leaves nothing.
    assert "Created Company" not in line(cast, "ivan", q="erkraut", verb="nothing of the kind")


@pytest.mark.django_db
def test_a_trail_goes_to_its_first_lines_and_says_so(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages.SiteAudit, "reach", 12)
    for number in range(13):
        create_company(BUILDER, cast.maple, name=f"No. {number}")
    newest = line(cast, "mona", per_page="10", page="2")
    assert "No. 2" in newest
    assert "No. 0" not in newest
    assert "These are the last of the first 12 rows" in newest
    assert "No. 0" in line(cast, "mona", sort="at", subject="company")


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("many", [False, True])
def test_in_parts_everybody_sees_the_same_trail(
    name: str, many: bool, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the nodes are few enough to be read one by one or not, and one's own deeds too."""
    if many:
        monkeypatch.setattr("doorward.tenancy.sight.MOST_APART", 0)
        monkeypatch.setattr("doorward.tenancy.models.audit.MOST_APART", 0)
    actor, entries = cast.actor(name), AuditEntry.objects.all()
    for site in (None, cast.maple, cast.oak):
        seen = entries.visible_to(actor)
        if site is not None:
            seen = seen.filter(node__path__startswith=site.node.path)
        parts = entries.in_order(actor, None if site is None else site.node)
        assert {entry for part in parts for entry in part} == set(seen)


@pytest.mark.django_db
def test_the_trail_goes_by_time_alone(cast: Cast) -> None:
    for name in ("actor", "verb", "label"):
        assert "cannot be sorted by" in line(cast, "mona", sort=name)
    assert "cannot be sorted by" not in line(cast, "mona", sort="at")


@pytest.mark.django_db
def test_a_file_of_the_trail_says_the_same_in_words(cast: Cast) -> None:
    create_company(cast.actor("mona"), cast.maple, name="=Paper")
    page = reverse("site-audit", args=[cast.maple.pk])
    answer = cast.client("mona").post(f"{page}?subject=company", {"export": "csv"})
    (row, *_more) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["Action"] == "Created"
    assert row["Object"] == "Company =Paper"
    assert "(mona)" in row["Who"] or row["Who"] == "mona"
    assert "name" in row["Before and after"]
