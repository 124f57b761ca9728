"""The newest seal of the audit trail, kept outside the database, where nobody can cut it off."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from django.conf import settings

from doorward.kit.private import write_private
from doorward.tenancy import chain
from doorward.tenancy.models import AuditSeal

logger = logging.getLogger(__name__)


class NoHead(ValueError):
    """What was given as a head is none."""


@dataclass(frozen=True)
class Head:
    """The number and the digest of a seal: "56:3fa9…"."""

    number: int
    digest: str

    @classmethod
    def of(cls, seal: AuditSeal) -> Self:
        return cls(seal.number, bytes(seal.digest).hex())

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `str` wrote; raise `NoHead`."""
        number, _colon, digest = text.strip().partition(":")
        try:
            if len(bytes.fromhex(digest)) != chain.SIZE:
                raise NoHead(text)
            return cls(int(number), digest.lower())
        except ValueError as fault:
            raise NoHead(text) from fault

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @property
    def stands(self) -> bool:
        """Say whether the chain still has this seal."""
        return AuditSeal.objects.filter(
            number=self.number, digest=bytes.fromhex(self.digest)
        ).exists()


def kept() -> Head | None:
    """Return the head that this installation has seen, None where it has seen none.

    Raise `NoHead` where something else stands in its place.
    """
    try:
        return Head.read(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def keep(newest: AuditSeal) -> None:
    """Keep a head in place of the older one, but never of one that the chain has lost."""
    head, before = Head.of(newest), kept()
    if before == head:
        return
    if before and not before.stands:
        logger.warning(
            "the audit trail no longer has seal %s, which was kept in %s: its end was cut off, "
            "or the database was put back to an earlier day. See docs/howto/audit-trail.md.",
            before,
            _file(),
        )
        return
    if before and before.number > head.number:
        # Another worker was faster.
        return
    write_private(_file(), f"{head}\n")


def _file() -> Path:
    folder: Path = settings.AUDIT_FOLDER
    return folder / "head"
