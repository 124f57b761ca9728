"""The devices of this connector, sealed on disk so that it works while the cloud is away."""

import json

from doorward.connector.spool import Spool
from doorward.protocols.neutral import Assignment
from doorward.protocols.wire import pack, unpack


def assigned(spool: Spool) -> dict[str, Assignment]:
    """Return the assignments by their device."""
    found = spool.connection.execute("SELECT device, body FROM roster ORDER BY device")
    return {
        device: unpack(Assignment, json.loads(spool.vault.open(body))) for device, body in found
    }


def keep(spool: Spool, assignments: tuple[Assignment, ...]) -> None:
    """Replace the roster."""
    with spool.transaction() as connection:
        connection.execute("DELETE FROM roster")
        connection.executemany(
            "INSERT INTO roster VALUES (?, ?)",
            [(one.device, spool.vault.seal(json.dumps(pack(one)))) for one in assignments],
        )
