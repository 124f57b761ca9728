"""Deeds: keeping files, asking for long work."""

from doorward.files.actions.stored import delete_file, delete_files, forget_expired, store, sweep
from doorward.files.actions.works import (
    cancel_work,
    forget_old_works,
    retry_work,
    revive_works,
    start_work,
)

__all__ = [
    "cancel_work",
    "delete_file",
    "delete_files",
    "forget_expired",
    "forget_old_works",
    "retry_work",
    "revive_works",
    "start_work",
    "store",
    "sweep",
]
