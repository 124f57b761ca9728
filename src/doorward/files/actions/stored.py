"""Keeping files and letting them go: the row and its bytes."""

import itertools
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import partial
from pathlib import PurePath
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from doorward.files import folder
from doorward.files.folder import Bytes, too_large
from doorward.files.models import KEPT, StoredFile
from doorward.files.uploads import LARGEST, SealedUpload
from doorward.kit import clock
from doorward.tenancy import audit
from doorward.tenancy.actor import Actor
from doorward.tenancy.models import Node

# Bytes without a row are older than any transaction that could still write one.
STRAY_AFTER = timedelta(hours=6)
_AT_ONCE = 500


@transaction.atomic
def store(
    actor: Actor,
    node: Node,
    *,
    kind: StoredFile.Kind,
    name: str,
    content: Iterable[bytes] | SealedUpload,
    content_type: str,
    limit: int | None = LARGEST,
) -> StoredFile:
    """Keep a file, sealed; raise `Invalid` at the field "file" where it is larger than `limit`.

    An upload is kept as it came in, without being read once more. The caller requires what it
    takes: files belong to what they were sent or made for.
    """
    written = _written(content, limit)
    file = StoredFile.objects.create(
        node=node,
        kind=kind,
        name=_plain(name),
        content_type=content_type[:100],
        size=written.size,
        digest=written.digest,
        key=written.key,
        created_by=actor.account,
        # What stays belongs to what it was sent for, and outlives whoever helped.
        visit_id=actor.acting.visit if actor.acting and kind in KEPT else None,
        expires_at=clock.now() + KEPT[kind] if kind in KEPT else None,
    )
    audit.record(actor, "store", file, node, after={"kind": kind, "size": written.size})
    return file


@transaction.atomic
def delete_file(file: StoredFile) -> None:
    """Let a file go; its bytes go once that is committed. The caller requires and records."""
    _delete([file])


@transaction.atomic
def delete_files(files: Collection[StoredFile]) -> None:
    """Let many files go, as `delete_file` does one."""
    _delete(files)


def forget_expired() -> int:
    """Delete the files whose time is over; return how many."""
    count = 0
    while found := _forget_some():
        count += found
    return count


def sweep() -> int:
    """Remove bytes that no row names, as a kill leaves them; return how many."""
    count = 0
    keys = folder.strays(clock.now() - STRAY_AFTER)
    while some := set(itertools.islice(keys, _AT_ONCE)):
        known = StoredFile.objects.filter(key__in=some).values_list("key", flat=True)
        for key in some - set(known):
            folder.remove(key)
            count += 1
    return count


@transaction.atomic
def _forget_some() -> int:
    rows = StoredFile.objects.expired(clock.now()).select_for_update(skip_locked=True)
    files = list(rows[:_AT_ONCE])
    _delete(files)
    return len(files)


def _delete(files: Iterable[StoredFile]) -> None:
    keys: dict[int, UUID] = {file.pk: file.key for file in files}
    StoredFile.objects.filter(pk__in=keys).delete()
    for key in keys.values():
        transaction.on_commit(partial(folder.remove, key))


def _written(content: Iterable[bytes] | SealedUpload, limit: int | None) -> Bytes:
    if not isinstance(content, SealedUpload):
        return folder.write(content, limit=limit)
    written = content.give_away()
    if limit is not None and written.size > limit:
        folder.remove(written.key)
        raise too_large(limit)
    return written


def _plain(name: str) -> str:
    """Return a name without folders or what cannot be read."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(one for one in last if one.isprintable())[:200] or _("File")
