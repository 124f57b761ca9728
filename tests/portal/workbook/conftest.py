"""A workbook that somebody sends, and what came of it."""

from collections.abc import Mapping

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile

from doorward.files.models import Work
from doorward.portal.importing.plan import Choices
from doorward.portal.workbook.works import WORKBOOK_IMPORT, ask_for_check
from tests.books import BookFile, Rows
from tests.cast import Cast
from tests.jobs import RunJobs


class Sender:
    """Somebody who sends workbooks for Maple Court, step by step."""

    def __init__(self, cast: Cast, run_jobs: RunJobs) -> None:
        self._cast, self._run_jobs = cast, run_jobs

    def check(
        self,
        sheets: Mapping[str, Rows] | bytes,
        who: str = "ivan",
        *,
        update: bool = False,
        create_groups: bool = False,
    ) -> Work:
        """Let a workbook be looked at and return the work, over."""
        sent: UploadedFile
        if isinstance(sheets, bytes):
            sent = SimpleUploadedFile("office.xlsx", sheets)
        else:
            sent = BookFile(sheets)
        choices = Choices(update=update, create_groups=create_groups)
        return self._after(ask_for_check(self._cast.actor(who), self._cast.maple, sent, choices))

    def follow(self, checked: Work, who: str = "ivan") -> Work:
        """Confirm, and return the import, over."""
        return self._after(WORKBOOK_IMPORT.follow(self._cast.actor(who), checked))

    def __call__(self, sheets: Mapping[str, Rows] | bytes, **choices: bool) -> Work:
        checked = self.check(sheets, **choices)
        assert not checked.faults, (checked.error, checked.faults)
        done = self.follow(checked)
        assert done.state == Work.State.DONE, (done.error, done.faults)
        return done

    def _after(self, work: Work) -> Work:
        self._run_jobs()
        return Work.objects.select_related("result", "source", "account", "node").get(pk=work.pk)


@pytest.fixture
def sending(cast: Cast, run_jobs: RunJobs) -> Sender:
    return Sender(cast, run_jobs)


def told(work: Work) -> list[tuple[str, int, str, str]]:
    """Return sheet, row, column and words of each fault."""
    return [(one["sheet"], one["row"], one["column"], one["words"]) for one in work.faults]
