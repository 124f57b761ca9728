"""A file to import, and what came of looking at it."""

import io
from collections.abc import Callable, Sequence

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from doorward.files import folder
from doorward.files.models import Work
from doorward.kit.sheets import write_xlsx
from doorward.people.models import Person
from doorward.portal.importing.asking import ask_at_once, ask_for_check
from doorward.portal.importing.plan import Choices
from doorward.portal.importing.roll import on_paper
from doorward.portal.importing.works import PEOPLE_IMPORT
from doorward.portal.sheets import PEOPLE
from doorward.sites.words import local_of
from doorward.tenancy.actor import Actor
from tests.cast import Cast
from tests.jobs import RunJobs

Row = dict[str, str]


def csv_of(rows: Sequence[Row]) -> bytes:
    heads = list(dict.fromkeys(name for row in rows for name in row))
    lines = [heads, *([row.get(head, "") for head in heads] for row in rows)]
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    return "\r\n".join(quoted).encode()


def exported(cast: Cast, actor: Actor) -> bytes:
    """Return the people of Maple that somebody sees, as the list exports them."""
    people = Person.objects.visible_to(actor).filter(site=cast.maple).select_related("company")
    stream = io.BytesIO()
    write_xlsx(PEOPLE, on_paper(actor, list(people.order_by("pk"))), stream, local_of(cast.maple))
    return stream.getvalue()


class Importer:
    """Somebody who imports, step by step."""

    def __init__(self, cast: Cast, run_jobs: RunJobs) -> None:
        self._cast, self._run_jobs = cast, run_jobs

    def check(
        self,
        who: str,
        rows: Sequence[Row] | bytes,
        *,
        update: bool = False,
        create_groups: bool = False,
    ) -> Work:
        """Look at a file and return the work, done."""
        content = rows if isinstance(rows, bytes) else csv_of(rows)
        work = ask_for_check(
            self._cast.actor(who),
            self._cast.maple,
            SimpleUploadedFile("people.csv", content, "text/csv"),
            Choices(update=update, create_groups=create_groups),
        )
        return self._after(work)

    def at_once(self, who: str, rows: Sequence[Row]) -> Work:
        """Import without a look before and return the work, over."""
        sent = SimpleUploadedFile("people.csv", csv_of(rows), "text/csv")
        return self._after(
            ask_at_once(self._cast.actor(who), self._cast.maple, sent, Choices(update=False))
        )

    def follow(self, who: str, work: Work) -> Work:
        """Confirm, and return the import, done."""
        return self._after(PEOPLE_IMPORT.follow(self._cast.actor(who), work))

    def __call__(self, who: str, rows: Sequence[Row] | bytes, **choices: bool) -> Work:
        checked = self.check(who, rows, **choices)
        assert not checked.faults, checked.faults
        done = self.follow(who, checked)
        assert done.state == Work.State.DONE, (done.error, done.faults)
        return done

    def _after(self, work: Work) -> Work:
        self._run_jobs()
        return Work.objects.select_related("result", "source", "account", "node").get(pk=work.pk)


@pytest.fixture
def importing(cast: Cast, run_jobs: RunJobs) -> Importer:
    return Importer(cast, run_jobs)


def told(work: Work) -> list[tuple[int, str, str]]:
    """Return row, column and words of each fault."""
    return [(fault["row"], fault["column"], fault["words"]) for fault in work.faults]


def result_of(work: Work) -> bytes:
    assert work.result is not None
    with folder.read(work.result.key) as file:
        return file.read()


Told = Callable[[Work], list[tuple[int, str, str]]]
