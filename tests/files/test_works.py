"""Long work: done once or not at all, told while it is done."""

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from python_calamine import CalamineWorkbook

from doorward.files import folder, running
from doorward.files.actions import cancel_work, retry_work, start_work, store
from doorward.files.actions.works import MOST_WAITING
from doorward.files.kinds import kinds
from doorward.files.models import StoredFile, Work
from doorward.files.now import NEWS
from doorward.files.teller import Teller
from doorward.kit import clock
from doorward.kit.errors import Forbidden, Refused
from doorward.sites.models import Company
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Standing
from tests.at_home import SignedIn
from tests.cast import Cast
from tests.jobs import RunJobs

pytestmark = pytest.mark.django_db

State = Work.State


def asked(actor: Actor, cast: Cast, kind: str, **parameters: object) -> Work:
    node = cast.maple.node
    told = {"site": cast.maple.pk, **parameters}
    return start_work(actor, node, kind=kind, title="Test work", parameters=told)


def after(work: Work) -> Work:
    return Work.objects.get(pk=work.pk)


def founded(*names: str) -> int:
    return Company.objects.filter(name__in=names).count()


def test_work_is_done_by_the_worker(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "found", names=["Cedar", "Dogwood"])
    assert (work.state, founded("Cedar")) == (State.WAITING, 0)
    assert run_jobs()[0] == "files.run_work"
    done = after(work)
    assert (done.state, done.total, done.done) == (State.DONE, 2, 2)
    assert done.counts == {"created": 2}
    assert founded("Cedar", "Dogwood") == 2


def test_work_that_is_done_is_not_done_again(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "found", names=["Cedar"])
    run_jobs()
    running.run(work.pk)
    assert founded("Cedar") == 1


def test_a_refusal_undoes_all_and_leaves_its_faults_and_its_file(
    cast: Cast, mona: Actor, run_jobs: RunJobs
) -> None:
    work = asked(mona, cast, "refuse")
    run_jobs()
    failed = after(work)
    assert (failed.state, founded("Undone")) == (State.FAILED, 0)
    assert failed.error == "1 row has a fault. Nothing was changed."
    (fault,) = failed.faults
    assert (fault["row"], fault["column"], fault["mend"]) == (7, "Name", "Type one.")
    assert failed.result
    assert folder.read(failed.result.key).read() == b"row 7: no name\n"


def test_invalid_input_is_told_in_words(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "misshapen")
    run_jobs()
    assert (after(work).state, after(work).error) == (State.FAILED, "Type a name.")


def test_a_bug_undoes_all_and_keeps_no_file(cast: Cast, mona: Actor) -> None:
    work = asked(mona, cast, "broken")
    with pytest.raises(ZeroDivisionError):
        running.run(work.pk)
    failed = after(work)
    assert (failed.state, failed.result, founded("Undone")) == (State.FAILED, None, 0)
    assert "Nothing was changed" in failed.error


def test_work_may_what_its_asker_may_when_it_is_done(
    cast: Cast, ada: Actor, run_jobs: RunJobs
) -> None:
    # Ada administers one company and founds none.
    work = asked(ada, cast, "found", names=["Cedar"])
    run_jobs()
    assert (after(work).state, founded("Cedar")) == (State.FAILED, 0)
    assert "does not allow" in after(work).error


def test_waiting_work_is_cancelled_at_once(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "found", names=["Cedar"])
    cancel_work(mona, work)
    run_jobs()
    assert (after(work).state, founded("Cedar")) == (State.CANCELLED, 0)


def test_what_is_over_is_not_cancelled(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "export")
    run_jobs()
    with pytest.raises(Refused, match=r"work\.over"):
        cancel_work(mona, work)


def test_failed_work_is_tried_again(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "refuse")
    run_jobs()
    key = after(work).result.key
    Work.objects.filter(pk=work.pk).update(kind="export")
    waiting = retry_work(mona, work)
    assert (waiting.state, waiting.error, waiting.faults) == (State.WAITING, "", [])
    run_jobs()
    assert after(work).state == State.DONE
    assert after(work).result.key != key


def test_done_work_is_not_tried_again(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "export")
    run_jobs()
    with pytest.raises(Refused, match=r"work\.not_failed"):
        retry_work(mona, work)


def test_nobody_touches_another_s_work(cast: Cast, mona: Actor, ivan: Actor) -> None:
    work = asked(mona, cast, "export")
    for deed in (cancel_work, retry_work):
        with pytest.raises(Forbidden):
            deed(ivan, work)


def test_whoever_stands_there_no_longer_sees_it_no_more(cast: Cast, mona: Actor) -> None:
    work = asked(mona, cast, "export")
    assert Work.objects.visible_to(mona).filter(pk=work.pk).exists()
    Standing.objects.filter(account=mona.account).delete()
    assert not Work.objects.visible_to(cast.actor("mona")).exists()


