"""Long work over the API."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponseBase
from ninja import Query, Router

from doorward.files import sending
from doorward.files.actions import cancel_work, retry_work
from doorward.files.filters import Works as WorkChoices
from doorward.files.models import StoredFile, Work
from doorward.kit import clock
from doorward.kit.api.paging import Filters, Page, listed, narrowed
from doorward.kit.api.shapes import Line, Out, PathId
from doorward.kit.api.versions import TAGGED, tagged
from doorward.kit.errors import Hidden
from doorward.tenancy.api import KEYED, accepted, actor_of

works = Router(tags=["works"])


class FaultOut(Out):
    """What is wrong and where; `row` is the sheet's own number, null where it is about no row."""

    words: str
    mend: str
    sheet: str
    row: int | None
    column: str


class FileOut(Out):
    """A file that was made; `size` in bytes. It is fetched at `…/result`."""

    id: str
    name: str
    content_type: str
    size: int
    expires_at: datetime | None

    @classmethod
    def of(cls, file: StoredFile | None) -> "FileOut | None":
        if file is None or not file.is_kept(clock.now()):
            return None
        return cls(
            id=str(file.pk),
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            expires_at=file.expires_at,
        )


class WorkOut(Out):
    """Long work; `total` is null while it is not known. All of it is done, or nothing."""

    id: str
    kind: str
    title: str
    state: Work.State
    total: int | None
    done: int
    counts: dict[str, int]
    fault_count: int
    error: str
    result: FileOut | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, work: Work) -> "WorkOut":
        return cls(**_told(work))


class WholeWorkOut(WorkOut):
    """Long work with the first thousand of its faults."""

    faults: list[FaultOut]

    @classmethod
    def of(cls, work: Work) -> "WholeWorkOut":
        return cls(**_told(work), faults=[FaultOut(**fault) for fault in work.faults])


class WorkFilters(Filters):
    """`kind` and `state` are those of the works themselves."""

    sorts = {
        "title": ("title",),
        "kind": ("kind",),
        "state": ("state",),
        "fault_count": ("fault_count",),
        "created_at": ("created_at",),
        "finished_at": ("finished_at",),
    }

    state: Literal["waiting", "running", "done", "failed", "cancelled"] | None = None
    kind: Line | None = None


@works.get("", response=Page[WorkOut])
def list_works(request: HttpRequest, filters: Query[WorkFilters]) -> Page[WorkOut]:
    """List what you have asked for that takes long."""
    rows = Work.objects.visible_to(actor_of(request)).select_related("result")
    rows = narrowed(rows.defer("faults"), WorkChoices, {"state": filters.state})
    if filters.kind is not None:
        rows = rows.filter(kind=filters.kind)
    cut = listed(request, rows, filters)
    return Page[WorkOut](items=[WorkOut.of(row) for row in cut.rows], next_cursor=cut.next_cursor)


@works.get("/{work}", response=WholeWorkOut, openapi_extra=TAGGED)
@tagged
def show_work(request: HttpRequest, work: PathId) -> WholeWorkOut:
    """Show how far it is, what came of it and what was wrong."""
    return WholeWorkOut.of(_found(request, work))


@works.get("/{work}/result", include_in_schema=True)
def fetch_result(request: HttpRequest, work: PathId) -> HttpResponseBase:
    """Fetch the file that the work made."""
    result = _found(request, work).result
    if result is None or not result.is_kept(clock.now()):
        raise Hidden
    return sending.send(request, result)


@works.post("/{work}/cancel", response={202: WorkOut}, openapi_extra=KEYED)
@accepted
def cancel(request: HttpRequest, work: PathId) -> WorkOut:
    """Call work off: what waits is over at once, what runs stops at its next step."""
    return WorkOut.of(cancel_work(actor_of(request), _found(request, work)))


@works.post("/{work}/retry", response={202: WorkOut}, openapi_extra=KEYED)
@accepted
def retry(request: HttpRequest, work: PathId) -> WorkOut:
    """Do work once more that failed or was cancelled."""
    return WorkOut.of(retry_work(actor_of(request), _found(request, work)))


def _found(request: HttpRequest, work: str) -> Work:
    rows = Work.objects.select_related("result", "account", "node")
    return rows.find(actor_of(request), work)


# Any: fields of several types.
def _told(work: Work) -> dict[str, Any]:
    return {
        "id": str(work.pk),
        "kind": work.kind,
        "title": work.title,
        "state": work.state,
        "total": work.total,
        "done": work.done,
        "counts": work.counts,
        "fault_count": work.fault_count,
        "error": work.error,
        "result": FileOut.of(work.result),
        "created_at": work.created_at,
        "started_at": work.started_at,
        "finished_at": work.finished_at,
    }
