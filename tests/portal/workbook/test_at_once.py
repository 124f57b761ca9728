"""Several who change one site at the same moment by a workbook: nobody waits for each other."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from django.db import OperationalError, connection, transaction

from doorward.files import running
from doorward.files.models import Work
from doorward.portal.importing.plan import Choices
from doorward.portal.workbook import companies
from doorward.portal.workbook.planning import plan_of
from doorward.portal.workbook.works import ask_at_once
from doorward.sites.models import Company, Site
from tests.books import BookFile, book_of
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class Silent:
    """A work's progress that nobody follows."""

    def begin(self, total: int) -> None: ...
    def step(self, count: int = 1) -> None: ...


def is_held(site: Site) -> bool:
    """Say whether a stranger would have to wait for a site."""
    try:
        with transaction.atomic():
            Site.objects.select_for_update(nowait=True, no_key=True).get(pk=site.pk)
    except OperationalError:
        return True
    finally:
        connection.close()
    return False


def test_a_workbook_holds_its_site_before_anything_of_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whoever changes or deletes the site holds it first and its node then: the other way round
    # each would wait for the other.
    held = []
    create = companies.create

    def create_watched(*args: object) -> object:
        with ThreadPoolExecutor(1) as stranger:
            held.append(stranger.submit(is_held, cast.maple).result())
        return create(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(companies, "create", create_watched)
    file = BytesIO(book_of({"Companies": [{"Name": "Cedar"}]}))
    with transaction.atomic():
        plan_of(cast.actor("ivan"), cast.maple, file, Choices(), Silent(), lock=True)  # type: ignore[arg-type]
    assert held == [True]
    assert not is_held(cast.maple)


def test_two_workbooks_at_once_are_both_done(cast: Cast) -> None:
    def sheets(name: str) -> BookFile:
        person = {"First name": name, "Last name": "New", "Company": name, "Personnel ID": name}
        return BookFile({"Companies": [{"Name": name}], "Personnel": [person]})

    ivan, names = cast.actor("ivan"), ["Cedar", "Elm", "Fir"]
    works = [ask_at_once(ivan, cast.maple, sheets(name), Choices()) for name in names]
    start = Barrier(len(works))

    def do(work: Work) -> None:
        start.wait(10)
        try:
            running.run(work.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as workers:
        list(workers.map(do, works))
    for work in works:
        work.refresh_from_db()
        assert (work.state, work.error) == (Work.State.DONE, "")
    assert Company.objects.filter(name__in=names).count() == len(names)
