"""Pages of access groups, one module a noun."""

from doorward.access.pages.groups import doors_at

__all__ = ["doors_at"]
