"""Facts: files that are kept, and long work."""

from doorward.files.models.stored import KEPT, StoredFile
from doorward.files.models.works import Work

__all__ = ["KEPT", "StoredFile", "Work"]
