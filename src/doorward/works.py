"""What long work there is: one plain table of kinds and what does them."""

from collections.abc import Mapping

from doorward.files.kinds import WorkKind

WORKS: Mapping[str, WorkKind] = {}