def test_work_reads_what_it_was_given(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    source = store(
        mona,
        cast.maple.node,
        kind=StoredFile.Kind.IMPORT,
        name="in.csv",
        content=[b"Cedar\n"],
        content_type="text/csv",
    )
    title = "Export"
    work = start_work(mona, cast.maple.node, kind="export", title=title, source=source)
    run_jobs()
    result = after(work).result
    assert result
    assert folder.read(result.key).read() == b"name\nCedar\n"


def test_enough_work_is_enough(cast: Cast, mona: Actor) -> None:
    for _number in range(MOST_WAITING):
        asked(mona, cast, "export")
    with pytest.raises(Refused, match=r"work\.too_much"):
        asked(mona, cast, "export")


def test_one_s_own_work_waits_for_one_s_own(cast: Cast, mona: Actor, ivan: Actor) -> None:
    for actor in (mona, mona, ivan):
        asked(actor, cast, "export")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT lock FROM procrastinate_jobs"
            " WHERE task_name = 'files.run_work' AND queue_name = 'works' AND status = 'todo'"
        )
        assert len(cursor.fetchall()) == 2


def test_work_that_is_held_is_left_to_whoever_holds_it(cast: Cast, mona: Actor) -> None:
    work = asked(mona, cast, "export")
    with Teller(work.pk) as elsewhere:
        assert elsewhere.holds
        running.run(work.pk)
        assert after(work).state == State.WAITING
    running.run(work.pk)
    assert after(work).state == State.DONE


def test_work_that_was_killed_twice_says_so(cast: Cast, mona: Actor) -> None:
    work = asked(mona, cast, "found", names=["Cedar"])
    Work.objects.filter(pk=work.pk).update(state=State.RUNNING, attempts=2)
    running.run(work.pk)
    failed = after(work)
    assert (failed.state, founded("Cedar")) == (State.FAILED, 0)
    assert "when the service restarted" in failed.error


def test_work_that_was_killed_too_often_says_so_in_its_reader_s_language(
    cast: Cast, mona: Actor, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mona.account is not None
    type(mona.account).objects.filter(pk=mona.account.pk).update(language="de")
    work = asked(mona, cast, "found", names=["Cedar"])
    Work.objects.filter(pk=work.pk).update(state=State.RUNNING, attempts=running.ATTEMPTS)
    monkeypatch.setattr(running, "_", lambda words: f"{translation.get_language()}: {words}")
    run_jobs()
    assert after(work).error.startswith("de: It was stopped")


def test_the_page_tells_how_it_went(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "refuse")
    run_jobs()
    text = cast.client("mona").get(reverse("work", args=[work.pk])).content.decode()
    told = ("Test work", "Nothing was changed", "Type one.", "No name", "Try again")
    assert [word for word in told if word not in text] == []


def test_the_faults_are_downloaded_as_a_sheet(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "refuse")
    run_jobs()
    response = cast.client("mona").get(reverse("work-faults", args=[work.pk]))
    assert response["Content-Disposition"].startswith('attachment; filename="Faults of Test')
    sheet = CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0)
    header, row = sheet.to_python()
    assert header[:3] == ["Sheet", "Row", "Column"]
    assert row == ["Companies", 7, "Name", "No name", "Type one."]


def test_faults_are_searched(cast: Cast, mona: Actor) -> None:
    browser, page = cast.client("mona"), reverse("work", args=[cast.work().pk])
    assert "Type one." in browser.get(page, {"q": "first NAME"}).content.decode()
    assert "Nothing matches" in browser.get(page, {"q": "8"}).content.decode()


def test_every_page_says_what_is_under_way(cast: Cast, mona: Actor) -> None:
    browser = cast.client("mona")
    assert "under way" not in browser.get(reverse("dashboard")).content.decode()
    asked(mona, cast, "export")
    assert "1 work under way" in browser.get(reverse("dashboard")).content.decode()
    assert "under way" not in cast.client("ivan").get(reverse("dashboard")).content.decode()


def test_the_end_is_news_for_a_minute(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    for kind in ("export", "refuse"):
        asked(mona, cast, kind)
    run_jobs()
    browser = cast.client("mona")
    text = browser.get(reverse("works-now")).content.decode()
    assert "Test work is done." in text
    assert "Test work failed." in text
    # What one has called off oneself is none.
    assert "Maple" not in text
    Work.objects.update(finished_at=clock.now() - NEWS)
    assert "Test work" not in browser.get(reverse("works-now")).content.decode()


def test_the_result_is_downloaded(cast: Cast, mona: Actor, run_jobs: RunJobs) -> None:
    work = asked(mona, cast, "export")
    run_jobs()
    browser = cast.client("mona")
    response = browser.get(reverse("work-result", args=[work.pk]), follow=True)
    assert b"".join(response) == b"name\nAcme\n"
    assert response["Content-Disposition"] == 'attachment; filename="Companies.csv"'
    assert Client().get(response.redirect_chain[0][0]).status_code == 302


def test_the_list_says_to_which_type_it_is_narrowed(signed_in: SignedIn) -> None:
    page = signed_in("mona").get(reverse("works"), {"kind": "export"})
    words = " ".join(strip_tags(page.content.decode()).split())
    assert f"Type: {kinds()['export'].label}" in words
